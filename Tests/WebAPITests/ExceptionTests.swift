import Controller
import Domain
import Rollout
import StatusSamples
import Testing
import WebAPI

/// What keeps apps from what git says: one page, and another number of instances in every document.
@Suite struct ExceptionTests {
    @Test func `the page`() throws {
        let page = try ExceptionsDocument(Sample.exceptions())
        try Golden.expect(
            String(decoding: try JSON.encode(page, .pretty), as: UTF8.self) + "\n",
            is: "exceptions.json"
        )
        #expect(try JSON.decode(ExceptionsDocument.self, from: JSON.encode(page)) == page)
    }

    @Test func `an app that nothing keeps is not on it`() throws {
        #expect(try ExceptionsDocument(Sample.shop()).exceptions.isEmpty)
    }

    @Test func `it is served, with its entity tag, and by the leader alone`() async throws {
        let snapshot = try Sample.exceptions()
        let controller = FakeController(snapshot)
        try await withServer(controller) { client in
            let page = try await client.get("/api/v1/exceptions")
            #expect(page.status == 200)
            #expect(try page.decode(ExceptionsDocument.self) == ExceptionsDocument(snapshot))
            let known = try await client.get("/api/v1/exceptions", headers: ["If-None-Match": "\"7-42\""])
            #expect(known.status == 304)
            #expect(try await client.send("POST", "/api/v1/exceptions").status == 405)
            var follower = snapshot
            follower.leadership = .following(leader: "127.0.0.1:1")
            controller.show(follower)
            #expect(try await client.get("/api/v1/exceptions").status == 307)
        }
    }

    @Test func `a status has the number in force, the one of the spec, who and until when`() throws {
        let status = StatusDocument(try Sample.exceptions())
        let app = try #require(status.apps.first { $0.id == "/shop/search" })
        #expect(app.instances.desired == 4)
        #expect(app.scale?.instances == 4)
        #expect(app.scale?.instead == 1)
        #expect(app.scale?.who == "ada@desk")
        #expect(app.scale?.until?.brief == "2026-01-02T12:00:00Z")
        #expect(
            app.summary == "scaled to 4 instances instead of 1 by ada@desk until 2026-01-02T12:00:00Z (the fair)"
        )
        #expect(app.kept == nil)
        #expect(try JSON.decode(StatusDocument.self, from: JSON.encode(status)) == status)
        let whole = try AppDocument(Sample.scaled(), at: Sample.noon)
        #expect(whole.scale == app.scale)
        #expect(whole.spec.map { "\($0)".contains("4") } == false, "the definition stays what git says")
        let rollouts = try RolloutsDocument(Sample.exceptions())
        #expect(rollouts.rollouts.first { $0.id == "/shop/search" }?.scale == app.scale)
    }

    @Test func `an explanation tells it as what a person wants, not as what is in the way`() throws {
        let explanation = try #require(Explanation(of: try Sample.id("/shop/search"), in: try Sample.exceptions()))
        let step = try #require(explanation.steps.first { $0.text.contains("scaled") })
        #expect(
            step.text
                == "ada@desk scaled it to 4 instances instead of 1, because: the fair; its spec's number comes back then, "
                + "or with `pacer rollout resume /shop/search`"
        )
        #expect((step.stage, step.state) == (.plan, .done))
        #expect((step.since, step.until) == (Sample.noon, Sample.noon + .minutes(24 * 60)))
        #expect(explanation.isFine)
    }

    // MARK: - The order

    @Test func `an order to scale reaches the controller with its number and length`() async throws {
        let answer = RolloutAnswer(app: try Sample.id("/shop/web"), isDone: true, text: "has 6 instances")
        let controller = FakeController(try Sample.busy(), reply: .ordered([answer]))
        try await withServer(controller) { client in
            let body = #"{"verb":"scale","apps":["/shop/web"],"who":"ada@desk","instances":6,"for":"2h"}"#
            let reply = try await client.post("/api/v1/rollouts", json: body)
            #expect(reply.status == 200)
        }
        guard case .rollout(let order)? = controller.asked.first else {
            Issue.record("nothing was asked")
            return
        }
        #expect((order.verb, order.instances) == (.scale, 6))
        #expect(order.duration == .minutes(120))
    }

    struct BadOrder: Sendable, CustomTestStringConvertible {
        var rest: String
        var says: String

        var testDescription: String { rest }
    }

    @Test(arguments: [
        BadOrder(rest: #""verb":"scale","apps":["/a"]"#, says: "scale must be told how many"),
        BadOrder(rest: #""verb":"scale","apps":["/a"],"instances":-1"#, says: "-1 is no number of instances"),
        BadOrder(rest: #""verb":"scale","apps":["/a"],"instances":10001"#, says: "10001 is no number of instances"),
        BadOrder(rest: #""verb":"scale","apps":["/a"],"instances":"6""#, says: "instances must be"),
        BadOrder(rest: #""verb":"scale","apps":["/a"],"instances":null"#, says: "scale must be told how many"),
        BadOrder(rest: #""verb":"scale","deployment":"shop-7-2","instances":6"#, says: "a deployment cannot be scaled"),
        BadOrder(rest: #""verb":"pause","apps":["/a"],"instances":6"#, says: "pause sets no number"),
        BadOrder(rest: #""verb":"scale","apps":["/a"],"instances":6,"to":"abcd""#, says: "scale leads nowhere else"),
    ])
    func `a number that makes no sense is told and reaches nobody`(row: BadOrder) async throws {
        let controller = FakeController(try Sample.busy())
        try await withServer(controller) { client in
            let reply = try await client.post("/api/v1/rollouts", json: "{\"who\":\"x\",\(row.rest)}")
            #expect(reply.status == 400)
            #expect(try reply.decode(ProblemDetails.self).detail.contains(row.says))
        }
        #expect(controller.asked.isEmpty)
    }
}
