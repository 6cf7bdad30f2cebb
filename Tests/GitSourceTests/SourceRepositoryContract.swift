import Boundary
import Domain
import Testing

/// A repository under test, and how it is changed. Its manifests lie in `apps`; files above 1,000 bytes are too large.
protocol SourceScene: Sendable {
    var repository: any SourceRepository { get }
    func commit(_ changes: [SceneChange], subject: String) async throws -> Revision
    /// Replaces the newest commit by another one with its parent's files and these changes.
    func amend(_ changes: [SceneChange], subject: String) async throws -> Revision
    func deleteBranch() async throws
    func restoreBranch(to revision: Revision) async throws
}

/// One change of a commit.
enum SceneChange {
    case file(String, String)
    case link(String, to: String)
    case removal(String)
}

/// What every ``SourceRepository`` owes the controller.
struct SourceRepositoryContract {
    enum Check: String, CaseIterable, CustomTestStringConvertible {
        case `the first look tells every relevant file`
        case `nothing is told where nothing is new`
        case `a changed file is told alone`
        case `a removed file is told as removed`
        case `a renamed file is told under both names`
        case `a commit that touches no manifest is told without files`
        case `several commits are told at once`
        case `a rewritten branch does not descend`
        case `an unknown revision leads to everything and does not descend`
        case `a change that is undone again leaves no difference`
        case `a missing branch is a failure until it is back`
        case `a missing path is a failure`
        case `a path without manifests is a failure, never an empty state`
        case `a large file and a link are told without content`
        case `a file that becomes a link is changed, not removed`
        case `equal files have equal blobs`
        case `descent is told between any two commits`

        var testDescription: String { rawValue }
    }

    let scene: any SourceScene

    func verify(_ check: Check) async throws {
        switch check {
        case .`the first look tells every relevant file`: try await firstLook()
        case .`nothing is told where nothing is new`: try await nothingNew()
        case .`a changed file is told alone`: try await oneFile()
        case .`a removed file is told as removed`: try await removal()
        case .`a renamed file is told under both names`: try await rename()
        case .`a commit that touches no manifest is told without files`: try await untouched()
        case .`several commits are told at once`: try await severalCommits()
        case .`a rewritten branch does not descend`: try await rewritten()
        case .`an unknown revision leads to everything and does not descend`: try await unknownRevision()
        case .`a change that is undone again leaves no difference`: try await undone()
        case .`a missing branch is a failure until it is back`: try await branchMissing()
        case .`a missing path is a failure`: try await pathMissing()
        case .`a path without manifests is a failure, never an empty state`: try await empty()
        case .`a large file and a link are told without content`: try await withoutContent()
        case .`a file that becomes a link is changed, not removed`: try await becomesLink()
        case .`equal files have equal blobs`: try await equalBlobs()
        case .`descent is told between any two commits`: try await descent()
        }
    }
}

// MARK: - The checks

extension SourceRepositoryContract {
    private func start() async throws -> Revision {
        try await scene.commit(
            [
                .file("apps/web.yaml", "id: web"), .file("apps/db/main.yml", "id: main"),
                .file("apps/db/_group.json", "{}"), .file("apps/.pacerignore", "old"),
                .file("apps/README.md", "read me"), .file("other/x.yaml", "id: x"),
            ],
            subject: "first"
        )
    }

    private func look(since: Revision?) async throws -> SourceUpdate {
        try #require(try await scene.repository.update(since: since))
    }

    private func failure(since: Revision?) async -> SourceFailure.Kind? {
        do throws(SourceFailure) {
            _ = try await scene.repository.update(since: since)
            return nil
        } catch {
            return error.kind
        }
    }

    private func firstLook() async throws {
        let revision = try await start()
        let update = try await look(since: nil)
        #expect(update.revision == revision)
        #expect(update.subject == "first")
        #expect(update.descends)
        #expect(!update.author.isEmpty && update.committed.milliseconds > 0)
        let files = try #require(update.files.everything)
        #expect(files.map(\.path).sorted() == [".pacerignore", "db/_group.json", "db/main.yml", "web.yaml"])
        let web = try #require(files.first { $0.path == "web.yaml" })
        #expect(web.content == Array("id: web".utf8))
        #expect(web.size == 7)
        #expect(web.blob.count == 40)
    }

