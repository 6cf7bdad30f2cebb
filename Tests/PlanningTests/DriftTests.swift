import Domain
import Planning
import Testing

/// What counts as drift, and what is known about it.
struct DriftTests {
    private let detector = DriftDetector(policy: DriftInput.Policy())
    private let web = spec("/web") { $0.instances = 2 }

    private func input(_ instances: [Instance], _ change: (inout DriftInput.App) -> Void = { _ in }) -> DriftInput.App {
        let record = AppRecord(
            id: web.id,
            source: "shop",
            file: "web.yaml",
            desired: web.digest,
            revision: Revision("r1")
        )
        var input = DriftInput.App(record: record, spec: web, declared: .spec(web.digest), instances: instances)
        change(&input)
        return input
    }

    private func running(_ numbers: ClosedRange<Int>) -> [Instance] {
        numbers.map { instance($0, of: web, .running, true, lastEnd: nil) }
    }

    private let rolling = RolloutRecord(
        deployment: DeploymentID("d"),
        phase: .rolling,
        reason: "",
        since: Instant(milliseconds: 0)
    )

    @Test func `an app that runs what it shall has none`() {
        #expect(detector.findings(of: input(running(1...2))).isEmpty)
    }

    @Test func `missing instances, with the end of the newest task`() throws {
        let dead = [instance(1, of: web, .scheduled, nil, lastEnd: "TASK_FAILED")]
        let newer = [instance(2, of: web, .staging, nil, lastEnd: "TASK_FINISHED")]
        let finding = try #require(detector.findings(of: input(dead + newer)).first)
        #expect(finding.kind == .missing)
        #expect(finding.cause == "task ended by itself: TASK_FINISHED on host2, Command exited with status 2")
        #expect((finding.expected, finding.actual) == ("2 running", "0 running"))
        #expect(finding.action == "started again")
    }

    @Test(arguments: [
        ("TASK_FAILED", "task failed: TASK_FAILED on host1, Command exited with status 1"),
        ("TASK_KILLED", "task killed, not by Pacer: TASK_KILLED on host1, Command exited with status 1"),
        ("TASK_LOST", "agent lost: TASK_LOST on host1, Command exited with status 1"),
        (
            "TASK_GONE_BY_OPERATOR",
            "agent marked gone by an operator: TASK_GONE_BY_OPERATOR on host1, Command exited with status 1"
        ),
        ("TASK_DROPPED", "task not launched: TASK_DROPPED on host1, Command exited with status 1"),
    ])
    func `the cause follows the state that Mesos gave`(state: String, cause: String) {
        let dead = [instance(1, of: web, .launching, nil, lastEnd: state)]
        #expect(detector.findings(of: input(dead + running(2...2))).map(\.cause) == [cause])
    }

    @Test func `a task that the agent could not launch as it is defined has failed`() {
        var dead = instance(1, of: web, .launching, nil, lastEnd: "TASK_DROPPED")
        dead.lastEnd?.reason = "REASON_CONTAINER_LAUNCH_FAILED"
        let cause = "task could not be launched: TASK_DROPPED on host1, Command exited with status 1"
        #expect(detector.findings(of: input([dead] + running(2...2))).map(\.cause) == [cause])
    }

    @Test func `a task that Mesos killed because its agent is drained was killed by the operator, not by somebody`() {
        var dead = instance(1, of: web, .launching, nil, lastEnd: "TASK_KILLED")
        dead.lastEnd?.reason = "REASON_AGENT_DRAINING"
        let cause = "agent drained by an operator: TASK_KILLED on host1, Command exited with status 1"
        #expect(detector.findings(of: input([dead] + running(2...2))).map(\.cause) == [cause])
    }

    @Test func `instances that replace those on an agent that goes are no drift, those beyond are`() {
        var instances = running(1...3)
        instances[0].task?.leavesAt = Instant(milliseconds: 90_000)
        #expect(detector.findings(of: input(instances)).isEmpty)
        instances += running(4...4)
        let finding = detector.findings(of: input(instances)).first
        #expect(finding?.kind == .surplus, "one more than are replaced")
        #expect(finding?.action == "those too many are stopped")
        #expect(finding?.actual == "4 instances")
    }

