import Commands
import Controller
import Domain
import Planning
import Rollout
import StatusSamples
import Testing
import WebAPI

/// `pacer rollout`, without waiting.
@Suite struct RolloutTests {
    private func answer(_ app: String, _ isDone: Bool, _ text: String) throws -> RolloutAnswer {
        RolloutAnswer(app: try Sample.id(app), isDone: isDone, text: text)
    }

    private func request(_ api: FakeAPI) throws -> OrderRequest {
        let call = try #require(api.calls.first { $0.method == "POST" })
        return try JSON.decode(OrderRequest.self, from: call.body)
    }

    @Test func `the list`() async throws {
        let api = FakeAPI()
        try api.answer("GET /api/v1/rollouts", RolloutsDocument(try Sample.busy()))
        let run = await Session(exchange: api.exchange).run("rollout", "list")
        #expect(run.status == 0)
        try Golden.expect(run.out, is: "rollout-list.txt")
        let json = await Session(exchange: api.exchange).run("rollout", "list", "-o", "json")
        #expect(try JSON.decode(RolloutsDocument.self, from: Array(json.out.utf8)) == RolloutsDocument(Sample.busy()))
    }

    @Test func `without rollouts there is a sentence`() async throws {
        let api = FakeAPI()
        var snapshot = try Sample.busy()
        snapshot.apps = [:]
        try api.answer("GET /api/v1/rollouts", RolloutsDocument(snapshot))
        let run = await Session(exchange: api.exchange).run("rollout", "list")
        #expect(run.out == "No rollout is under way, and nothing keeps an app from what git says.\n")
    }

    @Test func `all about some apps`() async throws {
        let api = FakeAPI()
        for app in [
            try Sample.placelessDB(), try Sample.heldBack(), try Sample.pinned(), try Sample.healthy("/shop/ok"),
        ] {
            try api.answer("GET /api/v1/apps\(app.id)", AppDocument(app, at: Sample.noon))
        }
        let run = await Session(exchange: api.exchange)
            .run("rollout", "show", "/shop/db", "/shop/job", "/shop/cart", "/shop/ok")
        #expect(run.status == 0)
        try Golden.expect(run.out, is: "rollout-show.txt")
    }

