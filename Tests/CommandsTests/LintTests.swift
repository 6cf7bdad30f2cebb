import Domain
import FoundationEssentials
import Testing
import WebAPI

@Suite struct LintTests {
    private struct Report: Decodable {
        var format_version: String
        var files: Int
        var apps: Int
        var problems: [ProblemDocument]
    }

    private func source() throws -> Folder {
        let folder = try Folder()
        try folder.write("shop/web.yaml", "cmd: sleep 1\ninstances: 2\ndependencies: [db]\n")
        try folder.write("shop/db.yaml", "cmd: sleep 1\nwiki: me\n")
        return folder
    }

    @Test func `a good source has status 0`() async throws {
        let folder = try source()
        try folder.write("shop/db.yaml", "cmd: sleep 1\n")
        let run = await Session().run("lint", folder.path)
        #expect(run.out == "2 files, 2 apps: no problems\n")
        #expect(run.status == 0)
    }

    @Test func `every problem is told with its place and what to do`() async throws {
        let folder = try source()
        try folder.write("shop/web.yaml", "cmd: sleep 1\ninstnces: 2\ncpus: many\n")
        let run = await Session().run("lint", folder.path)
        #expect(run.status == 1)
        try Golden.expect(run.out.replacing(folder.path, with: "FOLDER"), is: "lint.txt")
    }

    @Test func `a file with twelve mistakes gives twelve problems in one go`() async throws {
        let folder = try Folder()
        let text = """
            id: /shop/Web
            cmd: ./serve
            args: [a, b]
            instnces: 2
            cpus: many
            mem: -1
            disk: 10
            disk: 20
            env:
              DEBUG: on
            requirePorts: yes
            portDefinitions:
              - {port: 70000}
            healthChecks:
              - {protocol: HTTPP}
            upgradeStrategy: {minimumHealthCapacity: 2, maximumOverCapacity: 0}
            constraints:
              - [hostname, UNIQ]
            """
        try folder.write("web.yaml", text + "\n")
        let run = await Session().run("lint", folder.path)
        #expect(run.status == 1)
        #expect(run.out.hasSuffix("1 file, 0 apps: 11 errors, 1 warning\n"))
        try Golden.expect(run.out.replacing(folder.path, with: "FOLDER"), is: "lint-twelve.txt")
    }

    @Test func `the document for programs`() async throws {
        let folder = try source()
        try folder.write("shop/web.yaml", "cmd: sleep 1\ninstnces: 2\n")
        let run = await Session().run("lint", folder.path, "--output", "json")
        #expect(run.status == 1)
        let report = try JSON.decode(Report.self, from: Array(run.out.utf8))
        #expect(report.files == 2)
        #expect(report.format_version == "1.0")
        let problem = try #require(report.problems.first { $0.severity == .error })
        #expect(problem.file == "\(folder.path)/shop/web.yaml")
        #expect((problem.line, problem.column) == (2, 1))
        #expect(problem.hint == "did you mean `instances`?")
    }

    @Test func `warnings alone have status 0, and 1 with strict`() async throws {
        let folder = try source()
        let run = await Session().run("lint", folder.path)
        #expect(run.status == 0)
        #expect(run.out.contains("warning: `wiki`"))
        let strict = await Session().run("lint", "--strict", folder.path)
        #expect(strict.status == 1)
        #expect(strict.out.contains("error: `wiki`"))
    }

    @Test func `a file by itself is checked alone, under the name that was given`() async throws {
        let folder = try source()
        let file = try folder.write("shop/web.yaml", "cmd: sleep 1\ndependencies: [elsewhere]\ncpus: x\n")
        let run = await Session().run("lint", file)
        #expect(run.status == 1)
        #expect(run.out.contains("\(file):3:7: error:"))
        #expect(!run.out.contains("elsewhere` is neither"))
    }

    @Test func `several paths are one report`() async throws {
        let first = try source()
        let second = try source()
        let run = await Session().run("lint", first.path, second.path, "--output", "json")
        let report = try JSON.decode(Report.self, from: Array(run.out.utf8))
        #expect(report.files == 4)
        #expect(report.apps == 4)
    }

    @Test func `what is not there is an error`() async throws {
        let folder = try Folder()
        let run = await Session().run("lint", "\(folder.path)/none")
        #expect(run.status == 1)
        #expect(run.error.contains("\(folder.path)/none"))
        let empty = await Session().run("lint", folder.path)
        #expect(empty.status == 1)
        #expect(empty.error.contains(folder.path))
    }

    @Test func `every place in a report is named from where the caller stands`() async throws {
        let folder = try source()
        try folder.write("shop/web.yaml", "id: /shop/db\ncmd: sleep 1\n")
        let run = await Session().run("lint", folder.path)
        let web = "\(folder.path)/shop/web.yaml"
        let db = "\(folder.path)/shop/db.yaml"
        #expect(run.out.contains("\(web):1:5: error: /shop/db is declared here and at \(db):1 "), "\(run.out)")
        #expect(run.out.contains("\(db):1:1: error: /shop/db is declared here and at \(web):1 "), "\(run.out)")
        let file = try folder.write("shop/twice.yaml", "cmd: sleep 1\ncmd: sleep 2\n")
        let alone = await Session().run("lint", file)
        #expect(alone.out.contains("\(file):2:1: error: "), "\(alone.out)")
        #expect(alone.out.contains("the first is at \(file):1"), "\(alone.out)")
    }

    @Test func `a file that is too large has a place`() async throws {
        let folder = try source()
        let file = try folder.write("shop/big.yaml", String(repeating: "#", count: 10_000_000))
        let run = await Session().run("lint", folder.path)
        #expect(run.status == 1)
        #expect(run.out.contains("\(file):1:1: error: The file has 10000000 bytes"), "\(run.out)")
    }
}
