import Boundary
import Domain
import Foundation
import GitSource
import Testing

/// Files as they lie on this machine.
struct LocalTreeTests {
    private func kind(_ body: () async throws(SourceFailure) -> SourceUpdate) async -> SourceFailure.Kind? {
        do throws(SourceFailure) {
            _ = try await body()
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func `a folder tells what its commit would tell`() async throws {
        let scene = try await Scene()
        try scene.origin.write(".pacerignore", "old")
        try scene.origin.write("db/.hidden.yml", "")
        try scene.origin.write("README.md", "read me")
        try scene.origin.write("large.json", String(repeating: "x", count: 5000))
        try scene.origin.link("link.yaml", to: "web.yaml")
        try scene.origin.link("loop", to: ".")
        try scene.origin.write("a-b.yaml", "")
        try scene.origin.write("a/x.yaml", "")
        try await scene.origin.commit("more")
        let committed = try #require(try await scene.repository { $0.fileSizeLimit = 4000 }.update(since: nil))
        let lying = try await LocalTree.files(at: scene.origin.folder, source: "shop", sizeLimit: 4000)
        let (left, right) = (try #require(committed.files.everything), try #require(lying.files.everything))
        #expect(left.map(\.path) == right.map(\.path))
        #expect(left.map(\.blob) == right.map(\.blob))
        #expect(left.map(\.content) == right.map(\.content))
        #expect(left.map(\.size) == right.map(\.size))
        #expect(left.count == 8)
        #expect(lying.revision == LocalTree.workingTree)
    }

    @Test func `the folder's hash follows its files`() async throws {
        let scene = try await Scene()
        let first = try await LocalTree.files(at: scene.origin.folder, source: "shop")
        let again = try await LocalTree.files(at: scene.origin.folder, source: "shop")
        #expect(first.tree == again.tree)
        try scene.origin.write("web.yaml", "id: web2")
        #expect(try await LocalTree.files(at: scene.origin.folder, source: "shop").tree != first.tree)
    }

    @Test func `no repository is needed, and one within is left out`() async throws {
        let folder = try TemporaryFolder()
        let inner = try await OriginRepository(at: folder.path + "/inner")
        try inner.write("other.yaml", "id: other")
        try Data("id: web".utf8).write(to: URL(filePath: folder.path + "/web.yaml"))
        try await run(["mkfifo", "pipe.yaml"], in: folder.path)
        let update = try await LocalTree.files(at: folder.path, source: "shop")
        #expect(update.files.everything?.map(\.path) == ["web.yaml"])
    }

    @Test func `a file is told alone`() async throws {
        let scene = try await Scene()
        try scene.origin.write("notes.txt", "id: x")
        let update = try await LocalTree.files(at: scene.origin.folder + "/notes.txt", source: "shop")
        #expect(update.files.everything?.map(\.path) == ["notes.txt"])
        #expect(update.files.everything?.first?.content == Array("id: x".utf8))
    }

    @Test func `what cannot be read is told`() async throws {
        let folder = try TemporaryFolder()
        #expect(
            await kind { () throws(SourceFailure) in
                try await LocalTree.files(at: folder.path + "/nothing", source: "shop")
            } == .pathMissing
        )
        #expect(
            await kind { () throws(SourceFailure) in
                try await LocalTree.files(at: folder.path, source: "shop")
            } == .empty
        )
        #expect(
            await kind { () throws(SourceFailure) in
                try await LocalTree.files(of: "HEAD", at: folder.path, source: "shop")
            } == .unreachable
        )
    }

    @Test func `a revision is read as git rev-parse reads it`() async throws {
        let scene = try await Scene()
        try scene.origin.write("web.yaml", "id: web2")
        try scene.origin.write("db/more.yaml", "id: more")
        let second = try await scene.origin.commit("second")
        try await scene.origin.git("tag", "-a", "-m", "release", "v1")
        let root = scene.origin.folder
        func paths(_ revision: String, _ path: String) async throws -> [String]? {
            try await LocalTree.files(of: revision, at: path, source: "shop").files.everything?.map(\.path)
        }
        #expect(try await paths("HEAD", root) == ["db/main.yaml", "db/more.yaml", "web.yaml"])
        #expect(try await paths("v1", root) == ["db/main.yaml", "db/more.yaml", "web.yaml"])
        #expect(try await paths("HEAD~1", root) == ["db/main.yaml", "web.yaml"])
        #expect(try await paths("main", root + "/db") == ["main.yaml", "more.yaml"])
        #expect(try await paths("HEAD^{/first}:db", root) == ["main.yaml"])
        #expect(try await paths(String(second.rawValue.prefix(10)), root + "/db") == ["main.yaml", "more.yaml"])
        #expect(try await paths("HEAD:db", root + "/.git") == ["main.yaml", "more.yaml"])
        let update = try await LocalTree.files(of: "v1", at: root, source: "shop")
        #expect(update.revision == second)
        #expect(update.author == "Ada <ada@example.invalid>")
    }

    @Test func `a revision or folder that the repository does not have is told`() async throws {
        let scene = try await Scene()
        let root = scene.origin.folder
        #expect(
            await kind { () throws(SourceFailure) in
                try await LocalTree.files(of: "no-such-branch", at: root, source: "shop")
            } == .branchMissing
        )
        #expect(
            await kind { () throws(SourceFailure) in
                try await LocalTree.files(of: "HEAD:nothing", at: root, source: "shop")
            } == .pathMissing
        )
    }
}
