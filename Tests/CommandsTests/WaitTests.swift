import Commands
import Controller
import Domain
import Planning
import Rollout
import StatusSamples
import Testing
import WebAPI

/// `--wait` after an order or a sync: what it ends with, and what is shown meanwhile.
@Suite struct WaitTests {
    /// What an app comes to.
    enum End: Sendable {
        case healthy, rolledBack, paused, aborted, gone, rolling, suspended, pinned
    }

    private func status(_ ends: (String, End)...) throws -> StatusDocument {
        var snapshot = try Sample.busy()
        snapshot.apps = [:]
        for (path, end) in ends {
            guard end != .gone else { continue }
            let app = try app(path, end)
            snapshot.apps[app.id] = app
        }
        return StatusDocument(snapshot)
    }

    private func app(_ path: String, _ end: End) throws -> AppStatus {
        var app = try Sample.healthy(path)
        switch end {
        case .healthy, .gone: break
        case .rolledBack:
            app.sync = .outOfSync
            app.record?.heldBack = try Sample.heldBack().record?.heldBack
        case .paused: app = try Sample.paused(path)
        case .aborted:
            app = try Sample.paused(path)
            app.record?.rollout?.phase = .aborted
        case .rolling:
            app = try Sample.paused(path)
            app.record?.rollout?.phase = .rolling
        case .suspended:
            app.health = .missing
            app.instances = []
            app.record?.suspension = Sample.order()
        case .pinned:
            app.sync = .outOfSync
            app.record?.pin = Pin(digest: sampleSHA256([7]), order: Sample.order(until: Sample.noon + .minutes(5)))
        }
        return app
    }