    @Test(arguments: ["pause", "resume", "abort", "rollback", "retry", "restart", "promote", "suspend"])
    func `each verb is sent with who and why`(verb: String) async throws {
        let api = FakeAPI()
        let done = OrderAnswersDocument(.pause, [try answer("/shop/web", true, "so it is")])
        try api.answer("POST /api/v1/rollouts", done)
        let run = await Session(exchange: api.exchange).run(
            "rollout",
            verb,
            "/shop/web",
            "--reason",
            "the till is down"
        )
        #expect(run.status == 0)
        #expect(run.out == "/shop/web: so it is\n")
        #expect(
            try request(api)
                == OrderRequest(verb: verb, apps: ["/shop/web"], who: "ada@desk", reason: "the till is down")
        )
    }

    @Test func `a rollback says for how long and where to`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(.rollback, [try answer("/a", true, "")]))
        let run = await Session(exchange: api.exchange).run("rollout", "rollback", "/a", "--for", "2h", "--to", "4f0c")
        #expect(run.status == 0)
        #expect(
            try request(api)
                == OrderRequest(verb: "rollback", apps: ["/a"], who: "ada@desk", duration: "2h", to: "4f0c")
        )
    }

    @Test(arguments: ["pause", "suspend"])
    func `what holds an app lasts as long as is said`(verb: String) async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(.pause, [try answer("/a", true, "")]))
        let run = await Session(exchange: api.exchange).run("rollout", verb, "/a", "--for", "30m")
        #expect(run.status == 0)
        #expect(try request(api) == OrderRequest(verb: verb, apps: ["/a"], who: "ada@desk", duration: "30m"))
    }

    @Test func `an order that some apps did not take has status 1 and their reasons`() async throws {
        let api = FakeAPI()
        let mixed = [try answer("/a", true, "is paused"), try answer("/b", false, "has no rollout")]
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(.pause, mixed))
        let run = await Session(exchange: api.exchange).run("rollout", "pause", "/a", "/b")
        #expect(run.status == 1)
        #expect(run.out == "/a: is paused\n")
        #expect(run.error == "! /b: has no rollout\n")
    }

    @Test func `an order that no app took has status 1 and every reason, for programs too`() async throws {
        let api = FakeAPI()
        let none = OrderAnswersDocument(
            .retry,
            [try answer("/a", false, "has nothing to retry"), try answer("/b", false, "is not there")]
        )
        let problem = ProblemDetails(
            kind: "refused",
            title: "Refused",
            status: 409,
            detail: "no app took the order",
            answers: none.answers
        )
        let body = Array(try JSON.encode(problem))
        api.answer("POST /api/v1/rollouts", with: APIAnswer(status: 409, body: body))
        try api.answer("GET /api/v1/rollouts", RolloutsDocument(try Sample.busy()))
        let run = await Session(exchange: api.exchange).run("rollout", "retry", "/a", "/b", "--wait")
        #expect(run.status == 1)
        #expect(run.out.isEmpty)
        #expect(run.error == "! /a: has nothing to retry\n! /b: is not there\n")
        let json = await Session(exchange: api.exchange).run("rollout", "retry", "/a", "/b", "-o", "json")
        #expect(json.status == 1)
        #expect(try JSON.decode(OrderAnswersDocument.self, from: Array(json.out.utf8)) == none)
    }

    @Test func `a controller that does not lead says so`() async throws {
        let api = FakeAPI()
        let problem = ProblemDetails(kind: "refused", title: "", status: 409, detail: "this controller does not lead")
        api.answer("POST /api/v1/rollouts", with: APIAnswer(status: 409, body: Array(try JSON.encode(problem))))
        let run = await Session(exchange: api.exchange).run("rollout", "pause", "/a")
        #expect(run.status == 1)
        #expect(run.error == "pacer: this controller does not lead\n")
    }

    @Test func `an order follows a follower's word to the leader`() async throws {
        let document = Array(try JSON.encode(OrderAnswersDocument(.pause, [try answer("/a", true, "is paused")])))
        let session = Session { call in
            guard call.url == "http://leader:1/api/v1/rollouts", call.method == "POST", !call.body.isEmpty else {
                return APIAnswer(status: 307, location: "http://leader:1/api/v1/rollouts", body: [])
            }
            return APIAnswer(status: 200, body: document)
        }
        #expect(await session.run("rollout", "pause", "/a").out == "/a: is paused\n")
    }

    @Test(
        arguments: [
            (["rollout", "pause"], "Missing expected argument '<app> ...'"),
            (["rollout", "pause", "shop/web"], "“shop/web” is no app id"),
            (["rollout", "show", "/Shop"], "“/Shop” is no app id"),
            (["rollout", "suspend", "/a", "--for", "2 hours"], "“2 hours” is no length of time"),
            (["rollout", "suspend", "/a", "--for", "0s"], "--for must be longer than nothing"),
            (["rollout", "abort", "/a", "--for=2h"], "Unknown option '--for'"),
            (["rollout", "pause", "/a", "--wait"], "Unknown option '--wait'"),
            (["rollout", "retry", "/a", "--wait", "--deadline", "soon"], "“soon” is no length of time"),
            (["rollout", "stop", "/a"], "stop"), (["deployment", "show", "../status"], "is no deployment's id"),
            (["deployment", "pause"], "Missing expected argument '<id>'"), (["explain", "web"], "“web” is no app id"),
        ] as [([String], String)]
    )
    func `a wrong call is an error with status 1 and asks nobody`(words: [String], says: String) async {
        let run = await Session().run(words)
        #expect(run.status == 1)
        #expect(run.out.isEmpty)
        #expect(run.error.contains(says), "\(run.error)")
    }

    @Test func `the commands alone show their help`() async {
        for command in ["rollout", "deployment"] {
            let run = await Session().run(command)
            #expect(run.status == 0)
            #expect(run.out.contains("USAGE: pacer \(command) <subcommand>"))
        }
    }
}
