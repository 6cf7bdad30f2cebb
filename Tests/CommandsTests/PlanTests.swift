import Commands
import Controller
import Domain
import FoundationEssentials
import Planning
import StatusSamples
import Testing
import WebAPI

@Suite struct PlanTests {
    private func repository() throws -> Folder {
        let folder = try Folder()
        try folder.write("shop/web.yaml", "cmd: sleep 1\ninstances: 2\n")
        try folder.write("shop/db.yaml", "cmd: sleep 1\n")
        try folder.commit()
        return folder
    }

    @Test func `a clean working tree changes nothing`() async throws {
        let folder = try repository()
        let run = await Session().run("plan", folder.path, "--detailed-exitcode")
        #expect(run.status == 0)
        #expect(run.out.hasPrefix("No changes."))
    }

    @Test func `edits show against the last commit`() async throws {
        let folder = try repository()
        try folder.write("shop/web.yaml", "cmd: sleep 2\ninstances: 2\n")
        try folder.write("shop/new.yaml", "cmd: sleep 3\ndependencies: [web]\n")
        try folder.remove("shop/db.yaml")
        let run = await Session().run("plan", folder.path)
        #expect(run.status == 0)
        try Golden.expect(run.out, is: "plan.txt")
        #expect(await Session().run("plan", folder.path, "--detailed-exitcode").status == 2)
    }

    @Test func `any revision can be the base`() async throws {
        let folder = try repository()
        try folder.write("shop/web.yaml", "cmd: sleep 1\ninstances: 5\n")
        try folder.commit()
        #expect(await Session().run("plan", folder.path).out.hasPrefix("No changes."))
        let run = await Session().run("plan", folder.path, "--base", "HEAD~1", "-o", "json")
        let plan = try JSON.decode(PlanDocument.self, from: Array(run.out.utf8))
        #expect(plan.changes.map(\.app) == ["/shop/web"])
        #expect(plan.changes.map(\.action) == ["scale"])
        let tasks = plan.changes[0].tasks
        #expect([tasks.start, tasks.stop, tasks.keep] == [3, 0, 2])
    }

    @Test func `a folder that the base does not have is all new`() async throws {
        let folder = try repository()
        try folder.write("other/api.yaml", "cmd: sleep 1\n")
        let run = await Session().run("plan", "\(folder.path)/other", "-o", "json")
        let plan = try JSON.decode(PlanDocument.self, from: Array(run.out.utf8))
        #expect(plan.changes.map(\.app) == ["/api"])
        #expect(plan.changes.map(\.action) == ["create"])
    }

    @Test func `errors in the files have status 1 and are shown`() async throws {
        let folder = try repository()
        try folder.write("shop/web.yaml", "cmd: sleep 1\ninstances: lots\n")
        let run = await Session().run("plan", folder.path, "--detailed-exitcode")
        #expect(run.status == 1)
        #expect(run.out.contains("shop/web.yaml:2:12"))
    }

    @Test func `an unknown base is told`() async throws {
        let folder = try repository()
        let run = await Session().run("plan", folder.path, "--base", "nowhere")
        #expect(run.status == 1)
        #expect(run.error.contains("nowhere"))
    }

    @Test func `with a server and no path the controller's own plan is shown`() async throws {
        let api = FakeAPI()
        let plan = Plan(changes: [try Sample.change()], problems: [], hash: sampleSHA256([1]))
        let held = PlanDocument.Source(
            source: "shop",
            revision: nil,
            planHash: nil,
            held: "it would remove 12 of 20 apps",
            failure: nil
        )
        try api.answer("GET /api/v1/plan", PlanDocument(plan, found: [], sources: [held]))
        let session = Session(exchange: api.exchange)
        let run = await session.run("plan", "--server", "http://c:1", "--detailed-exitcode")
        #expect(run.status == 2)
        try Golden.expect(run.out, is: "plan-server.txt")
        let variable = Session(environment: ["PACER_SERVER": "http://c:1"], exchange: api.exchange)
        #expect(await variable.run("plan").out == run.out)
    }

    @Test func `with a server and a source only its plan is asked for`() async throws {
        let api = FakeAPI()
        let plan = Plan(changes: [try Sample.change()], problems: [], hash: sampleSHA256([1]))
        try api.answer("GET /api/v1/plan?source=shop", PlanDocument(plan, found: []))
        let problem = ProblemDetails(kind: "not-found", title: "", status: 404, detail: "there is no source a&b")
        let unknown = APIAnswer(status: 404, body: Array(try JSON.encode(problem)))
        api.answer("GET /api/v1/plan?source=a%26b", with: unknown)
        let session = Session(exchange: api.exchange)
        let shop = await session.run("plan", "--server", "http://c:1", "--source", "shop")
        #expect(shop.status == 0, "\(shop.error)")
        let none = await session.run("plan", "--server", "http://c:1", "--source", "a&b")
        #expect(none.status == 1)
        #expect(none.error == "pacer: there is no source a&b\n")
    }

    @Test(
        arguments: [
            (["--server", "http://c:1", "--environment", "prod"], [:], "--environment"),
            (["--server", "http://c:1", "--group", "/"], [:], "--group"),
            (["--group", "/shop"], ["PACER_SERVER": "http://c:1"], "--group"), (["--source", "shop"], [:], "--source"),
        ] as [([String], [String: String], String)]
    )
    func `a flag that would do nothing is refused`(
        flags: [String],
        environment: [String: String],
        named: String
    ) async {
        let run = await Session(environment: environment).run(["plan"] + flags)
        #expect(run.status == 1)
        #expect(run.error.hasPrefix("pacer: \(named) "), "\(run.error)")
        #expect(!run.error.contains("was not expected"))
    }

    @Test func `with a server and a path the files are posted`() async throws {
        let folder = try repository()
        let api = FakeAPI()
        try api.answer(
            "POST /api/v1/plan",
            PlanDocument(Plan(changes: [], problems: [], hash: sampleSHA256([1])), found: [])
        )
        let session = Session(exchange: api.exchange)
        let run = await session.run("plan", folder.path, "--server", "http://c:1", "--source", "shop")
        #expect(run.status == 0)
        let body = try #require(api.calls.first).body
        let request = try JSON.decode(PreviewRequest.self, from: body)
        #expect(request.source == "shop")
        #expect(request.files == ["shop/web.yaml": "cmd: sleep 1\ninstances: 2\n", "shop/db.yaml": "cmd: sleep 1\n"])
    }

    @Test func `a file that is not text is not sent`() async throws {
        let folder = try Folder()
        try Data([0x63, 0x6d, 0x64, 0x3a, 0x20, 0xff, 0xfe]).write(to: URL(filePath: "\(folder.path)/bad.yaml"))
        let run = await Session().run("plan", folder.path, "--server", "http://c:1")
        #expect(run.status == 1)
        #expect(run.error.contains("bad.yaml cannot be sent as text; `pacer lint \(folder.path)` says"))
    }
}
