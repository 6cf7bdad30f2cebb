import Controller
import Domain
import Rollout
import StatusSamples
import Testing
import WebAPI

/// Rollouts, orders about them and deployments, over a socket.
@Suite struct RolloutRouteTests {
    private func pretty(_ document: some Encodable) throws -> String {
        String(decoding: try JSON.encode(document, .pretty), as: UTF8.self) + "\n"
    }

    @Test func `the rollouts' document`() throws {
        try Golden.expect(pretty(RolloutsDocument(Sample.busy())), is: "rollouts.json")
    }

    @Test func `the deployments' documents`() throws {
        let snapshot = try Sample.busy()
        try Golden.expect(pretty(DeploymentsDocument(snapshot)), is: "deployments.json")
        try Golden.expect(pretty(DeploymentDocument(snapshot.deployments[0], in: snapshot)), is: "deployment.json")
    }

    @Test func `an app that nothing happens to is not among the rollouts`() throws {
        var snapshot = try Sample.busy()
        snapshot.apps = [try Sample.id("/shop/db"): try Sample.db()]
        #expect(RolloutsDocument(snapshot).rollouts.isEmpty)
    }

    @Test func `documents read back as what was written`() throws {
        let snapshot = try Sample.busy()
        let rollouts = RolloutsDocument(snapshot)
        #expect(try JSON.decode(RolloutsDocument.self, from: JSON.encode(rollouts)) == rollouts)
        let deployments = DeploymentsDocument(snapshot)
        #expect(try JSON.decode(DeploymentsDocument.self, from: JSON.encode(deployments)) == deployments)
        let status = StatusDocument(snapshot)
        #expect(try JSON.decode(StatusDocument.self, from: JSON.encode(status)) == status)
        let request = OrderRequest(verb: "suspend", apps: ["/shop/web"], who: "ada@desk", duration: "2h")
        #expect(try JSON.decode(OrderRequest.self, from: JSON.encode(request)) == request)
    }

    @Test func `rollouts and deployments are served, with their entity tag`() async throws {
        let snapshot = try Sample.busy()
        try await withServer(FakeController(snapshot)) { client in
            let rollouts = try await client.get("/api/v1/rollouts")
            #expect(rollouts.status == 200)
            #expect(try rollouts.decode(RolloutsDocument.self) == RolloutsDocument(snapshot))
            let deployments = try await client.get("/api/v1/deployments").decode(DeploymentsDocument.self)
            #expect(deployments.deployments.map(\.id) == ["shop-7-2", "shop-7-1"])
            #expect(deployments.deployments.map(\.underway) == [2, 0])
            let one = try await client.get("/api/v1/deployments/shop-7-2").decode(DeploymentDocument.self)
            #expect(one.rollouts.map(\.id) == ["/shop/db", "/shop/web"])
            for path in ["rollouts", "deployments", "deployments/shop-7-1", "apps/shop/web/explain"] {
                let known = try await client.get("/api/v1/\(path)", headers: ["If-None-Match": "\"7-42\""])
                #expect(known.status == 304, "\(path)")
            }
        }
    }