    @Test func `what is done about an instance that does not run is what it waits for`() {
        let action = { (instance: Instance, change: (inout DriftInput.App) -> Void) in
            detector.findings(of: input([instance] + running(2...2), change)).map(\.action)
        }
        let waiting = instance(1, of: web, .scheduled, nil, lastEnd: "TASK_FAILED")
        #expect(action(waiting) { $0.refusals = "not enough cpus" } == ["started as soon as an offer fits"])
        #expect(action(waiting) { _ in } == ["started again"])
        let lost = instance(1, of: web, .unreachable, nil, lastEnd: nil)
        #expect(
            action(lost) { _ in } == ["goes on when the agent returns, or is replaced as the unreachable strategy says"]
        )
    }

    @Test func `an agent out of reach and a missing place are causes too`() {
        let lost = [instance(1, of: web, .unreachable, nil, lastEnd: nil)]
        let causes = detector.findings(of: input(lost + running(2...2))).map(\.cause)
        #expect(causes == ["agent lost: host1 is out of reach"])
        let actions = detector.findings(of: input(lost + running(2...2))).map(\.action)
        #expect(actions == ["goes on when the agent returns, or is replaced as the unreachable strategy says"])
        let other = [instance(2, of: web, .scheduled, nil, lastEnd: nil)]
        #expect(detector.findings(of: input(lost + other)).map(\.action) == ["started again"])
        let waiting = [instance(1, of: web, .scheduled, nil, lastEnd: nil)]
        let refused = detector.findings(of: input(waiting + running(2...2)) { $0.refusals = "cpus" })
        #expect(refused.map(\.cause) == ["no place: cpus"])
    }

    @Test func `a running rollout explains missing, surplus and stale instances, but no failing check`() {
        let stale = web.with { $0.cmd = "old" }
        let bad = instance(1, of: stale, .running, false, lastEnd: nil)
        let kinds = { (rollout: RolloutRecord?, instances: [Instance]) in
            detector.findings(of: input(instances) { $0.record.rollout = rollout }).map(\.kind)
        }
        #expect(kinds(nil, [bad]) == [.unhealthy, .missing, .staleSpec])
        #expect(kinds(rolling, [bad]) == [.unhealthy])
        #expect(kinds(nil, running(1...3)) == [.surplus])
        #expect(kinds(rolling, running(1...3)).isEmpty)
    }

    @Test func `instances on their way out are no drift`() {
        var leaving = instance(3, of: web, .killing, nil, lastEnd: nil)
        leaving.goal = .stopped
        #expect(detector.findings(of: input(running(1...2) + [leaving])).isEmpty)
    }

    @Test func `an app that git has no more is unmanaged until its removal is under way`() {
        let kept = input(running(1...2)) { $0.declared = .absent }
        #expect(detector.findings(of: kept).map(\.kind) == [.unmanaged])
        let keeper = DriftDetector(policy: DriftInput.Policy(prune: false))
        #expect(keeper.findings(of: kept).map(\.action) == ["kept: pruning is off"])
        let going = input(running(1...2)) {
            $0.declared = .absent
            $0.record.desired = nil
            $0.record.rollout = rolling
            $0.spec = nil
        }
        #expect(detector.findings(of: going).isEmpty)
    }

    @Test func `an app whose source is not configured is unmanaged, with what becomes of it`() {
        func finding(_ wayOut: DriftInput.WayOut, _ policy: DriftInput.Policy = .init()) -> DriftFinding? {
            let left = input(running(1...2)) {
                $0.declared = .absent
                $0.wayOut = wayOut
            }
            return DriftDetector(policy: policy).findings(of: left).first
        }
        let held = finding(.removal(web.digest), DriftInput.Policy(prune: false))
        #expect(held?.kind == .unmanaged)
        #expect(held?.cause == "its source shop is not in the configuration")
        #expect(
            held?.action
                == "kept until a person removes it: pacer sync --source shop --confirm \(web.digest.hex)"
        )
        #expect(finding(.handOver(to: "many"))?.action == "goes over to source many, which declares it")
        #expect(finding(.kept(because: "it is pinned"))?.action == "kept: it is pinned")
    }

    @Test func `what is done follows the policy`() {
        let quiet = DriftDetector(policy: DriftInput.Policy(selfHeal: false, auto: false))
        let stale = web.with { $0.cmd = "old" }
        let one = [instance(1, of: stale, .running, true, lastEnd: nil)]
        #expect(quiet.findings(of: input(one)).map(\.action) == ["none: self-heal is off", "none: self-heal is off"])
        let orphan = DriftInput.Orphan(task: TaskID("x.1-1"), agent: "S1")
        #expect(quiet.finding(of: orphan).action == "none: self-heal is off")
        let dead = [1, 2].map { instance($0, of: web, .scheduled, nil, lastEnd: "TASK_FAILED") }
        let failing = input(dead) {
            $0.record.backoff = BackoffState(
                digest: web.digest,
                delay: .seconds(9),
                until: Instant(milliseconds: 9),
                failures: 4
            )
        }
        #expect(quiet.findings(of: failing).map(\.action) == ["started again after a back-off (4 failures in a row)"])
    }

    @Test func `orphans, broken files and sources that are behind`() {
        var record = SourceRecord(name: "shop")
        record.seen = Revision("r2")
        record.applied = Revision("r1")
        let problem = Problem(code: "PACER-E001", file: "a.yaml", line: 3, column: 7, message: "no cmd", hint: "add it")
        var warning = problem
        warning.severity = .warning
        warning.file = "b.yaml"
        record.note([problem, warning])
        let findings = detector.findings(
            apps: [input(running(1...3))],
            orphans: [DriftInput.Orphan(task: TaskID("t9"), agent: "host9")],
            sources: [DriftInput.Source(record: record)]
        )
        #expect(findings.map(\.kind) == [.manifestProblem, .orphanTask, .sourceBehind, .surplus])
        #expect(findings.map(\.subject) == ["shop:a.yaml", "t9", "shop", "instances"])
        #expect(findings[0].cause == "line 3, column 7: no cmd")
        #expect(findings[2].expected == "the newest commit is applied: r2")

        let failing = detector.findings(of: DriftInput.Source(record: record, failure: "connection refused"))
        #expect(failing.last?.cause == "connection refused")
        record.held = HeldPlan(planHash: web.digest, revision: Revision("r2"), reason: "12 removals")
        let held = detector.findings(of: DriftInput.Source(record: record))
        #expect(held.last?.cause == "12 removals")
        #expect(held.last?.action == "held until a person confirms this plan")
    }

    private func stopped(
        _ phase: RolloutRecord.Phase,
        _ reason: String,
        order: Order? = nil,
        failures: Int = 0
    ) -> [DriftFinding] {
        detector.findings(
            of: input(running(1...2)) {
                $0.declared = .spec(spec("/web") { $0.cmd = "v2" }.digest)
                $0.record.rollout = rolling
                $0.record.rollout?.phase = phase
                $0.record.rollout?.reason = reason
                $0.record.rollout?.order = order
                $0.record.rollout?.failures = failures
            }
        )
    }

    @Test func `a rollout that was paused after failures or by the brake is drift, and the cause is the batch`() {
        let reason = "3 new tasks failed; the last: /web#3: task failed"
        let failed = stopped(.paused, reason, failures: 3)
        #expect(failed.map(\.kind) == [.exceptionInForce])
        #expect(failed.map(\.subject) == ["pause"])
        #expect(failed.map(\.cause) == ["batch failed: \(reason)"])
        #expect(failed.map(\.action) == ["ends with: pacer rollout retry /web"])
        let v2 = spec("/web") { $0.cmd = "v2" }.digest.short
        #expect(failed.map(\.expected) == ["on \(v2), as git declares"])
        let braked = stopped(.paused, "the brake: 3 apps of this deployment failed")
        #expect(braked.map(\.cause) == ["batch failed: the brake: 3 apps of this deployment failed"])
        #expect(braked.map(\.action) == ["ends with: pacer rollout resume /web"])
    }

    @Test(arguments: [RolloutRecord.Phase.paused, .aborted])
    func `a rollout that a person stopped is drift, with who and why`(phase: RolloutRecord.Phase) {
        let order = Order(who: "ada", why: "the till is down", at: Instant(milliseconds: 5))
        let findings = stopped(phase, "", order: order)
        #expect(findings.map(\.subject) == [phase == .paused ? "pause" : "abort"])
        #expect(findings.map(\.cause) == ["ordered by ada: the till is down"])
    }

    @Test func `what is held back is drift, and what an order left is told with its pin alone`() {
        func findings(_ change: (inout AppRecord) -> Void) -> [DriftFinding] {
            detector.findings(
                of: input(running(1...2)) {
                    $0.record.heldBack = HeldBack(
                        digest: testDigest([8]),
                        deployment: DeploymentID("d"),
                        reason: "3 new tasks failed",
                        at: Instant(milliseconds: 5)
                    )
                    change(&$0.record)
                }
            )
        }
        let held = findings { _ in }
        #expect(held.map(\.subject) == ["held_back"])
        #expect(held.map(\.cause) == ["batch failed: 3 new tasks failed"])
        #expect(held.map(\.actual) == ["on \(web.digest.short); \(testDigest([8]).short) is not tried again"])
        let left = findings { record in
            record.heldBack?.endsWithPin = true
            record.pin = Pin(digest: web.digest, order: Order(who: "ada", why: "", at: Instant(milliseconds: 5)))
        }
        #expect(left.map(\.subject) == ["pin"])
    }

    @Test func `an app that the brake holds is drift, with the brake's reason`() {
        let reason = "the brake is on: 12 tasks were lost with their agents within 300 s"
        let findings = detector.findings(
            of: input(running(1...2)) {
                $0.record.rollout = rolling
                $0.record.rollout?.reason = reason
                $0.isBraked = true
            }
        )
        #expect(findings.map(\.subject) == ["brake"])
        #expect(findings.map(\.kind) == [.exceptionInForce])
        #expect(findings.map(\.cause) == [reason])
    }

    @Test func `what a plan cannot do is drift, and of an app that git has no more the reason that it stays`() {
        let problem = Problem(
            code: "PACER-E303",
            file: "web.yaml",
            line: 0,
            column: 0,
            message: "/web has persistent volumes",
            hint: "take the change back"
        )
        let objection = Objection(app: web.id, source: "shop", problem: problem)
        let findings = detector.findings(of: input(running(1...2)) { $0.objections = [objection] })
        #expect(findings.map(\.kind) == [.manifestProblem])
        #expect(findings.map(\.app) == [web.id])
        #expect(findings.map(\.subject) == ["shop:web.yaml"])
        #expect(findings.map(\.cause) == ["/web has persistent volumes [PACER-E303]"])
        #expect(findings.map(\.action) == ["left as it is until a person decides: take the change back"])
        let absent = detector.findings(
            of: input(running(1...2)) {
                $0.objections = [objection]
                $0.declared = .absent
            }
        )
        #expect(absent.map(\.kind) == [.unmanaged])
        #expect(absent.map(\.action) == ["kept: /web has persistent volumes [PACER-E303]"])
    }

    @Test func `a broken file without a line is told without one`() {
        var record = SourceRecord(name: "shop")
        record.note([Problem(code: "PACER-E006", file: "a.yaml", line: 0, column: 0, message: "too large", hint: "")])
        let findings = detector.findings(of: DriftInput.Source(record: record))
        #expect(findings.map(\.cause) == ["too large"])
    }
}