    private func api(_ verb: RolloutVerb = .restart, apps: String...) throws -> FakeAPI {
        let api = FakeAPI()
        let answers = try apps.map { RolloutAnswer(app: try Sample.id($0), isDone: true, text: "so it is") }
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(verb, answers))
        try api.answer("GET /api/v1/rollouts", RolloutsDocument(try Sample.shop()))
        return api
    }

    @Test(
        arguments: [
            ("restart", .healthy, 0), ("restart", .rolledBack, 3), ("restart", .paused, 3), ("restart", .aborted, 3),
            ("restart", .gone, 1), ("restart", .rolling, 4), ("rollback", .healthy, 3), ("rollback", .rolledBack, 0),
            ("rollback", .pinned, 0), ("rollback", .paused, 3), ("retry", .healthy, 0), ("retry", .rolledBack, 3),
            ("retry", .rolling, 4), ("promote", .healthy, 0), ("promote", .rolledBack, 3), ("resume", .healthy, 0),
            ("resume", .paused, 3), ("resume", .suspended, 0),
        ] as [(String, End, Int32)]
    )
    func `the exit status tells success from rollback, pause and the deadline`(
        verb: String,
        end: End,
        code: Int32
    ) async throws {
        let api = try api(apps: "/shop/web")
        try api.answer("GET /api/v1/status", status(("/shop/web", .rolling)), status(("/shop/web", end)))
        let deadline = end == .rolling ? "1ms" : "1m"
        let run = await Session(exchange: api.exchange)
            .run("rollout", verb, "/shop/web", "--wait", "--deadline", deadline)
        #expect(run.status == code, "\(run.out) \(run.error)")
        #expect(run.out.contains("/shop/web"))
    }

    @Test func `a rollback whose pin ended before it got there has not come about`() async throws {
        let api = try api(.rollback, apps: "/shop/web")
        try api.answer("GET /api/v1/status", status(("/shop/web", .rolling)), status(("/shop/web", .healthy)))
        let run = await Session(exchange: api.exchange).run("rollout", "rollback", "/shop/web", "--wait")
        #expect(run.status == 3)
        #expect("\(run.out)\(run.error)".contains("/shop/web is pinned no more: it follows git again"))
    }

    @Test func `a spec that was held back before the order is no failure of it`() async throws {
        let api = try api(.restart, apps: "/shop/job")
        try api.answer("GET /api/v1/rollouts", RolloutsDocument(try Sample.busy()))
        try api.answer("GET /api/v1/status", StatusDocument(try Sample.busy()))
        let run = await Session(exchange: api.exchange).run("rollout", "restart", "/shop/job", "--wait")
        #expect(run.status == 0)
    }

    @Test func `only the apps of the order are waited for, and those that did not take it count`() async throws {
        let api = try api(.restart, apps: "/shop/web")
        let answers = [
            RolloutAnswer(app: try Sample.id("/shop/web"), isDone: true, text: "restarts"),
            RolloutAnswer(app: try Sample.id("/shop/none"), isDone: false, text: "is not there"),
        ]
        try api.answer("POST /api/v1/rollouts", OrderAnswersDocument(.restart, answers))
        try api.answer("GET /api/v1/status", status(("/shop/web", .healthy), ("/shop/other", .paused)))
        let run = await Session(exchange: api.exchange)
            .run("rollout", "restart", "/shop/web", "/shop/none", "--wait")
        #expect(run.status == 1)
        #expect(run.out == "/shop/web: restarts\n/shop/web is done: Healthy, 1/1\n")
        #expect(run.error == "! /shop/none: is not there\n")
    }

    @Test func `a program gets one document with the outcome`() async throws {
        let api = try api(.retry, apps: "/shop/web")
        try api.answer("GET /api/v1/status", status(("/shop/web", .rolling)), status(("/shop/web", .rolledBack)))
        let run = await Session(exchange: api.exchange).run("rollout", "retry", "/shop/web", "--wait", "-o", "json")
        #expect(run.status == 3)
        let document = try JSON.decode(JSONValue.self, from: Array(run.out.utf8))
        guard case .object(let members) = document else {
            Issue.record("no object: \(run.out)")
            return
        }
        #expect(members["outcome"] == .text("halted"))
        #expect(run.error.contains("1 of 1 app to go: /shop/web rolling"))
    }

    @Test func `a sync that ends in a rollback has status 3`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", SyncDocument([]))
        try api.answer("GET /api/v1/status", status(("/a", .rolling), ("/b", .pinned)), status(("/a", .rolledBack)))
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 3)
        #expect(run.out.contains("! /a was rolled back; "))
        #expect(run.out.contains("is held back: 3 new tasks failed\nnot done; "))
    }

    @Test func `a sync does not wait for what a person pinned or suspended`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", SyncDocument([]))
        try api.answer("GET /api/v1/status", status(("/a", .pinned), ("/b", .suspended), ("/c", .healthy)))
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 0)
    }

    @Test func `what will not come about is told at once, while others are on their way, and only once`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", SyncDocument([]))
        let going = try status(("/a", .paused), ("/b", .suspended), ("/c", .rolledBack), ("/d", .rolling))
        let done = try status(("/a", .paused), ("/b", .suspended), ("/c", .rolledBack), ("/d", .healthy))
        try api.answer("GET /api/v1/status", going, going, done)
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 3)
        try Golden.expect(run.out, is: "sync-wait-halted.txt")
    }

    @Test func `on a terminal it stands below those that are on their way`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", SyncDocument([]))
        try api.answer("GET /api/v1/status", status(("/a", .paused), ("/d", .rolling)), status(("/a", .paused)))
        let session = Session(environment: ["NO_COLOR": "1"], isInteractive: true, exchange: api.exchange)
        let run = await session.run("sync", "--wait")
        #expect(run.out.hasPrefix("1 of 2 apps to go\n  /d  1/1  rolling: 1 of 1 healthy\n! /a is paused by ada@desk"))
    }

    @Test func `who waits for a suspended app is not waited for`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", SyncDocument([]))
        var snapshot = try Sample.busy()
        snapshot.apps = [:]
        for app in [try app("/shop/db", .suspended), try Sample.waitingWeb()] { snapshot.apps[app.id] = app }
        try api.answer("GET /api/v1/status", StatusDocument(snapshot))
        let run = await Session(exchange: api.exchange).run("sync", "--wait", "--deadline", "20s")
        #expect(run.status == 3)
        #expect(run.out.contains("! /shop/web waits for /shop/db, which does not go on by itself\n"))
    }

    @Test func `who waits for a paused app is not waited for`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", SyncDocument([]))
        var snapshot = try Sample.busy()
        snapshot.apps = [:]
        for app in [try Sample.paused("/shop/db"), try Sample.waitingWeb()] { snapshot.apps[app.id] = app }
        try api.answer("GET /api/v1/status", StatusDocument(snapshot))
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 3)
        #expect(run.out.contains("! /shop/db is paused by ada@desk (the till is down)\n"))
        #expect(run.out.contains("! /shop/web waits for /shop/db, which does not go on by itself\n"))
    }

    @Test func `on a terminal the lines are written anew and gone at the end`() async throws {
        let api = try api(.restart, apps: "/shop/web", "/shop/db")
        try api.answer(
            "GET /api/v1/status",
            status(("/shop/db", .rolling), ("/shop/web", .rolling)),
            status(("/shop/db", .healthy), ("/shop/web", .rolling)),
            status(("/shop/db", .healthy), ("/shop/web", .healthy))
        )
        let session = Session(environment: ["NO_COLOR": "1"], isInteractive: true, exchange: api.exchange)
        let run = await session.run("rollout", "restart", "/shop/db", "/shop/web", "--wait")
        #expect(run.status == 0)
        let up = "\u{1B}["
        #expect(
            run.out == """
                /shop/db: so it is
                /shop/web: so it is
                2 of 2 apps to go
                  /shop/db   1/1  rolling: 1 of 1 healthy
                  /shop/web  1/1  rolling: 1 of 1 healthy
                \(up)3A\r\(up)J1 of 2 apps to go
                  /shop/web  1/1  rolling: 1 of 1 healthy
                \(up)2A\r\(up)J/shop/db is done: Healthy, 1/1
                /shop/web is done: Healthy, 1/1

                """
        )
    }

    @Test func `a dumb terminal gets plain lines`() async throws {
        let api = try api(.restart, apps: "/shop/web")
        try api.answer("GET /api/v1/status", status(("/shop/web", .rolling)), status(("/shop/web", .healthy)))
        let session = Session(environment: ["TERM": "dumb"], isInteractive: true, exchange: api.exchange)
        let run = await session.run("rollout", "restart", "/shop/web", "--wait")
        #expect(!run.out.contains("\u{1B}"))
        #expect(run.out.contains("1 of 1 app to go: /shop/web rolling: 1 of 1 healthy\n"))
    }

    @Test func `a line that is too long for the terminal is cut`() async throws {
        let api = try api(.restart, apps: "/shop/web")
        var snapshot = try Sample.busy()
        var app = try app("/shop/web", .rolling)
        app.record?.rollout?.phase = .waiting
        app.record?.rollout?.reason = String(repeating: "long ", count: 60)
        snapshot.apps = [app.id: app]
        try api.answer("GET /api/v1/status", StatusDocument(snapshot), status(("/shop/web", .healthy)))
        let session = Session(environment: ["NO_COLOR": "1"], isInteractive: true, exchange: api.exchange)
        let run = await session.run("rollout", "restart", "/shop/web", "--wait")
        #expect(run.out.split(separator: "\n").allSatisfy { $0.count <= 110 })
        #expect(run.out.contains("…\n"))
    }
}
