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