/// Episodes: when they begin, what they keep, when they end.
struct DriftLedgerTests {
    private func finding(_ path: String?, _ subject: String = "x", cause: String? = nil) -> DriftFinding {
        DriftFinding(
            app: path.map(app),
            subject: subject,
            kind: .missing,
            cause: cause,
            expected: "2",
            actual: "1",
            action: "started again"
        )
    }

    private func at(_ moment: Int64) -> Instant { Instant(milliseconds: moment) }

    @Test func `an episode keeps its beginning and the newest cause that was known`() {
        var ledger = DriftLedger()
        #expect(ledger.observe([finding("/a")], at: at(1)).isEmpty)
        #expect(ledger.episodes(at: at(1)).map(\.cause) == ["not known yet"])
        _ = ledger.observe([finding("/a", cause: "agent lost")], at: at(2))
        _ = ledger.observe([finding("/a", cause: "task failed")], at: at(3))
        _ = ledger.observe([finding("/a")], at: at(4))
        let open = ledger.episodes(at: at(9))
        #expect(open.map(\.cause) == ["task failed"])
        #expect(open.map(\.firstSeen) == [at(1)])
        #expect(open.map(\.lastSeen) == [at(9)])
    }

    @Test func `an episode ends when it is found no more, and a new one begins afresh`() {
        var ledger = DriftLedger()
        _ = ledger.observe([finding("/a", cause: "agent lost"), finding("/b")], at: at(1))
        let ended = ledger.observe([finding("/b")], at: at(5))
        #expect(ended.map(\.app) == [app("/a")])
        #expect(ended.map(\.lastSeen) == [at(5)])
        _ = ledger.observe([finding("/a")], at: at(7))
        let again = ledger.episodes(at: at(7)).first
        #expect(again?.firstSeen == at(7))
        #expect(again?.cause == "not known yet")
        #expect(ledger.observe([], at: at(8)).map(\.app) == [app("/a")])
        #expect(ledger.episodes(at: at(8)).isEmpty)
    }