    private func nothingNew() async throws {
        let revision = try await start()
        _ = try await look(since: nil)
        let again = try await scene.repository.update(since: revision)
        #expect(again == nil)
    }

    private func oneFile() async throws {
        let first = try await start()
        _ = try await look(since: nil)
        let second = try await scene.commit([.file("apps/web.yaml", "id: web2")], subject: "second")
        let update = try await look(since: first)
        #expect(update.revision == second)
        #expect(update.descends)
        let (changed, removed) = try #require(update.files.difference)
        #expect(changed.map(\.path) == ["web.yaml"])
        #expect(changed.first?.content == Array("id: web2".utf8))
        #expect(removed.isEmpty)
    }

    private func removal() async throws {
        let first = try await start()
        _ = try await look(since: nil)
        _ = try await scene.commit([.removal("apps/db/main.yml"), .removal("other/x.yaml")], subject: "gone")
        let (changed, removed) = try #require(try await look(since: first).files.difference)
        #expect(changed.isEmpty)
        #expect(removed == ["db/main.yml"])
    }

    private func rename() async throws {
        let first = try await start()
        let before = try #require(try await look(since: nil).files.everything).first { $0.path == "web.yaml" }
        _ = try await scene.commit([.removal("apps/web.yaml"), .file("apps/site.yaml", "id: web")], subject: "move")
        let (changed, removed) = try #require(try await look(since: first).files.difference)
        #expect(changed.map(\.path) == ["site.yaml"])
        #expect(changed.first?.blob == before?.blob)
        #expect(removed == ["web.yaml"])
    }

    private func untouched() async throws {
        let first = try await start()
        _ = try await look(since: nil)
        let changes: [SceneChange] = [.file("apps/README.md", "changed"), .file("other/x.yaml", "id: y")]
        let second = try await scene.commit(changes, subject: "elsewhere")
        let update = try await look(since: first)
        #expect(update.revision == second)
        let (changed, removed) = try #require(update.files.difference)
        #expect(changed.isEmpty && removed.isEmpty)
    }

    private func severalCommits() async throws {
        let first = try await start()
        _ = try await look(since: nil)
        _ = try await scene.commit([.file("apps/a.yaml", "id: a")], subject: "second")
        _ = try await scene.commit([.file("apps/b.yaml", "id: b")], subject: "third")
        let update = try await look(since: first)
        #expect(update.subject == "third")
        #expect(update.descends)
        #expect(update.files.difference?.changed.map(\.path) == ["a.yaml", "b.yaml"])
    }

    private func rewritten() async throws {
        _ = try await start()
        let second = try await scene.commit([.file("apps/a.yaml", "id: a")], subject: "second")
        _ = try await look(since: nil)
        let other = try await scene.amend([.file("apps/b.yaml", "id: b")], subject: "another second")
        let update = try await look(since: second)
        #expect(update.revision == other)
        #expect(!update.descends)
        let (changed, removed) = try #require(update.files.difference)
        #expect(changed.map(\.path) == ["b.yaml"])
        #expect(removed == ["a.yaml"])
    }

    private func unknownRevision() async throws {
        _ = try await start()
        for unknown in ["0123456789012345678901234567890123456789", "never heard of"] {
            let update = try await look(since: Revision(unknown))
            #expect(!update.descends)
            #expect(update.files.everything?.count == 4)
        }
    }

    private func undone() async throws {
        let first = try await start()
        let before = try await look(since: nil)
        _ = try await scene.commit([.file("apps/web.yaml", "id: broken")], subject: "second")
        _ = try await scene.commit([.file("apps/web.yaml", "id: web")], subject: "third")
        let update = try await look(since: first)
        let (changed, removed) = try #require(update.files.difference)
        #expect(changed.isEmpty && removed.isEmpty)
        #expect(update.tree == before.tree)
    }

    private func branchMissing() async throws {
        let first = try await start()
        _ = try await look(since: nil)
        let second = try await scene.commit([.file("apps/a.yaml", "id: a")], subject: "second")
        try await scene.deleteBranch()
        #expect(await failure(since: first) == .branchMissing)
        #expect(await failure(since: nil) == .branchMissing)
        try await scene.restoreBranch(to: second)
        #expect(try await look(since: first).files.difference?.changed.map(\.path) == ["a.yaml"])
    }

