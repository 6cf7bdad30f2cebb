import Boundary
import Domain
import Foundation
import GitSource
import Testing

/// What happens to the copy on disk.
struct MirrorTests {
    private func paths(_ update: SourceUpdate?) -> [String]? { update?.files.everything?.map(\.path) }

    private func packs(_ scene: Scene) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scene.mirror + "/objects/pack")
            .filter { $0.hasSuffix(".pack") }
    }

    @Test func `a mirror is used again by the next process`() async throws {
        let scene = try await Scene()
        let first = try #require(try await scene.repository().update(since: nil))
        let second = scene.repository()
        #expect(try await second.update(since: first.revision) == nil)
        #expect(paths(try await second.update(since: nil)) == ["db/main.yaml", "web.yaml"])
        #expect(try packs(scene).count == 1)
    }

    @Test(arguments: ["HEAD", "refs/heads/main", "objects/pack", "config"])
    func `a damaged mirror is made anew`(_ part: String) async throws {
        let scene = try await Scene()
        let first = try #require(try await scene.repository().update(since: nil))
        let damaged = "\(scene.mirror)/\(part)"
        try FileManager.default.removeItem(atPath: damaged)
        if part != "objects/pack" { try Data("[[[ nonsense".utf8).write(to: URL(filePath: damaged)) }
        try scene.origin.write("web.yaml", "id: web2")
        try await scene.origin.commit("second")
        let update = try #require(try await scene.repository().update(since: first.revision))
        #expect(update.descends)
        #expect(update.files.difference?.changed.map(\.path) == ["web.yaml"])
    }

    @Test func `a mirror with torn packs is made anew`() async throws {
        let scene = try await Scene()
        let first = try #require(try await scene.repository().update(since: nil))
        for name in try packs(scene) {
            let pack = "\(scene.mirror)/objects/pack/\(name)"
            try await run(["chmod", "u+w", pack], in: scene.folder.path)
            let handle = try FileHandle(forWritingTo: URL(filePath: pack))
            try handle.truncate(atOffset: 40)
            try handle.close()
        }
        try scene.origin.write("web.yaml", "id: web2")
        try await scene.origin.commit("second")
        let update = try #require(try await scene.repository().update(since: first.revision))
        #expect(update.files.difference?.changed.map(\.path) == ["web.yaml"])
    }

    @Test func `a mirror of another repository is made anew`() async throws {
        let scene = try await Scene()
        _ = try await scene.repository().update(since: nil)
        let other = try await OriginRepository(at: scene.folder.path + "/other")
        try other.write("else.yaml", "id: else")
        try await other.commit("first")
        #expect(paths(try await scene.repository { $0.url = other.folder }.update(since: nil)) == ["else.yaml"])
    }

    @Test func `a mirror of another branch is made anew`() async throws {
        let scene = try await Scene()
        _ = try await scene.repository().update(since: nil)
        try await scene.origin.git("checkout", "-q", "-b", "main2/next")
        try scene.origin.write("next.yaml", "id: next")
        try await scene.origin.commit("second")
        let update = try await scene.repository { $0.branch = "main2/next" }.update(since: nil)
        #expect(paths(update) == ["db/main.yaml", "next.yaml", "web.yaml"])
    }

    @Test func `a folder that is no mirror is never touched`() async throws {
        let scene = try await Scene()
        let precious = scene.folder.path + "/precious"
        try FileManager.default.createDirectory(atPath: precious, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(filePath: precious + "/file"))
        let problem = await failure(of: scene.repository { $0.mirror = precious })
        #expect(problem?.kind == .mirror)
        #expect(problem?.message.contains("not a mirror") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: precious) == ["file"])
    }

    @Test func `a failing fetch leaves the mirror as it was`() async throws {
        let scene = try await Scene()
        let first = try #require(try await scene.repository().update(since: nil))
        let away = scene.folder.path + "/away"
        try FileManager.default.moveItem(atPath: scene.origin.folder, toPath: away)
        let problem = await failure(of: scene.repository(), since: first.revision)
        #expect(problem?.kind == .unreachable)
        #expect(problem?.message.contains(scene.origin.folder) == true)
        try FileManager.default.moveItem(atPath: away, toPath: scene.origin.folder)
        #expect(try await scene.repository().update(since: first.revision) == nil)
        #expect(try packs(scene).count == 1)
    }

    @Test func `a first fetch that fails leaves nothing behind`() async throws {
        let scene = try await Scene()
        let problem = await failure(of: scene.repository { $0.branch = "no-such-branch" })
        #expect(problem?.kind == .branchMissing)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scene.folder.path + "/mirrors") == [])
    }

    @Test func `what a killed process left beside the mirror is removed`() async throws {
        let scene = try await Scene()
        let left = scene.mirror + ".making-abc123"
        try FileManager.default.createDirectory(atPath: left + "/objects", withIntermediateDirectories: true)
        _ = try await scene.repository().update(since: nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scene.folder.path + "/mirrors") == ["shop"])
    }

    @Test func `only the tracked branch is fetched`() async throws {
        let scene = try await Scene()
        try await scene.origin.git("checkout", "-q", "-b", "side")
        try scene.origin.write("side.yaml", "id: side")
        let side = try await scene.origin.commit("side")
        try await scene.origin.git("tag", "v1")
        try await scene.origin.git("checkout", "-q", "main")
        _ = try await scene.repository().update(since: nil)
        await #expect(throws: CommandFailure.self) {
            try await run(["git", "cat-file", "-e", side.rawValue], in: scene.mirror)
        }
    }

    @Test func `many packs become one, and the difference from a rewritten commit is still told`() async throws {
        let scene = try await Scene()
        let repository = scene.repository { $0.packLimit = 3 }
        var known = try #require(try await repository.update(since: nil)).revision
        for number in 0..<5 {
            try scene.origin.write("web.yaml", "id: web\(number)")
            try await scene.origin.commit("change \(number)")
            known = try #require(try await repository.update(since: known)).revision
        }
        #expect(try packs(scene).count == 6)
        try await scene.origin.git("reset", "-q", "--hard", "HEAD~1")
        try scene.origin.write("new.yaml", "id: new")
        let tip = try await scene.origin.commit("instead of change 4")
        let update = try #require(try await repository.update(since: known))
        #expect(update.revision == tip)
        #expect(try packs(scene).count == 1)
        #expect(!update.descends)
        let again = try #require(try await repository.update(since: known))
        #expect(again.files.difference?.changed.map(\.path) == ["new.yaml", "web.yaml"])
        #expect(try await repository.update(since: tip) == nil)
        try await run(["git", "fsck", "--strict"], in: scene.mirror)
    }

    @Test func `looks at one repository go one after the other`() async throws {
        let scene = try await Scene()
        let repository = scene.repository()
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { try await repository.update(since: nil)?.files.everything?.count ?? 0 }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 2, count: 8))
        #expect(try packs(scene).count == 1)
    }

    @Test func `a path that climbs out is refused`() async throws {
        let scene = try await Scene()
        #expect(await failure(of: scene.repository { $0.path = "../.." })?.kind == .pathMissing)
    }

    @Test func `a path that is a file is refused`() async throws {
        let scene = try await Scene()
        #expect(await failure(of: scene.repository { $0.path = "web.yaml" })?.kind == .pathMissing)
    }

    @Test(arguments: ["db", "./db", "db/", "/db/"])
    func `a path may be written with dots and slashes`(_ path: String) async throws {
        let scene = try await Scene()
        #expect(paths(try await scene.repository { $0.path = path }.update(since: nil)) == ["main.yaml"])
    }

    @Test(.enabled(if: getuid() == 0, "only root can give files away"))
    func `a repository of another user is read`() async throws {
        let scene = try await Scene()
        try await run(["chown", "-R", "65534", scene.origin.folder], in: scene.folder.path)
        #expect(paths(try await scene.repository().update(since: nil)) == ["db/main.yaml", "web.yaml"])
    }

    @Test func `folders without end are refused, and the mirror is kept`() async throws {
        let scene = try await Scene()
        let repository = scene.repository()
        let known = try #require(try await repository.update(since: nil)).revision
        let before = try packs(scene)
        try scene.origin.write(String(repeating: "d/", count: 600) + "deep.yaml", "id: deep")
        try await scene.origin.commit("deep")
        #expect(await failure(of: repository)?.message.contains("deep in each other") == true)
        #expect(try Set(packs(scene)).isSuperset(of: before))
        try await scene.origin.git("reset", "-q", "--hard", known.rawValue)
        #expect(try await repository.update(since: known) == nil)
    }
}
