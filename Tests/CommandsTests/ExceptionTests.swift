import Commands
import Controller
import Domain
import Rollout
import StatusSamples
import Testing
import WebAPI

/// `pacer exceptions` and `pacer rollout scale`.
@Suite struct ExceptionTests {
    @Test func `the page`() async throws {
        let api = FakeAPI()
        let page = try ExceptionsDocument(Sample.exceptions())
        try api.answer("GET /api/v1/exceptions", page)
        let run = await Session(exchange: api.exchange).run("exceptions")
        #expect(run.status == 0)
        try Golden.expect(run.out, is: "exceptions.txt")
        let json = await Session(exchange: api.exchange).run("exceptions", "-o", "json")
        #expect(try JSON.decode(ExceptionsDocument.self, from: Array(json.out.utf8)) == page)
    }

    @Test func `without any there is a sentence`() async throws {
        let api = FakeAPI()
        try api.answer("GET /api/v1/exceptions", ExceptionsDocument(Sample.shop()))
        let run = await Session(exchange: api.exchange).run("exceptions")
        #expect((run.status, run.out) == (0, "Nothing keeps an app from what git says.\n"))
    }

    @Test func `without a controller the status is 1`() async {
        #expect(await Session().run("exceptions").status == 1)
    }

    @Test func `an order to scale is sent with its number, its length and why`() async throws {
        let api = FakeAPI()
        let done = RolloutAnswer(app: try Sample.id("/a"), isDone: true, text: "has 6 instances instead of 3")
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(.scale, [done]))
        let run = await Session(exchange: api.exchange)
            .run("rollout", "scale", "/a", "--instances", "6", "--for", "2h", "--reason", "the fair")
        #expect((run.status, run.out) == (0, "/a: has 6 instances instead of 3\n"))
        let call = try #require(api.calls.first)
        #expect(
            try JSON.decode(OrderRequest.self, from: call.body)
                == OrderRequest(
                    verb: "scale",
                    apps: ["/a"],
                    who: "ada@desk",
                    reason: "the fair",
                    duration: "2h",
                    instances: 6
                )
        )
    }

    @Test(arguments: [
        ["/a"], ["/a", "--instances", "-1"], ["/a", "--instances", "10001"], ["/a", "--instances", "six"],
        ["--instances", "6"], ["/a", "--instances", "6", "--for", "0s"],
    ])
    func `a wrong call is an error, and nothing is sent`(words: [String]) async {
        let api = FakeAPI()
        let run = await Session(exchange: api.exchange).run(["rollout", "scale"] + words)
        #expect(run.status == 1)
        #expect(run.error.hasPrefix("Error: "))
        #expect(api.calls.isEmpty)
    }

    @Test(arguments: ["scale", "resume", "retry"])
    func `to wait ends when the number in force is reached, though it is not git's`(verb: String) async throws {
        var rolling = try Sample.scaled()
        rolling.record?.rollout = try Sample.paused("/shop/search").record?.rollout
        rolling.record?.rollout?.phase = .rolling
        let statuses = try [rolling, Sample.scaled()].map { app in
            var snapshot = try Sample.shop()
            snapshot.apps = [app.id: app]
            return StatusDocument(snapshot)
        }
        let api = FakeAPI()
        let done = RolloutAnswer(app: rolling.id, isDone: true, text: "so it is")
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(.scale, [done]))
        try api.answer("GET /api/v1/rollouts", RolloutsDocument(try Sample.shop()))
        try api.answer("GET /api/v1/status", statuses[0], statuses[1])
        let number = verb == "scale" ? ["--instances", "4"] : []
        let run = await Session(exchange: api.exchange)
            .run(["rollout", verb, "/shop/search", "--wait", "--deadline", "1m"] + number)
        #expect(run.status == 0, "\(run.out) \(run.error)")
    }
}
