import Controller
import Domain
import Planning
import Rollout
import Scheduling
import StatusSamples
import Testing
import WebAPI

/// Why an app does not move although nothing is wrong with itself: turns, the brake, suspensions, and agents that offer
/// nothing.
@Suite struct ExplainedHoldTests {
    private func explain(_ app: AppStatus, _ change: (inout Snapshot) throws -> Void = { _ in }) throws -> Explanation {
        var snapshot = try Sample.busy()
        snapshot.apps[app.id] = app
        try change(&snapshot)
        return try #require(Explanation(of: app.id, in: snapshot))
    }

    private func steps(_ explanation: Explanation, _ stage: Explanation.Stage) -> [String] {
        explanation.steps.filter { $0.stage == stage }.map(\.text)
    }

    /// An app whose old instance fails while its new version waits for a turn.
    private func queuing(_ kind: Turns.Kind) throws -> AppStatus {
        var app = try Sample.placelessDB()
        app.awaitedTurn = kind
        app.record?.rollout?.phase = kind == .apps ? .waiting : .rolling
        app.record?.rollout?.reason = "waits for its turn: no more than 1 apps are rolled out at the same time"
        app.record?.rollout?.failures = 0
        app.record?.backoff = BackoffState(
            digest: sampleSHA256([1]),
            delay: .seconds(60),
            until: Sample.noon + .seconds(60),
            failures: 3
        )
        return app
    }

    private func onItsWay(_ path: String, since seconds: Int64) throws -> AppStatus {
        var app = try Sample.paused(path)
        app.record?.rollout?.phase = .rolling
        app.record?.rollout?.since = Sample.noon + .seconds(seconds)
        return app
    }

