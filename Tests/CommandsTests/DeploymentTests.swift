import Commands
import Controller
import Domain
import Rollout
import StatusSamples
import Testing
import WebAPI

/// `pacer deployment` and `pacer explain`.
@Suite struct DeploymentTests {
    @Test func `the list`() async throws {
        let api = FakeAPI()
        try api.answer("GET /api/v1/deployments", DeploymentsDocument(try Sample.busy()))
        let run = await Session(exchange: api.exchange).run("deployment", "list")
        #expect(run.status == 0)
        try Golden.expect(run.out, is: "deployment-list.txt")
    }

    @Test func `one deployment with its apps`() async throws {
        let api = FakeAPI()
        let snapshot = try Sample.busy()
        try api.answer("GET /api/v1/deployments/shop-7-2", DeploymentDocument(snapshot.deployments[0], in: snapshot))
        let run = await Session(exchange: api.exchange).run("deployment", "show", "shop-7-2")
        #expect(run.status == 0)
        try Golden.expect(run.out, is: "deployment-show.txt")
    }

    @Test(arguments: ["pause", "resume", "abort", "rollback", "retry", "restart", "promote", "suspend"])
    func `orders are about all of its apps`(verb: String) async throws {
        let api = FakeAPI()
        let answer = RolloutAnswer(app: try Sample.id("/shop/web"), isDone: true, text: "so it is")
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(.pause, [answer]))
        let run = await Session(exchange: api.exchange).run("deployment", verb, "shop-7-2", "--reason", "hold on")
        #expect(run.status == 0)
        #expect(run.out == "/shop/web: so it is\n")
        let request = try JSON.decode(OrderRequest.self, from: try #require(api.calls.first).body)
        #expect(request == OrderRequest(verb: verb, deployment: "shop-7-2", who: "ada@desk", reason: "hold on"))
    }

    /// What the shell is told, and the reader, when the apps of a deployment answer like this.
    private func pause(_ outcomes: [RolloutAnswer.Outcome], _ more: String...) async throws -> Session.Run {
        let api = FakeAPI()
        let answers = try outcomes.enumerated().map { index, outcome in
            RolloutAnswer(app: try Sample.id("/shop/a\(index)"), outcome, text: "is \(outcome.rawValue)")
        }
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(.pause, answers))
        return await Session(exchange: api.exchange).run(["deployment", "pause", "shop-7-2"] + more)
    }

    @Test func `apps that had finished are counted, and are no failure`() async throws {
        let run = try await pause([.finished, .done, .finished, .unchanged])
        #expect(run.status == 0)
        #expect(
            run.out == "/shop/a1: is done\n/shop/a3: is unchanged\n2 had finished: /shop/a0, /shop/a2\n"
        )
        #expect(run.error.isEmpty)
        let json = try await pause([.finished, .done], "-o", "json")
        #expect(json.status == 0)
        let document = try JSON.decode(OrderAnswersDocument.self, from: Array(json.out.utf8))
        #expect(document.answers.map(\.outcome) == ["finished", "done"])
    }

    @Test func `one app that refuses is a failure, and so is a deployment that has nobody left to obey`() async throws {
        let refused = try await pause([.finished, .done, .refused])
        #expect(refused.status == 1)
        #expect(refused.error == "! /shop/a2: is refused\n")
        let over = try await pause([.finished, .finished, .finished, .finished, .finished, .finished, .finished])
        #expect(over.status == 1)
        #expect(over.out == "7 had finished: /shop/a0, /shop/a1, /shop/a2, /shop/a3, /shop/a4 and 2 more\n")
        #expect(over.error == "! there is nothing to pause: no app is on its way in shop-7-2 any more\n")
    }

    @Test(arguments: ["pause", "rollback", "suspend"])
    func `what lasts for a while lasts as long as is said`(verb: String) async throws {
        let api = FakeAPI()
        let answer = RolloutAnswer(app: try Sample.id("/shop/web"), isDone: true, text: "so it is")
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(.suspend, [answer]))
        let run = await Session(exchange: api.exchange).run("deployment", verb, "shop-7-2", "--for", "2h")
        #expect(run.status == 0)
        let request = try JSON.decode(OrderRequest.self, from: try #require(api.calls.first).body)
        #expect(request == OrderRequest(verb: verb, deployment: "shop-7-2", who: "ada@desk", duration: "2h"))
    }

    @Test func `an explanation is a chain with the next step at its end`() async throws {
        let api = FakeAPI()
        let explanation = try #require(Explanation(of: try Sample.id("/shop/web"), in: try Sample.busy()))
        try api.answer("GET /api/v1/apps/shop/web/explain", ExplanationDocument(explanation))
        let run = await Session(exchange: api.exchange).run("explain", "/shop/web")
        #expect(run.status == 0)
        try Golden.expect(run.out, is: "explain.txt")
        let json = await Session(exchange: api.exchange).run("explain", "/shop/web", "-o", "json")
        let document = try JSON.decode(ExplanationDocument.self, from: Array(json.out.utf8))
        #expect(document == ExplanationDocument(explanation))
    }

    @Test func `an app that is fine is explained shortly`() async throws {
        var snapshot = try Sample.busy()
        let app = try Sample.healthy("/shop/ok")
        snapshot.apps[app.id] = app
        let api = FakeAPI()
        let explanation = try #require(Explanation(of: app.id, in: snapshot))
        try api.answer("GET /api/v1/apps/shop/ok/explain", ExplanationDocument(explanation))
        let run = await Session(exchange: api.exchange).run("explain", "/shop/ok")
        try Golden.expect(run.out, is: "explain-fine.txt")
    }

    @Test func `what others wrote does not steer the terminal`() async throws {
        let api = FakeAPI()
        var snapshot = try Sample.busy()
        let app = try Sample.id("/shop/cart")
        snapshot.apps[app]?.record?.pin?.order.why = "bad \u{1B}]0;title\u{07}"
        let explanation = try #require(Explanation(of: app, in: snapshot))
        try api.answer("GET /api/v1/apps/shop/cart/explain", ExplanationDocument(explanation))
        try api.answer("GET /api/v1/rollouts", RolloutsDocument(snapshot))
        let session = Session(exchange: api.exchange)
        for run in [await session.run("explain", "/shop/cart"), await session.run("rollout", "list")] {
            #expect(run.status == 0)
            #expect(!run.out.contains("\u{1B}"))
        }
    }
}
