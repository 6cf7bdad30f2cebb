import Domain
import Planning
import Testing

/// Another number of instances than git says: what plans, statuses and drift make of it.
struct ScaleTests {
    private static let order = Order(
        who: "ann@box",
        why: "the fair",
        at: Instant(milliseconds: 0),
        until: Instant(milliseconds: 86_400_000)
    )
    private let web = spec("/web") { $0.instances = 2 }

    private func scale(to instances: Int) -> ScaleOverride {
        ScaleOverride(instances: instances, order: ScaleTests.order, deployment: DeploymentID("d"))
    }

    /// The app with so many instances in force, and so many that run.
    private func scaled(to instances: Int, running: Int) -> ActualState {
        var state = actual([web.with { $0.instances = running }])
        state.apps[web.id]?.record.desired = web.digest
        state.apps[web.id]?.record.scale = scale(to: instances)
        state.apps[web.id]?.spec = web
        for index in 0..<running { state.apps[web.id]?.instances[index].digest = web.digest }
        return state
    }

    private func input(_ running: Int, _ change: (inout AppRecord) -> Void) throws -> DriftInput.App {
        var record = try #require(scaled(to: 5, running: 0).apps[web.id]?.record)
        record.scale = nil
        change(&record)
        return DriftInput.App(
            record: record,
            spec: web,
            declared: .spec(web.digest),
            instances: (0..<running).map { instance($0 + 1, of: web, .running, true, lastEnd: nil) }
        )
    }

    // MARK: - Plans

    @Test func `what git wants to start or stop is counted by the number in force`() {
        let replaced = plan(desired([web.with { $0.cmd = "v2" }]), over: scaled(to: 5, running: 5))
        #expect(replaced.changes.map(\.tasks) == [Change.Tasks(start: 5, stop: 5, keep: 0)])
        let scaled = plan(desired([web.with { $0.instances = 9 }]), over: scaled(to: 5, running: 5))
        #expect(scaled.outline == ["scale /web"])
        #expect(scaled.changes.map(\.tasks) == [Change.Tasks(start: 0, stop: 0, keep: 5)])
        #expect(scaled.changes.first?.desired?.app.instances == 9, "what is recorded is what git says")
    }

