import Boundary
import Domain
import Foundation
import GitSource
import Logging
import Testing

/// Both kinds of repository keep the same contract, so what is tested on the fake holds for the real one.
struct ContractTests {
    @Test(arguments: SourceRepositoryContract.Check.allCases)
    func `git keeps the contract`(_ check: SourceRepositoryContract.Check) async throws {
        try await SourceRepositoryContract(scene: try await GitScene()).verify(check)
    }

    @Test(arguments: SourceRepositoryContract.Check.allCases)
    func `the fake keeps the contract`(_ check: SourceRepositoryContract.Check) async throws {
        try await SourceRepositoryContract(scene: FakeScene()).verify(check)
    }

    @Test func `the fake fails on request`() async throws {
        let fake = FakeSourceRepository(source: "shop")
        fake.commit([.file("a.yaml", Array("id: a".utf8))], at: Instant(milliseconds: 1))
        let failure = SourceFailure(kind: .unreachable, message: "down", hint: "wait")
        fake.fail(with: failure)
        await #expect(throws: failure) { try await fake.update(since: nil) }
        fake.fail(with: nil)
        #expect(try await fake.update(since: nil) != nil)
        #expect(fake.looks == 2)
    }
}

private struct FakeScene: SourceScene {
    let fake = FakeSourceRepository(source: "shop", path: "apps", sizeLimit: 1000)

    var repository: any SourceRepository { fake }

    func commit(_ changes: [SceneChange], subject: String) -> Revision {
        fake.commit(changes.map(Self.change), subject: subject, at: Instant(milliseconds: 1000))
    }

    func amend(_ changes: [SceneChange], subject: String) -> Revision {
        fake.amend(changes.map(Self.change), subject: subject, at: Instant(milliseconds: 1000))
    }

    func deleteBranch() { fake.deleteBranch() }

    func restoreBranch(to revision: Revision) { fake.restoreBranch(to: revision) }

    private static func change(_ change: SceneChange) -> FakeSourceRepository.Change {
        switch change {
        case .file(let path, let text): .file(path, Array(text.utf8))
        case .link(let path, let target): .link(path, to: target)
        case .removal(let path): .removal(path)
        }
    }
}

private struct GitScene: SourceScene {
    private let folder: TemporaryFolder
    private let origin: OriginRepository
    let repository: any SourceRepository

    init() async throws {
        folder = try TemporaryFolder()
        origin = try await OriginRepository(at: folder.path + "/origin")
        let configuration = GitSourceConfiguration(
            name: "shop",
            url: "file://" + origin.folder,
            branch: "main",
            path: "apps",
            mirror: folder.path + "/mirrors/shop",
            fileSizeLimit: 1000
        )
        repository = GitRepository(configuration, logger: .quiet)
    }

    func commit(_ changes: [SceneChange], subject: String) async throws -> Revision {
        try apply(changes)
        return try await origin.commit(subject)
    }

    func amend(_ changes: [SceneChange], subject: String) async throws -> Revision {
        try await origin.git("reset", "-q", "--hard", "HEAD~1")
        try apply(changes)
        return try await origin.commit(subject)
    }

    func deleteBranch() async throws {
        try await origin.git("checkout", "-q", "--detach")
        try await origin.git("branch", "-q", "-D", "main")
    }

    func restoreBranch(to revision: Revision) async throws {
        try await origin.git("checkout", "-q", "-B", "main", revision.rawValue)
    }

    private func apply(_ changes: [SceneChange]) throws {
        for change in changes {
            switch change {
            case .file(let path, let text): try origin.write(path, text)
            case .link(let path, let target): try origin.link(path, to: target)
            case .removal(let path): try origin.remove(path)
            }
        }
    }
}

extension Logger {
    /// A log that nobody reads.
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
