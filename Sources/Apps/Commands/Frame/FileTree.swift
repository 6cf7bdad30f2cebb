import FoundationEssentials
import Glibc

/// The little that commands do with files themselves.
enum FileTree {
    /// Why a file cannot be read, as a reader knows it.
    struct Unreadable: Error, CustomStringConvertible {
        var description: String
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// A file's bytes.
    /// - Throws: ``Unreadable``.
    static func read(_ path: String) throws -> [UInt8] {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Unreadable(description: reason(errno)) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw Unreadable(description: "it is a directory") }
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Unreadable(description: access(path, R_OK) == 0 ? "\(error)" : reason(errno))
        }
    }

    /// Writes a file whole or not at all: beside its place first.
    /// - Throws: ``Unreadable``.
    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Unreadable(description: "\(path) cannot be written: \(errno == 0 ? "\(error)" : reason(errno))")
        }
    }

    /// A folder of its own for a while.
    static func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        var template = Array((FileManager.default.temporaryDirectory.path + "/pacer-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure("no temporary folder can be made: \(reason(errno))", hint: "check TMPDIR")
        }
        let path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure("the folder \(path) cannot be made", hint: "create it, or set dataDirectory to another one")
        }
        guard access(path, W_OK) == 0 else {
            throw Failure(
                "the folder \(path) cannot be written: \(reason(errno))",
                hint: "give this user the right to, or set dataDirectory to another one"
            )
        }
    }

    /// Why a folder could not be made or written; `nil` where it could.
    static func faultOfMaking(_ path: String) -> String? {
        var place = path
        var status = stat()
        while stat(place, &status) != 0 {
            guard errno == ENOENT else { return "\(place): \(reason(errno))" }
            guard let slash = place.lastIndex(of: "/"), place != "/" else {
                place = "."
                continue
            }
            place = slash == place.startIndex ? "/" : String(place[..<slash])
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return "\(place) is no directory" }
        guard access(place, W_OK) == 0 else { return "\(place): \(reason(errno))" }
        return faultOfTrying(place)
    }

    /// Makes a folder in a folder and takes it away: some file systems (`/proc`) refuse that whatever the rights say.
    private static func faultOfTrying(_ place: String) -> String? {
        var template = Array("\(place)/.pacer-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            let why = errno == ENOENT ? "its file system does not take folders" : reason(errno)
            return "nothing can be made in \(place): \(why)"
        }
        return rmdir(template) == 0 ? nil : "what is made in \(place) cannot be removed: \(reason(errno))"
    }

    static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file"
        case EACCES: "permission denied"
        case ENOTDIR: "a part of the path is no directory"
        case EROFS: "the file system is read-only"
        case ENOSPC: "no space is left"
        default: "error \(code)"
        }
    }
}
