import Controller
import Domain
import Planning
import Scheduling
import StatusSamples
import Testing
import WebAPI

/// Why an app is as it is: each kind of wait, and chains of them.
@Suite struct ExplanationTests {
    private func explain(_ path: String, _ snapshot: Snapshot) throws -> Explanation {
        try #require(Explanation(of: try Sample.id(path), in: snapshot))
    }

    private func with(_ app: AppStatus) throws -> Snapshot {
        var snapshot = try Sample.busy()
        snapshot.apps[app.id] = app
        return snapshot
    }

    private func lines(_ explanation: Explanation) -> [String] {
        explanation.steps.map { "\($0.app) \($0.stage) \($0.state): \($0.text)" }
    }

    @Test func `an app that is fine is explained in a few words`() throws {
        let explanation = try explain("/shop/ok", try with(try Sample.healthy("/shop/ok")))
        #expect(explanation.isFine)
        #expect(
            lines(explanation) == [
                "/shop/ok source done: source shop is at commit 4f0c5a2e9b1d",
                "/shop/ok file done: shop/ok.yaml can be used",
                "/shop/ok plan done: commit 4f0c5a2e9b1d is applied to it",
                "/shop/ok rollout done: no rollout is under way",
                "/shop/ok health done: 1 of 1 healthy: Healthy",
            ]
        )
        #expect(explanation.next == "nothing to do: it is as it is meant to be")
    }

    @Test func `what an app waits for is followed to the root`() throws {
        let explanation = try explain("/shop/web", try Sample.busy())
        #expect(!explanation.isFine)
        let open = explanation.steps.filter { $0.state != .done }
        #expect(open.map(\.app.path) == ["/shop/web", "/shop/db", "/shop/db", "/shop/db", "/shop/web"])
        #expect(open.map(\.stage) == [.rollout, .rollout, .instances, .health, .health])
        #expect(open[0].text == "waits for /shop/db: 0 of 1 healthy on 1b8c83f35ef7")
        #expect(open[0].since == Sample.noon + .seconds(1))
        #expect(open[1].text.hasSuffix("; 1 new task failed, the last: TASK_FAILED on a2.example"))
        let place = "#1: waits for a place: not enough cpus in 3 of 3 offers (asks for 64, the best offer has 8)"
        #expect(open[2].text.hasPrefix(place))
        #expect(
            open[2].text.hasSuffix("its last task ended with TASK_FAILED on a2.example, Command exited with status 1")
        )
        #expect(open[2].since == Sample.noon + .seconds(3))
        #expect(explanation.next.hasPrefix("/shop/db: it starts as soon as an offer fits"))
    }

    @Test func `an instance on an agent that goes for maintenance says so, and until when`() throws {
        var app = try Sample.healthy("/shop/ok")
        let moment = Sample.noon + .minutes(30)
        app.instances[0].task?.leavesAt = moment
        let host = try #require(app.instances[0].task?.agent.hostname)
        let explanation = try explain("/shop/ok", try with(app))
        let step = try #require(explanation.steps.first { $0.stage == .instances })
        #expect(step.text == "#1: running on \(host), which goes for maintenance")
        #expect((step.state, step.until) == (.waiting, moment))
    }

    @Test func `a task that was killed because its agent is drained is told as the operator's work`() throws {
        var db = try Sample.placelessDB()
        db.instances[0].lastEnd?.reason = "REASON_AGENT_DRAINING"
        let explanation = try explain("/shop/db", try with(db))
        let end = "; its last task was killed because an operator drains a2.example"
        #expect(explanation.steps.contains { $0.text.hasSuffix(end) })
    }

    @Test func `apps that wait for one another are told as a circle`() throws {
        var snapshot = try Sample.busy()
        var db = try Sample.placelessDB()
        db.record?.rollout?.phase = .waiting
        db.blocker = try Sample.id("/shop/web")
        snapshot.apps[db.id] = db
        let explanation = try explain("/shop/web", snapshot)
        let circle = explanation.steps.filter { $0.text.contains("/shop/web → /shop/db → /shop/web") }
        #expect(circle.count == 1)
        #expect(circle.first?.state == .stopped)
        #expect(explanation.next.contains("pacer rollout abort"))
    }

    @Test func `an app that waits for itself or for nobody ends the chain`() throws {
        var own = try Sample.waitingWeb()
        own.blocker = own.id
        #expect(lines(try explain("/shop/web", try with(own))).contains { $0.contains("/shop/web → /shop/web") })
        own.blocker = try Sample.id("/shop/none")
        let explanation = try explain("/shop/web", try with(own))
        #expect(lines(explanation).contains("/shop/web rollout stopped: /shop/none is not there"))
    }

    @Test func `a long chain is followed to its end`() throws {
        var snapshot = try Sample.busy()
        for number in 0..<200 {
            var app = try Sample.waitingWeb()
            app.id = try Sample.id("/chain/a\(number)")
            app.blocker = number < 199 ? try Sample.id("/chain/a\(number + 1)") : try Sample.id("/shop/db")
            snapshot.apps[app.id] = app
        }
        let explanation = try explain("/chain/a0", snapshot)
        #expect(explanation.next.hasPrefix("/shop/db: "))
        #expect(Set(explanation.steps.map(\.app)).count == 201)
    }

    @Test func `a source that cannot be read comes first, with what to do`() throws {
        var snapshot = try with(try Sample.healthy("/shop/ok"))
        snapshot.sources[0].failure = SourceTrouble(
            message: "the host does not answer",
            hint: "check the network",
            since: Sample.noon
        )
        let explanation = try explain("/shop/ok", snapshot)
        #expect(explanation.steps[0].state == .stopped)
        #expect(explanation.steps[0].since == Sample.noon)
        #expect(explanation.next.hasPrefix("check the network; it is tried again by itself"))
        snapshot.sources = []
        #expect(try explain("/shop/ok", snapshot).next.contains("configuration"))
    }

    @Test func `a broken file is told with its place, and since when`() throws {
        var snapshot = try Sample.shop()
        snapshot.drift = [
            DriftEpisode(
                app: nil,
                subject: "shop:shop/cart.yaml",
                kind: .manifestProblem,
                cause: "",
                firstSeen: Sample.noon + .seconds(9),
                lastSeen: Sample.noon + .seconds(9),
                expected: "",
                actual: "",
                action: ""
            )
        ]
        let explanation = try explain("/shop/cart", snapshot)
        let file = try #require(explanation.steps.first { $0.stage == .file })
        #expect(file.text == "shop/cart.yaml:4:1: instnces is no key of an app [PACER-E012]")
        #expect(file.since == Sample.noon + .seconds(9))
        #expect(
            explanation.next == "mend shop/cart.yaml (did you mean instances?); until then there is no such app"
        )
    }

    @Test func `a plan that is held is told with the command that lets it go`() throws {
        var snapshot = try Sample.shop()
        snapshot.sources[0].record.held = HeldPlan(
            planHash: sampleSHA256([5]),
            revision: Sample.revision,
            reason: "it would remove 12 of 20 apps"
        )
        let web = try explain("/shop/web", snapshot)
        #expect(web.next.contains("pacer sync --source shop --confirm \(sampleSHA256([5]))"))
        let db = try explain("/shop/db", snapshot)
        #expect(db.steps.allSatisfy { $0.stage != .plan || $0.state == .done }, "the held plan does not change it")
    }

    @Test(
        arguments: [
            ("/shop/cart", "ada@desk pinned it to", "pacer rollout resume /shop/cart"),
            ("/shop/mail", "ada@desk suspended it, because: no mail today", "pacer rollout resume /shop/mail"),
            ("/shop/job", "is held back: 3 new tasks failed", "pacer rollout retry /shop/job"),
        ]
    )
    func `what keeps an app from git is told with who, why and how to end it`(
        app: String,
        text: String,
        next: String
    ) throws {
        let explanation = try explain(app, try Sample.busy())
        let plan = try #require(explanation.steps.first { $0.stage == .plan })
        #expect(plan.text.contains(text), "\(plan.text)")
        #expect(plan.state == .stopped)
        #expect(plan.since == Sample.noon)
        #expect(explanation.next.contains(next))
    }

    @Test(
        arguments: [
            (.canary, .waiting, "its canary is out"), (.rolling, .waiting, "rolls out: "),
            (.paused, .stopped, "is paused: by ada@desk, because: the till is down"),
            (.aborted, .stopped, "is aborted: by ada@desk"), (.rollingBack, .waiting, "rolls back: by ada@desk"),
            (.removing, .waiting, "is removed: "), (.waiting, .waiting, "waits: paused by ada@desk"),
        ] as [(RolloutRecord.Phase, Explanation.State, String)]
    )
    func `each phase has its words`(phase: RolloutRecord.Phase, state: Explanation.State, text: String) throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.phase = phase
        let explanation = try explain("/shop/web", try with(app))
        let step = try #require(explanation.steps.first { $0.stage == .rollout })
        #expect(step.text.hasPrefix(text), "\(step.text)")
        #expect(step.state == state)
        #expect(!step.next.isEmpty)
    }

    @Test func `a pause that ends by itself says when, and how to end it before`() throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.order?.until = Sample.noon + .minutes(30)
        let step = try #require(try explain("/shop/web", try with(app)).steps.first { $0.stage == .rollout })
        #expect(step.until == Sample.noon + .minutes(30))
        #expect(step.next.hasPrefix("it goes on by itself when its time is over; or go on at once with `pacer rollout"))
    }

    @Test func `an app that waits for its turn on its way says so`() throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.phase = .rolling
        app.record?.rollout?.hindrance = .turn
        app.record?.rollout?.reason = "waits for its turn: no more than 1 app is rolled out at the same time"
        let step = try #require(try explain("/shop/web", try with(app)).steps.first { $0.stage == .rollout })
        #expect(step.text.hasSuffix("; waits for its turn: no more than 1 app is rolled out at the same time"))
        #expect(step.state == .waiting)
        #expect(step.next == "it goes on by itself when that is over")
    }

    @Test func `what was paused because it failed is tried again, not merely gone on with`() throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.lastFailure = "TASK_FAILED on a2.example"
        app.record?.rollout?.failures = 3
        let ordered = try #require(try explain("/shop/web", try with(app)).steps.first { $0.stage == .rollout })
        #expect(ordered.next.hasPrefix("go on with `pacer rollout resume /shop/web`"))
        app.record?.rollout?.order = nil
        let failed = try #require(try explain("/shop/web", try with(app)).steps.first { $0.stage == .rollout })
        #expect(failed.next.hasPrefix("try again with `pacer rollout retry /shop/web`"))
    }

    @Test(
        arguments: [
            (.unique, nil, #"["hostname", "UNIQUE"] needs another hostname for each instance: 5 agents at least"#),
            (.maxPer, "2", #"["hostname", "MAX_PER", "2"] allows 2 instances for each hostname: 3 agents at least"#),
        ] as [(Constraint.Operator, String?, String)]
    )
    func `a constraint that counts says how many agents it needs`(
        comparison: Constraint.Operator,
        value: String?,
        words: String
    ) throws {
        var app = try Sample.placelessDB()
        let constraint = Constraint(field: "hostname", comparison: comparison, value: value)
        app.spec = Spec(
            AppSpec(id: app.id, cmd: "sleep 1", instances: 5, constraints: [constraint]),
            sha256: sampleSHA256
        )
        let triple = String(words.prefix { $0 != "]" }) + "]"
        app.refusal?.reasons = [.constraint(triple): 3]
        let next = try #require(try explain("/shop/db", try with(app)).steps.first { $0.stage == .instances }).next
        #expect(next.contains(words), "\(next)")
        app.refusal?.reasons = [.resource("cpus"): 3]
        let other = try #require(try explain("/shop/db", try with(app)).steps.first { $0.stage == .instances }).next
        #expect(!other.contains("at least"), "\(other)")
    }

    @Test func `ports that no offer has are not called taken`() throws {
        var app = try Sample.placelessDB()
        app.refusal?.reasons = [.ports: 3]
        let none = try #require(try explain("/shop/db", try with(app)).steps.first { $0.stage == .instances }).text
        #expect(none.contains("no offer has the ports that it asks for, of 3: "), "\(none)")
        #expect(none.contains("outside of the agents' port ranges"))
        #expect(app.refusal?.words == "ports not offered")
        app.refusal?.reasons = [.ports: 2]
        let some = try #require(try explain("/shop/db", try with(app)).steps.first { $0.stage == .instances }).text
        #expect(some.contains("the ports that it asks for are not in 2 of 3 offers"), "\(some)")
    }

    @Test(
        arguments: [
            (.launching, "#1: launched on a0.example"), (.staging, "#1: staging on a0.example"),
            (.starting, "#1: starting on a0.example"), (.killing, "#1: its task is being ended on a0.example"),
            (.unreachable, "#1: its agent is out of reach on a0.example"), (.scheduled, "#1: waits for an offer"),
        ] as [(Condition, String)]
    )
    func `each condition of an instance has its words`(condition: Condition, text: String) throws {
        var app = try Sample.healthy("/shop/web")
        app.health = .progressing
        app.instances[0].condition = condition
        let explanation = try explain("/shop/web", try with(app))
        let step = try #require(explanation.steps.first { $0.stage == .instances })
        #expect(step.text == text)
        #expect(step.since == Sample.noon)
        #expect(explanation.next == step.next)
    }

    @Test func `a back-off is told with the moment it ends; the same wait of several instances once`() throws {
        var app = try Sample.placelessDB()
        app.refusal = nil
        app.instances[0].lastEnd = nil
        app.record?.rollout = nil
        app.record?.backoff = BackoffState(
            digest: try #require(app.spec?.digest),
            delay: .seconds(60),
            until: Sample.noon + .seconds(60),
            failures: 3
        )
        app.instances = (1...6).map { number in
            Instance(id: InstanceID(app: app.id, number: number), digest: app.instances[0].digest, since: Sample.noon)
        }
        let steps = try explain("/shop/db", try with(app)).steps.filter { $0.stage == .instances }
        #expect(
            steps.map(\.text) == [
                "#1, #2, #3, #4 and 2 more: waits for the next try, after 3 tasks in a row failed"
            ]
        )
        #expect(steps.first?.until == Sample.noon + .seconds(60))
    }

    @Test func `a failing check and a missing connection are told`() throws {
        var app = try Sample.healthy("/shop/web")
        let spec = Spec(
            AppSpec(id: app.id, cmd: "sleep 1", healthChecks: [HealthCheck(probe: .command("true"))]),
            sha256: sampleSHA256
        )
        app.spec = spec
        app.health = .degraded
        app.instances[0].task?.healthy = false
        var snapshot = try with(app)
        snapshot.mesos.phase = .connecting
        snapshot.mesos.reason = "no leading master"
        let texts = try explain("/shop/web", snapshot).steps.filter { $0.stage == .instances }.map(\.text)
        #expect(
            texts == [
                "Mesos is not connected: no leading master", "#1: runs on a0.example, but its health check fails",
            ]
        )
    }

    @Test func `the document`() throws {
        let document = ExplanationDocument(try explain("/shop/web", try Sample.busy()))
        let text = String(decoding: try JSON.encode(document, .pretty), as: UTF8.self) + "\n"
        try Golden.expect(text, is: "explain.json")
        #expect(try JSON.decode(ExplanationDocument.self, from: JSON.encode(document)) == document)
    }

    @Test func `explanations are served, also of an app that is called explain`() async throws {
        var snapshot = try with(try Sample.healthy("/tool/explain"))
        let group = try Sample.healthy("/tool/other")
        snapshot.apps[group.id] = group
        try await withServer(FakeController(snapshot)) { [snapshot] client in
            let web = try await client.get("/api/v1/apps/shop/web/explain")
            #expect(web.status == 200)
            let explanation = try #require(Explanation(of: try Sample.id("/shop/web"), in: snapshot))
            #expect(try web.decode(ExplanationDocument.self) == ExplanationDocument(explanation))
            let app = try await client.get("/api/v1/apps/tool/explain").decode(AppDocument.self)
            #expect(app.id == "/tool/explain")
            let its = try await client.get("/api/v1/apps/tool/explain/explain").decode(ExplanationDocument.self)
            #expect(its.app == "/tool/explain")
            let none = try await client.get("/api/v1/apps/shop/none/explain")
            #expect(none.status == 404)
            #expect(try none.decode(ProblemDetails.self).detail == "there is no app /shop/none")
            #expect(try await client.get("/api/v1/apps/explain").status == 404)
        }
    }
}
