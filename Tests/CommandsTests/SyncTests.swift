import Commands
import Controller
import Domain
import Planning
import StatusSamples
import Testing
import WebAPI

@Suite struct SyncTests {
    private func outcome(_ result: SyncOutcome.Result, message: String = "") -> SyncDocument {
        SyncDocument([
            SyncOutcome(
                source: "shop",
                result: result,
                revision: Sample.revision,
                deployment: result == .applied ? DeploymentID("shop-4") : nil,
                planHash: sampleSHA256([5]),
                message: message
            )
        ])
    }

    /// The sample without its broken file; with one app on its way or not.
    private func shop(done: Bool) throws -> StatusDocument {
        var snapshot = try Sample.shop()
        snapshot.apps = try snapshot.apps.filter { $0.key != (try Sample.id("/shop/cart")) }
        snapshot.sources[0].record.note([])
        if done {
            for id in snapshot.apps.keys {
                snapshot.apps[id]?.record?.rollout = nil
                snapshot.apps[id]?.refusal = nil
                snapshot.apps[id]?.sync = .synced
                snapshot.apps[id]?.health = .healthy
            }
        }
        return StatusDocument(snapshot)
    }

    @Test func `what came of each source is told`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.applied))
        let run = await Session(exchange: api.exchange).run("sync", "--source", "shop")
        #expect(run.out == "source shop: applied 4f0c5a2e9b1d, deployment shop-4\n")
        #expect(run.status == 0)
        let request = try JSON.decode(SyncRequest.self, from: try #require(api.calls.first).body)
        #expect(request == SyncRequest(source: "shop", confirm: nil))
    }

    @Test func `a held plan has status 1 and the words that let it go`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.held, message: "it would remove 12 of 20 apps"))
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 1)
        try Golden.expect(run.out, is: "sync-held.txt")
    }

    @Test func `the command that lets a held plan go is told once`() async throws {
        let command = "pacer sync --source shop --confirm \(sampleSHA256([5]).hex)"
        let reason = "the plan removes 12 of 20 apps; let it go with: \(command)"
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.held, message: reason))
        let sync = await Session(exchange: api.exchange).run("sync")
        var snapshot = try Sample.shop()
        snapshot.sources[0].record.held = HeldPlan(
            planHash: sampleSHA256([5]),
            revision: Sample.revision,
            reason: reason
        )
        try api.answer("GET /api/v1/status", StatusDocument(snapshot))
        let status = await Session(exchange: api.exchange).run("status")
        for out in [sync.out, status.out] {
            #expect(out.split(separator: "\n").count { $0.contains(command) } == 1, "\(out)")
        }
    }

    @Test func `waiting ends when everything is synced and healthy`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.applied))
        try api.answer("GET /api/v1/status", shop(done: false), shop(done: false), shop(done: true))
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 0)
        try Golden.expect(run.out, is: "sync-wait.txt")
    }

    @Test func `a status from before the commit is not taken for done`() async throws {
        let api = FakeAPI()
        var old = try Sample.shop()
        old.apps = [:]
        old.sources[0].record.applied = Revision("0000000000000000000000000000000000000000")
        try api.answer("POST /api/v1/sync", outcome(.applied))
        try api.answer("GET /api/v1/status", StatusDocument(old), shop(done: true))
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 0)
        #expect(api.calls.count == 3)
    }

    @Test func `a controller that is away for a moment is waited for`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.unchanged))
        let done = Array(try JSON.encode(try shop(done: true)))
        let problem = ProblemDetails(kind: "not-ready", title: "", status: 503, detail: "waiting to be elected")
        let away = APIAnswer(status: 503, body: Array(try JSON.encode(problem)))
        api.answer("GET /api/v1/status", with: away, APIAnswer(status: 200, body: done))
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 0)
        #expect(run.out.contains("waiting to be elected; trying again\n"))
    }

    @Test func `controllers that send one another the request for a moment are waited for`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.unchanged))
        let done = APIAnswer(status: 200, body: Array(try JSON.encode(try shop(done: true))))
        let away = APIAnswer(status: 307, location: "http://127.0.0.1:8080/api/v1/status", body: [])
        api.answer("GET /api/v1/status", with: away, away, away, away, away, away, done)
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 0, "\(run.error)")
        #expect(run.out.contains("send one another the request; trying again\n"))
    }

    @Test func `a broken file ends the waiting with status 1`() async throws {
        let api = FakeAPI()
        var snapshot = try Sample.shop()
        snapshot.apps = try snapshot.apps.filter { $0.key != (try Sample.id("/shop/web")) }
        try api.answer("POST /api/v1/sync", outcome(.applied))
        try api.answer("GET /api/v1/status", StatusDocument(snapshot))
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 1)
        try Golden.expect(run.out, is: "sync-broken.txt")
    }

    @Test func `what cannot be done ends the waiting with status 1, and names the app, the problem and what to do`()
        async throws
    {
        let api = FakeAPI()
        let refused = "\(Sample.refusedChange.message) [PACER-E303]"
        try api.answer("POST /api/v1/sync", outcome(.unchanged, message: refused))
        try api.answer("GET /api/v1/status", StatusDocument(try Sample.refused()))
        let run = await Session(exchange: api.exchange).run("sync", "--wait", "--deadline", "20s")
        #expect(run.status == 1)
        #expect(api.calls.count == 2, "nothing else is to come")
        try Golden.expect(run.out, is: "sync-refused.txt")
    }

    @Test func `what another source wants of an app and cannot have is no concern of a sync of its own`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.unchanged))
        var snapshot = try Sample.refused()
        snapshot.sources[0].plan = nil
        for id in snapshot.apps.keys { snapshot.apps[id]?.objections[0].source = "many" }
        try api.answer("GET /api/v1/status", StatusDocument(snapshot))
        let own = await Session(exchange: api.exchange).run("sync", "--source", "shop", "--wait", "--deadline", "20s")
        #expect(own.status == 0, "\(own.out)")
        let all = await Session(exchange: api.exchange).run("sync", "--wait", "--deadline", "20s")
        #expect(all.status == 1, "\(all.out)")
        #expect(all.out.contains("! /shop/db needs a person:"))
    }

    @Test func `a broken file of an app that there is not yet ends the waiting with status 1`() async throws {
        let api = FakeAPI()
        var status = try shop(done: true)
        status.sources[0].problems = [ProblemDocument(Sample.brokenFile)]
        try api.answer("POST /api/v1/sync", outcome(.applied))
        try api.answer("GET /api/v1/status", status)
        let run = await Session(exchange: api.exchange).run("sync", "--wait")
        #expect(run.status == 1)
        #expect(run.out.contains("! source shop needs a person:\n    shop/cart.yaml:4:1: error: instnces is no key"))
        #expect(run.out.contains("\nnot done; "))
    }

    /// Two sources: shop is done, many is held and has an app that is not as git says.
    private func held() throws -> StatusDocument {
        var snapshot = try Sample.shop()
        snapshot.apps = [:]
        snapshot.sources[0].record.note([])
        var many = snapshot.sources[0]
        many.name = "many"
        many.plan = nil
        many.record.held = HeldPlan(planHash: sampleSHA256([5]), revision: Sample.revision, reason: "it is too much")
        snapshot.sources.append(many)
        for path in ["/shop/web", "/many/a"] {
            var app = try Sample.healthy(path)
            if path == "/many/a" {
                app.record?.source = "many"
                app.sync = .outOfSync
            }
            snapshot.apps[app.id] = app
        }
        return StatusDocument(snapshot)
    }

    @Test func `with a source only its apps are waited for`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.unchanged))
        try api.answer("GET /api/v1/status", held())
        let one = await Session(exchange: api.exchange).run("sync", "--source", "shop", "--wait", "--deadline", "20s")
        #expect(one.status == 0, "\(one.out)")
        #expect(one.out.contains("\ndone; "))
        let all = await Session(exchange: api.exchange).run("sync", "--wait", "--deadline", "20s")
        #expect(all.status == 1, "\(all.out)")
        #expect(all.out.contains("/many/a stays as it is: the plan of source many is held\n"))
        #expect(all.out.contains("! source many: it is too much\n"))
        #expect(!all.out.contains("the time is over"))
    }

    /// An app that git has no more and that nothing removes.
    private func leftover(problems: [Problem], action: String) throws -> StatusDocument {
        var snapshot = try Sample.shop()
        snapshot.sources[0].record.note(problems)
        snapshot.sources[0].plan = nil
        var app = try Sample.healthy("/shop/old")
        app.sync = .outOfSync
        snapshot.apps = [app.id: app]
        snapshot.drift = [
            DriftEpisode(
                app: app.id,
                subject: "app",
                kind: .unmanaged,
                cause: "git has the app no more (it was in shop/old.yaml)",
                firstSeen: Sample.noon,
                lastSeen: Sample.noon,
                expected: "not there",
                actual: "1 instances",
                action: action
            )
        ]
        return StatusDocument(snapshot)
    }

    @Test func `an app that stays since pruning is off is told and not waited for`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.unchanged))
        try api.answer("GET /api/v1/status", leftover(problems: [], action: "kept: pruning is off"))
        let run = await Session(exchange: api.exchange).run("sync", "--wait", "--deadline", "20s")
        #expect(run.status == 0, "\(run.out)")
        let reason = "git has the app no more (it was in shop/old.yaml); kept: pruning is off"
        #expect(run.out.contains("/shop/old stays as it is: \(reason)\ndone; "))
    }

    @Test func `a removal that a broken file withholds is told at once`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.applied))
        let status = try leftover(problems: [Sample.brokenFile], action: "kept until its removal is applied")
        try api.answer("GET /api/v1/status", status)
        let run = await Session(exchange: api.exchange).run("sync", "--wait", "--deadline", "20s")
        #expect(run.status == 1, "\(run.out)")
        #expect(run.out.contains("kept until its removal is applied; source shop has errors\n! source shop needs"))
        #expect(!run.out.contains("the time is over"))
    }

    @Test func `when the time is over it is told who still waits for what`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.unchanged))
        try api.answer("GET /api/v1/status", shop(done: false))
        let run = await Session(exchange: api.exchange).run("sync", "--wait", "--deadline", "1ms")
        #expect(run.status == 4)
        #expect(run.out.contains("! /shop/web rolling: finds no place (not enough cpus"))
        #expect(run.out.contains(", and the time is over"))
    }

    @Test func `for programs the answer is one document and progress goes elsewhere`() async throws {
        let api = FakeAPI()
        try api.answer("POST /api/v1/sync", outcome(.applied))
        try api.answer("GET /api/v1/status", shop(done: false), shop(done: true))
        let run = await Session(exchange: api.exchange).run("sync", "--wait", "-o", "json")
        #expect(run.status == 0)
        #expect(try JSON.decode(StatusDocument.self, from: Array(run.out.utf8)) == shop(done: true))
        #expect(run.error.contains("1 of 2 apps to go: /shop/web"))
    }
}