    @Test func `looking at one app leaves the others' episodes open`() {
        var ledger = DriftLedger()
        _ = ledger.observe([finding("/a"), finding("/b"), finding(nil)], at: at(1))
        #expect(ledger.observe([], of: app("/a"), at: at(2)).map(\.app) == [app("/a")])
        #expect(ledger.episodes(at: at(3)).map(\.app) == [nil, app("/b")])
        #expect(ledger.observe([], of: nil, at: at(4)).count == 1)
        #expect(ledger.observe([finding("/b", "y")], of: app("/b"), at: at(5)).map(\.subject) == ["x"])
    }

    @Test func `what is stored changes when an episode begins or ends, and not with each look`() {
        var ledger = DriftLedger()
        _ = ledger.observe([finding("/a")], of: app("/a"), at: at(1))
        let begun = ledger.takeChanged()
        #expect(begun.map { $0.episodes.map(\.firstSeen) } == [[at(1)]])
        _ = ledger.observe([finding("/a", cause: "agent lost")], of: app("/a"), at: at(2))
        #expect(ledger.takeChanged().isEmpty)
        _ = ledger.observe([], of: app("/a"), at: at(3))
        let ended = ledger.takeChanged()
        #expect(ended.map(\.bucket) == begun.map(\.bucket))
        #expect(ended.map(\.episodes) == [[]])
        #expect(ledger.takeChanged().isEmpty)
    }

