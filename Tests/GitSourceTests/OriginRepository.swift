import Domain
import Foundation

/// A repository that the real git makes, changed commit by commit.
final class OriginRepository: Sendable {
    let folder: String

    private static let settings = [
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.invalid",
        "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.invalid",
    ]

    init(at folder: String) async throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await git("init", "-q", "-b", "main")
    }

    @discardableResult
    func git(_ words: String...) async throws -> String {
        try await run(["git"] + words, in: folder, environment: Self.settings)
    }

    func write(_ path: String, _ text: String) throws { try write(path, Data(text.utf8)) }

    func write(_ path: String, _ bytes: Data) throws {
        let file = URL(filePath: folder).appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        if try !exists(path) { return try bytes.write(to: file) }
        try remove(path)
        try bytes.write(to: file)
    }

    func link(_ path: String, to target: String) throws {
        if try exists(path) { try remove(path) }
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(path)", withDestinationPath: target)
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/\(path)") }

    private func exists(_ path: String) throws -> Bool {
        do {
            _ = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
            return true
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return false
        }
    }

    @discardableResult
    func commit(_ subject: String = "change", amend: Bool = false) async throws -> Revision {
        try await git("add", "-A")
        if amend {
            try await git("commit", "-q", "--amend", "--allow-empty", "-m", subject)
        } else {
            try await git("commit", "-q", "--allow-empty", "-m", subject)
        }
        return Revision(try await git("rev-parse", "HEAD"))
    }
}