    @Test func `an app that waits for its turn is told who has one, since when, and where their number is written`()
        throws
    {
        let explanation = try explain(try queuing(.apps)) { snapshot in
            for (path, since) in [("/a/young", Int64(9)), ("/b/old", 5)] {
                let holder = try onItsWay(path, since: since)
                snapshot.apps[holder.id] = holder
                snapshot.turns.apps.append(holder.id)
            }
            snapshot.turns.mostApps = 2
        }
        #expect(
            steps(explanation, .rollout) == [
                "waits for its turn: no more than 1 apps are rolled out at the same time",
                "/b/old has a turn: rolling, 0 of 1 healthy on 1b8c83f35ef7",
                "/a/young has a turn: rolling, 0 of 1 healthy on 1b8c83f35ef7",
            ]
        )
        #expect(explanation.steps.first { $0.text.hasPrefix("/b/old") }?.since == Sample.noon + .seconds(5))
        #expect(explanation.next.hasSuffix("`rollouts.maxConcurrentApps` of the controller's configuration allows 2"))
        #expect(!explanation.next.contains("back-off"), "what its old instances wait for is not what it waits for")
    }

    @Test func `many holders are counted`() throws {
        let explanation = try explain(try queuing(.apps)) { snapshot in
            for number in 1...9 {
                let holder = try onItsWay("/a/n\(number)", since: 1)
                snapshot.apps[holder.id] = holder
                snapshot.turns.apps.append(holder.id)
            }
        }
        let told = steps(explanation, .rollout)
        #expect(told.count == 7)
        #expect(told.last == "and 4 more apps: `pacer rollout list` shows them")
    }

    @Test func `an app that waits for others' instances is told whose, and where their number is written`() throws {
        let explanation = try explain(try queuing(.tasks)) { snapshot in
            let holder = try onItsWay("/a/wide", since: 1)
            snapshot.apps[holder.id] = holder
            snapshot.turns = Turns(mostTasks: 3, tasks: [Turns.Share(app: holder.id, tasks: 3)])
        }
        let told = try #require(steps(explanation, .rollout).last)
        #expect(told == "/a/wide has 3 instances on the way to healthy: 0 of 1 healthy on 1b8c83f35ef7")
        #expect(explanation.next.hasSuffix("`rollouts.maxConcurrentTasks` of the controller's configuration allows 3"))
    }

    @Test func `what the brake has paused says so, and how all of the deployment goes on`() throws {
        var app = try Sample.paused("/shop/web")
        app.health = .suspended
        app.record?.rollout?.order = nil
        app.record?.rollout?.reason = "the brake: 3 apps of this deployment failed (/a, /b, /c)"
        // It has failed once itself, which is not what paused it.
        app.record?.rollout?.failures = 1
        app.record?.rollout?.lastFailure = "TASK_FAILED on a2.example"
        let explanation = try explain(app)
        let text = try #require(steps(explanation, .rollout).first)
        #expect(
            text.hasPrefix("is paused: the brake: 3 apps of this deployment failed (/a, /b, /c); 1 new task failed")
        )
        #expect(explanation.next.hasPrefix("go on with `pacer deployment resume shop-7-2`"), "\(explanation.next)")
        #expect(steps(explanation, .health) == ["1 of 1 healthy: Suspended, since its rollout is paused"])
    }

    @Test func `what failed too often says that once`() throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.order = nil
        app.record?.rollout?.reason = "3 new tasks failed; the last: TASK_FAILED on a2.example"
        app.record?.rollout?.failures = 3
        app.record?.rollout?.lastFailure = "TASK_FAILED on a2.example"
        let explanation = try explain(app)
        #expect(steps(explanation, .rollout) == ["is paused: 3 new tasks failed; the last: TASK_FAILED on a2.example"])
        #expect(explanation.next.hasPrefix("try again with `pacer rollout retry /shop/web`"))
    }

    @Test(
        arguments: [
            (nil, "it starts again when the suspension expires"),
            (.waiting, "it starts with commit 4f0c5a2e9b1d, which came meanwhile, when the suspension expires"),
            (.paused, "its rollout is paused besides, so that nothing starts before `pacer rollout resume /shop/mail`"),
            (
                .aborted,
                "its rollout is aborted besides, so that nothing starts before `pacer rollout retry /shop/mail`"
            ),
        ] as [(RolloutRecord.Phase?, String)]
    )
    func `a suspension says what comes after it`(phase: RolloutRecord.Phase?, next: String) throws {
        var app = try Sample.suspended()
        app.record?.rollout = phase.map { phase in
            RolloutRecord(
                deployment: DeploymentID("shop-7-3"),
                phase: phase,
                reason: "",
                since: Sample.noon + .seconds(60)
            )
        }
        #expect(try explain(app).next.hasPrefix(next))
    }

    @Test func `a rollout that was under way before the suspension goes on after it`() throws {
        var app = try Sample.suspended()
        app.record?.rollout = RolloutRecord(
            deployment: DeploymentID("shop-7-3"),
            phase: .rolling,
            reason: "",
            since: Sample.noon + .seconds(-60)
        )
        #expect(
            try explain(app).next.hasPrefix("it starts again, and its rollout to commit 4f0c5a2e9b1d goes on, when")
        )
    }

    @Test func `a rollback by order is one thing with its pin, and says what is tried again after it`() throws {
        var app = try Sample.pinned()
        app.record?.heldBack = HeldBack(
            digest: sampleSHA256([8]),
            deployment: DeploymentID("shop-7-3"),
            reason: "ordered by ada@desk",
            at: Sample.noon,
            endsWithPin: true
        )
        let explanation = try explain(app)
        #expect(steps(explanation, .plan).count == 1)
        let left = sampleSHA256([8]).short
        #expect(
            steps(explanation, .plan).first?.hasPrefix("ada@desk rolled it back from \(left) and keeps it on") == true
        )
        #expect(explanation.next.hasPrefix("it follows git again, and tries \(left) again, when the pin expires"))
        app.record?.heldBack?.endsWithPin = nil
        #expect(steps(try explain(app), .plan).count == 2, "what failed by itself is another thing")
    }

    @Test func `where nothing was offered yet, nothing was refused`() throws {
        var app = try Sample.placelessDB()
        app.instances[0].lastEnd = nil
        app.refusal = RefusalReport(
            since: Sample.noon + .seconds(3),
            offers: 0,
            reasons: [:],
            asked: .zero,
            best: .zero,
            role: "batch"
        )
        let explanation = try explain(app)
        let step = try #require(explanation.steps.first { $0.stage == .instances })
        #expect(step.text == "#1: asks for offers for the role batch, and none has come")
        #expect(step.since == Sample.noon + .seconds(3))
        #expect(
            explanation.next.hasPrefix("it starts with the first offer that fits; where none comes for the role batch,")
        )
        #expect(app.summary(at: Sample.noon) == "rolling: asks for offers")
        app.refusal?.roleRefusal = "Not authorized"
        let refused = try explain(app)
        #expect(
            steps(refused, .instances).first?.hasSuffix("the framework have the role batch: Not authorized") == true
        )
        #expect(refused.next.hasPrefix("let the Mesos masters allow the framework the role batch"))
    }

    @Test func `a canary that waits for a person says what the person can do`() throws {
        var app = try Sample.paused("/shop/web")
        app.record?.rollout?.phase = .canary
        app.record?.rollout?.hindrance = .person
        #expect(try explain(app).next == "let the others follow with `pacer rollout promote /shop/web`")
        app.record?.history = [HealthySpec(digest: sampleSHA256([6]), revision: Sample.revision, at: Sample.noon)]
        #expect(try explain(app).next.hasSuffix(", or go back with `pacer rollout rollback /shop/web`"))
    }

    @Test func `an app that git has no more and that is not removed says what protects it`() throws {
        let app = try Sample.healthy("/shop/gone")
        let episode = DriftEpisode(
            app: app.id,
            subject: "app",
            kind: .unmanaged,
            cause: "git has the app no more (it was in shop/gone.yaml)",
            firstSeen: Sample.noon + .seconds(4),
            lastSeen: Sample.noon + .seconds(4),
            expected: "not there",
            actual: "1 instances",
            action: "kept: pruning is off"
        )
        let unpruned = try explain(app) { $0.drift = [episode] }
        #expect(steps(unpruned, .file) == ["git has the app no more (it was in shop/gone.yaml)"])
        #expect(steps(unpruned, .plan) == ["git has it no more: kept: pruning is off"])
        #expect(unpruned.next.contains("`sync.prune`"))
        let shielded = try explain(app) { snapshot in
            snapshot.drift = [episode]
            snapshot.sources[0].record.note([Sample.brokenFile])
        }
        #expect(
            steps(shielded, .plan) == [
                "its removal is withheld: source shop has a file that cannot be used, shop/cart.yaml"
            ]
        )
        #expect(shielded.next.hasPrefix("mend shop/cart.yaml"))
        #expect(shielded.steps.first { $0.stage == .plan }?.since == Sample.noon + .seconds(4))
    }

    @Test func `a rollout that has nothing old left is done when it has been watched`() throws {
        var app = try onItsWay("/shop/web", since: 1)
        #expect(try explain(app).next == "it is done when all of its instances have been healthy for long enough")
        app.instances[0].digest = sampleSHA256([9])
        #expect(steps(try explain(app), .rollout).count == 1)
        let step = try #require(try explain(app).steps.first { $0.stage == .rollout })
        #expect(step.next == "old instances are replaced as new ones become healthy")
    }
}