    @Test func `an order reaches the controller as it was given`() async throws {
        let web = try Sample.id("/shop/web")
        let db = try Sample.id("/shop/db")
        let answers = [
            RolloutAnswer(app: web, isDone: true, text: "rolls back"),
            RolloutAnswer(app: db, isDone: false, text: "was never healthy"),
        ]
        let controller = FakeController(try Sample.busy(), reply: .ordered(answers))
        try await withServer(controller) { client in
            let body =
                #"{"verb":"rollback","apps":["/shop/web","/shop/db","/shop/web"],"who":"ada@desk","#
                + #""reason":"slow","for":"2h","to":"4f0c5a"}"#
            let reply = try await client.post("/api/v1/rollouts", json: body)
            #expect(reply.status == 200)
            let document = try reply.decode(OrderAnswersDocument.self)
            #expect(document.verb == "rollback")
            #expect(document.answers.map(\.app) == ["/shop/db", "/shop/web"])
            #expect(document.answers.map(\.done) == [false, true])
            #expect(document.answers.map(\.message) == ["was never healthy", "rolls back"])
            let whole = #"{"verb":"pause","deployment":"shop-7-2","who":"ada@desk","for":"30m"}"#
            #expect(try await client.post("/api/v1/rollouts", json: whole).status == 200)
        }
        let orders = controller.asked.compactMap { request -> RolloutOrder? in
            guard case .rollout(let order) = request else { return nil }
            return order
        }
        #expect(
            orders == [
                RolloutOrder(
                    .rollback,
                    .apps([web, db]),
                    who: "ada@desk",
                    why: "slow",
                    duration: .minutes(120),
                    to: "4f0c5a"
                ),
                RolloutOrder(
                    .pause,
                    .deployment(DeploymentID("shop-7-2")),
                    who: "ada@desk",
                    duration: .minutes(30)
                ),
            ]
        )
    }

    @Test func `an order that no app took is refused with every app's reason`() async throws {
        let answers = try ["/shop/a", "/shop/b", "/shop/c", "/shop/d"].map { path in
            RolloutAnswer(app: try Sample.id(path), isDone: false, text: "has no rollout")
        }
        try await withServer(FakeController(try Sample.busy(), reply: .ordered(answers))) { client in
            let reply = try await client.post(
                "/api/v1/rollouts",
                json: #"{"verb":"pause","apps":["/shop/a"],"who":"ada@desk"}"#
            )
            #expect(reply.status == 409)
            #expect(reply.headers["content-type"] == "application/problem+json")
            let problem = try reply.decode(ProblemDetails.self)
            #expect(problem.answers?.map(\.app) == ["/shop/a", "/shop/b", "/shop/c", "/shop/d"])
            #expect(problem.detail.hasPrefix("no app took the order to pause: /shop/a: has no rollout; "))
            #expect(problem.detail.hasSuffix("; and 1 more"))
        }
    }

    @Test func `an order about nothing is refused`() async throws {
        try await withServer(FakeController(try Sample.busy(), reply: .ordered([]))) { client in
            let body = #"{"verb":"pause","deployment":"shop-7-1","who":"ada@desk"}"#
            let reply = try await client.post("/api/v1/rollouts", json: body)
            #expect(reply.status == 409)
            #expect(try reply.decode(ProblemDetails.self).detail.contains("no app whose rollout it is about"))
        }
    }

    @Test(arguments: [
        (#""deployment":"shop-7-1""#, RolloutAnswer.Outcome.unchanged, 200),
        (#""deployment":"shop-7-1""#, .finished, 409),
        (#""deployment":"shop-7-1""#, .refused, 409), (#""apps":["/shop/web"]"#, .unchanged, 409),
    ])
    func `a deployment that is as ordered already is no conflict, an app that is named is`(
        target: String,
        outcome: RolloutAnswer.Outcome,
        status: Int
    ) async throws {
        let answer = RolloutAnswer(app: try Sample.id("/shop/web"), outcome, text: "so it is")
        try await withServer(FakeController(try Sample.busy(), reply: .ordered([answer]))) { client in
            let reply = try await client.post(
                "/api/v1/rollouts",
                json: #"{"verb":"pause",\#(target),"who":"ada@desk"}"#
            )
            #expect(reply.status == status)
            let answers =
                status == 200
                ? try reply.decode(OrderAnswersDocument.self).answers
                : try reply.decode(ProblemDetails.self).answers ?? []
            #expect(answers.map(\.outcome) == [outcome.rawValue])
        }
    }

    @Test func `an answer of a controller that does not tell outcomes is read all the same`() throws {
        let text =
            #"{"format_version":"1.0","verb":"pause","answers":[{"app":"/a","done":true,"message":"x"},{"app":"/b","done":false,"message":"y"}]}"#
        let document = try JSON.decode(OrderAnswersDocument.self, from: Array(text.utf8))
        #expect(document.answers.map(\.outcome) == ["done", "refused"])
    }

    @Test func `an order to a follower is sent on to the leader, which carries it out`() async throws {
        let answer = RolloutAnswer(app: try Sample.id("/shop/web"), isDone: true, text: "paused")
        let leader = FakeController(try Sample.busy(), reply: .ordered([answer]))
        let body = #"{"verb":"pause","apps":["/shop/web"],"who":"ada@desk"}"#
        try await withServer(leader) { leading in
            var snapshot = try Sample.busy()
            snapshot.leadership = .following(leader: "127.0.0.1:\(leading.port)")
            let follower = FakeController(snapshot, reply: .ordered([answer]))
            try await withServer(follower) { following in
                let redirected = try await following.post("/api/v1/rollouts", json: body)
                #expect(redirected.status == 307)
                #expect(redirected.headers["location"] == "http://127.0.0.1:\(leading.port)/api/v1/rollouts")
                for path in ["/api/v1/rollouts", "/api/v1/deployments/shop-7-2", "/api/v1/apps/shop/web/explain"] {
                    let reply = try await following.get(path)
                    #expect(reply.headers["location"] == "http://127.0.0.1:\(leading.port)\(path)")
                }
                let carriedOut = try await leading.post("/api/v1/rollouts", json: body)
                #expect(carriedOut.status == 200)
            }
            #expect(follower.asked.isEmpty)
        }
        #expect(leader.asked.count == 1)
    }

    struct BadOrder: Sendable, CustomTestStringConvertible {
        var body: String
        var status = 400
        var says: String
        var hint = ""

        var testDescription: String { body }
    }

    static let badOrders: [BadOrder] = [
        BadOrder(body: "", says: "the body is empty"),
        BadOrder(body: "[]", says: "the document must be an object, but is a list"),
        BadOrder(body: #"{"verb":"stop","apps":["/a"],"who":"x"}"#, says: "no verb stop", hint: "pause, resume, abort"),
        BadOrder(body: #"{"apps":["/a"],"who":"x"}"#, says: "verb is missing"),
        BadOrder(body: #"{"verb":"pause","apps":["/a"]}"#, says: "who is missing"),
        BadOrder(body: #"{"verb":"pause","apps":["/a"],"who":" "}"#, says: "who is empty"),
        BadOrder(body: #"{"verb":"pause","apps":"/a","who":"x"}"#, says: "apps must be a list, but is a text"),
        BadOrder(body: #"{"verb":"pause","apps":[],"who":"x"}"#, says: "apps is empty"),
        BadOrder(body: #"{"verb":"pause","apps":["a"],"who":"x"}"#, says: "a is no app id"),
        BadOrder(body: #"{"verb":"pause","who":"x"}"#, says: "either apps or deployment"),
        BadOrder(
            body: #"{"verb":"pause","apps":["/a"],"deployment":"shop-7-2","who":"x"}"#,
            says: "either apps or deployment"
        ),
        BadOrder(
            body: #"{"verb":"pause","deployment":"shop-1-1","who":"x"}"#,
            status: 404,
            says: "no deployment shop-1-1"
        ),
        BadOrder(
            body: #"{"verb":"suspend","apps":["/a"],"who":"x","duration":"2h"}"#,
            says: "duration: there is no such key; the keys are apps, deployment, for, instances, reason, to, verb, who"
        ),
        BadOrder(body: #"{"verb":"suspend","apps":["/a"],"who":"x","for":"2 hours"}"#, says: "no length of time"),
        BadOrder(body: #"{"verb":"suspend","apps":["/a"],"who":"x","for":"0s"}"#, says: "no length of time"),
        BadOrder(
            body: #"{"verb":"suspend","apps":["/a"],"who":"x","for":-3}"#,
            says: "for must be a text, but is a number"
        ),
        BadOrder(body: #"{"verb":"abort","apps":["/a"],"who":"x","for":"2h"}"#, says: "abort has no duration"),
        BadOrder(body: #"{"verb":"retry","apps":["/a"],"who":"x","to":"abcd"}"#, says: "retry leads nowhere else"),
        BadOrder(body: #"{"verb":"rollback","apps":["/a"],"who":"x","to":"HEAD~1"}"#, says: "neither a digest nor"),
        BadOrder(body: #"{"verb":"rollback","apps":["/a"],"who":"x","to":"abc"}"#, says: "neither a digest nor"),
    ]

    @Test(arguments: badOrders) func `a wrong order is told what is wrong and reaches nobody`(
        row: BadOrder
    ) async throws {
        let controller = FakeController(try Sample.busy())
        try await withServer(controller) { client in
            let reply = try await client.post("/api/v1/rollouts", json: row.body)
            #expect(reply.status == row.status)
            let problem = try reply.decode(ProblemDetails.self)
            #expect(problem.detail.contains(row.says), "\(problem.detail)")
            #expect(problem.hint?.contains(row.hint) ?? row.hint.isEmpty)
        }
        #expect(controller.asked.isEmpty)
    }

    @Test(arguments: [
        ("GET", "/api/v1/deployments/none", 404), ("DELETE", "/api/v1/rollouts", 405),
        ("POST", "/api/v1/deployments", 405), ("POST", "/api/v1/apps/shop/web/explain", 405),
    ])
    func `what is not there or not possible is a problem`(method: String, path: String, status: Int) async throws {
        try await withServer(FakeController(try Sample.busy())) { client in
            let reply = try await client.send(method, path)
            #expect(reply.status == status)
            #expect(try reply.decode(ProblemDetails.self).status == status)
        }
    }
}