    @Test func `as long as git's number is not in force, every plan says by whom and until when`() throws {
        let plan = plan(desired([web]), over: scaled(to: 5, running: 5))
        #expect(plan.changes.isEmpty)
        let problem = try #require(plan.problems.first)
        #expect((problem.code, problem.severity, problem.file) == ("PACER-W304", .warning, "web.yaml"))
        #expect(
            problem.message
                == "/web is scaled to 5 instances instead of 2 by ann@box (the fair) until 1970-01-02T00:00:00Z"
        )
        #expect(problem.hint == "git's number follows then, or with: pacer rollout resume /web")
    }

    @Test func `nothing is said where git's number is in force, or another source has the app`() {
        #expect(plan(desired([web]), over: scaled(to: 2, running: 2)).problems.isEmpty)
        var other = scaled(to: 5, running: 5)
        other.apps[web.id]?.record.source = "elsewhere"
        #expect(plan(desired([web]), over: other).problems.map(\.code) == ["PACER-E301"])
    }

    @Test func `a plan that was seen before a person scaled one of its apps is another one`() {
        let target = desired([web.with { $0.cmd = "v2" }])
        let hashes = [2, 5, 6].map { plan(target, over: scaled(to: $0, running: 2)).hash }
        var without = scaled(to: 2, running: 2)
        without.apps[web.id]?.record.scale = nil
        #expect(Set(hashes + [plan(target, over: without).hash]).count == 4)
    }

    @Test(
        arguments: [(.paused, "is paused"), (.aborted, "was aborted"), (.rolling, nil)]
            as [(RolloutRecord.Phase, String?)]
    )
    func `a plan says that a rollout which stands still goes on with it`(phase: RolloutRecord.Phase, words: String?) {
        var state = scaled(to: 2, running: 2)
        state.apps[web.id]?.record.scale = nil
        state.apps[web.id]?.record.rollout = RolloutRecord(
            deployment: DeploymentID("d"),
            phase: phase,
            reason: "by ann@box",
            since: Instant(milliseconds: 0)
        )
        let problems = plan(desired([web.with { $0.instances = 3 }]), over: state).problems
        let message = words.map { "the rollout of /web \($0) (by ann@box); with this commit it goes on" }
        #expect(problems.map(\.message) == [message].compactMap(\.self))
        #expect(problems.allSatisfy { $0.code == "PACER-W307" && $0.severity == .warning })
        #expect(plan(desired([web]), over: state).problems == [], "what no commit changes stays as it is")
    }

    // MARK: - Statuses

    @Test(arguments: [
        (5, 5, Health.healthy, SyncStatus.outOfSync), (5, 2, .progressing, .synced), (2, 2, .healthy, .synced),
        (0, 0, .suspended, .outOfSync), (1, 1, .healthy, .outOfSync),
    ])
    func `health is by the number in force, sync by git's`(
        scaled: Int,
        running: Int,
        health: Health,
        sync: SyncStatus
    )
        throws
    {
        let app = try input(running) { $0.scale = scale(to: scaled) }
        let spec = app.spec
        #expect(Health(of: app.record, spec: spec, instances: app.instances) == health)
        #expect(
            SyncStatus(of: app.record, spec: spec, declared: app.declared, instances: app.instances) == sync
        )
    }

    // MARK: - Drift

    private let detector = DriftDetector(policy: DriftInput.Policy())

    @Test func `another number of instances is drift, once, and says how it ends`() throws {
        let findings = detector.findings(of: try input(5) { $0.scale = scale(to: 5) })
        #expect(findings.map(\.kind) == [.exceptionInForce])
        let finding = try #require(findings.first)
        #expect((finding.subject, finding.cause) == ("scale", "ordered by ann@box: the fair"))
        #expect((finding.expected, finding.actual) == ("2 instances", "scaled to 5 instances"))
        #expect(
            finding.action
                == "ends at 1970-01-02T00:00:00Z by itself; earlier with: pacer rollout resume /web"
        )
    }

    @Test func `what is missing or too many is so by the number in force`() throws {
        let missing = detector.findings(of: try input(2) { $0.scale = scale(to: 5) })
        #expect(missing.map(\.kind) == [.exceptionInForce, .missing])
        #expect(missing.last?.expected == "5 running")
        let surplus = detector.findings(of: try input(2) { $0.scale = scale(to: 1) })
        #expect(surplus.map(\.kind) == [.exceptionInForce, .surplus])
        #expect(surplus.last?.expected == "1 instance")
    }

    @Test func `a pin and a suspension are drift too, also while a rollout runs`() throws {
        let digest = web.with { $0.cmd = "old" }.digest
        var app = try input(2) { record in
            record.pin = Pin(digest: digest, order: ScaleTests.order)
            record.suspension = Order(who: "ben", why: "", at: Instant(milliseconds: 0))
            record.rollout = RolloutRecord(
                deployment: DeploymentID("d"),
                phase: .rolling,
                reason: "",
                since: Instant(milliseconds: 0)
            )
        }
        let findings = detector.findings(of: app)
        #expect(findings.map(\.kind) == [.exceptionInForce, .exceptionInForce])
        #expect(findings.map(\.subject) == ["pin", "suspension"])
        #expect(findings.map(\.expected) == ["on \(web.digest.short), as git declares", "2 instances"])
        #expect(findings.map(\.actual) == ["pinned to \(digest.short)", "no instance runs"])
        #expect(findings.map(\.cause) == ["ordered by ann@box: the fair", "ordered by ben"])
        #expect(findings.last?.action == "ends with: pacer rollout resume /web")
        app.declared = .absent
        let removed = detector.findings(of: app).first
        #expect(removed?.kind == .unmanaged)
        #expect(removed?.action == "kept as long as it is pinned")
    }

    @Test func `an app that is being removed has no exceptions`() throws {
        let app = try input(2) { record in
            record.scale = scale(to: 5)
            record.desired = nil
        }
        #expect(app.record.exceptions(web).isEmpty)
        #expect(detector.findings(of: app).allSatisfy { $0.kind != .exceptionInForce })
    }

    // MARK: - The list

    @Test func `what ends first comes first, and what does not end comes last`() throws {
        let record = try input(2) { record in
            record.scale = scale(to: 1)
            record.suspension = Order(
                who: "ben",
                why: "",
                at: Instant(milliseconds: 0),
                until: Instant(milliseconds: 5)
            )
            record.heldBack = HeldBack(
                digest: web.digest,
                deployment: DeploymentID("d"),
                reason: "3 new tasks failed",
                at: Instant(milliseconds: 1)
            )
            record.rollout = RolloutRecord(
                deployment: DeploymentID("d"),
                phase: .paused,
                reason: "3 new tasks failed",
                since: Instant(milliseconds: 0)
            )
        }.record
        let sorted = record.exceptions(web).sorted(by: AppException.precedes)
        #expect(sorted.map(\.kind) == [.suspension, .scale, .heldBack, .pause])
        #expect(sorted.map(\.what).dropFirst().first == "1 instance instead of 2")
        #expect(sorted.dropLast().last?.end == "pacer rollout retry /web")
        #expect(sorted.last?.who == nil, "nobody ordered the pause")
    }
}