    private func pathMissing() async throws {
        let first = try await start()
        _ = try await look(since: nil)
        let files = ["web.yaml", "db/main.yml", "db/_group.json", ".pacerignore", "README.md"]
        _ = try await scene.commit(files.map { .removal("apps/" + $0) }, subject: "all gone")
        #expect(await failure(since: first) == .pathMissing)
        #expect(await failure(since: nil) == .pathMissing)
        _ = try await scene.commit([.file("apps/web.yaml", "id: web")], subject: "back")
        #expect(try await look(since: first).files.difference?.removed.count == 3)
    }

    private func empty() async throws {
        let first = try await start()
        _ = try await look(since: nil)
        let files = ["web.yaml", "db/main.yml", "db/_group.json"]
        let second = try await scene.commit(files.map { .removal("apps/" + $0) }, subject: "no manifest left")
        #expect(await failure(since: first) == .empty)
        #expect(await failure(since: nil) == .empty)
        _ = try await scene.commit([.file("apps/web.yaml", "id: web")], subject: "back")
        #expect(try await look(since: second).files.difference?.changed.map(\.path) == ["web.yaml"])
    }

    private func withoutContent() async throws {
        let large = String(repeating: "x", count: 1001)
        let limit = String(repeating: "x", count: 1000)
        let changes: [SceneChange] = [
            .file("apps/large.json", large), .file("apps/limit.json", limit), .file("apps/none.json", ""),
            .link("apps/link.yaml", to: "limit.json"),
        ]
        _ = try await scene.commit(changes, subject: "first")
        let files = try #require(try await look(since: nil).files.everything)
        func file(_ path: String) throws -> SourceUpdate.File { try #require(files.first { $0.path == path }) }
        #expect(try file("large.json").content == nil)
        #expect(try file("large.json").size == 1001)
        #expect(try file("limit.json").content?.count == 1000)
        #expect(try file("none.json").content == [])
        #expect(try file("link.yaml").content == nil)
        #expect(try file("link.yaml").size == 0)
    }

    private func becomesLink() async throws {
        let first = try await start()
        _ = try await look(since: nil)
        _ = try await scene.commit([.link("apps/web.yaml", to: "id: web")], subject: "a link")
        let (changed, removed) = try #require(try await look(since: first).files.difference)
        #expect(changed.map(\.path) == ["web.yaml"])
        #expect(changed.first?.content == nil)
        #expect(removed.isEmpty)
    }

    private func descent() async throws {
        let first = try await start()
        let second = try await scene.commit([.file("apps/a.yaml", "id: a")], subject: "second")
        let third = try await scene.commit([.file("apps/b.yaml", "id: b")], subject: "third")
        _ = try await look(since: nil)
        let fork = try await scene.amend([.file("apps/c.yaml", "id: c")], subject: "another third")
        _ = try await look(since: third)
        let repository = scene.repository
        #expect(try await repository.descends(third, from: first))
        #expect(try await repository.descends(second, from: second))
        #expect(try await repository.descends(fork, from: second))
        #expect(try await !repository.descends(first, from: third))
        #expect(try await !repository.descends(fork, from: third))
        #expect(try await !repository.descends(fork, from: Revision("0123456789012345678901234567890123456789")))
        #expect(try await !repository.descends(fork, from: Revision("never heard of")))
    }

    private func equalBlobs() async throws {
        let changes: [SceneChange] = [
            .file("apps/a.yaml", "same"), .file("apps/b/c.yaml", "same"), .file("apps/d.yaml", "other"),
        ]
        _ = try await scene.commit(changes, subject: "first")
        let files = try #require(try await look(since: nil).files.everything)
        let blobs = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.blob) })
        #expect(blobs["a.yaml"] == blobs["b/c.yaml"])
        #expect(blobs["a.yaml"] != blobs["d.yaml"])
    }
}

extension SourceUpdate.Files {
    var everything: [SourceUpdate.File]? {
        guard case .all(let files) = self else { return nil }
        return files
    }

    var difference: (changed: [SourceUpdate.File], removed: [String])? {
        guard case .changed(let files, let removed) = self else { return nil }
        return (files, removed)
    }
}