    @Test func `a ledger that goes on keeps the beginning of what it finds again`() {
        var first = DriftLedger()
        _ = first.observe([finding("/a", cause: "agent lost"), finding("/b"), finding(nil)], at: at(1))
        let passedOn = first.takeChanged().flatMap(\.episodes)
        var next = DriftLedger(continuing: passedOn)
        #expect(next.observe([finding("/a")], of: app("/a"), at: at(50)).isEmpty)
        #expect(next.episodes(at: at(50)).map(\.firstSeen) == [at(1), at(1), at(1)])
        #expect(next.episodes(at: at(50)).map(\.cause).contains("agent lost"))
        #expect(next.observe([], of: nil, at: at(51)) { _ in true }.isEmpty, "nobody can say yet that it is over")
        #expect(next.observe([], of: nil, at: at(52)) { _ in false }.map(\.lastSeen) == [at(52)])
        #expect(next.observe([], of: app("/a"), at: at(53)) { _ in true }.count == 1, "it was found in this term")
        #expect(next.observe([], of: app("/b"), at: at(54)).map(\.firstSeen) == [at(1)])
        let stored = next.takeChanged().flatMap(\.episodes)
        #expect(stored == [])
    }

    @Test func `no number of open episodes and no length of their texts outgrows a record`() throws {
        var ledger = DriftLedger()
        let long = String(repeating: "ü\"", count: 5000)
        let findings = (0..<2000).map { finding("/a", "\($0)", cause: long) }
        _ = ledger.observe(findings, of: app("/a"), at: at(1))
        let stored = try #require(ledger.takeChanged().first).episodes
        let bytes = stored.reduce(0) { $0 + 2 * $1.cause.utf8.count }
        #expect(stored.count > 10 && stored.count < 2000)
        #expect(bytes <= DriftLedger.storedBytes)
    }
}
