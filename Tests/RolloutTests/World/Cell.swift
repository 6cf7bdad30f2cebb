import Domain
import OrderedCollections
import Planning

@testable import Rollout

/// One app in one phase, as far as one event of the table needs it: with a dependency that is not healthy unless the event
/// says so, and another app of the same deployment.
struct Cell {
    typealias Phase = PhaseTableTests.Phase
    typealias Event = PhaseTableTests.Event

    /// The end of whatever the event is the end of.
    static let end = Instant(milliseconds: 60_000)

    let now = Instant(milliseconds: 5)
    let start: Phase
    let event: Event
    /// What the app runs in all phases but `canary` and `waiting`, which lead to `new`.
    let old: Spec
    let older: Spec
    let new: Spec
    let store = spec("/shop/db", instances: 1)
    let other = spec("/shop/other", instances: 2)
    /// The spec that the app shall run in this phase, or shall run next.
    let inForce: Spec
    var rollouts: Rollouts

    init(_ phase: Phase, _ event: Event) {
        start = phase
        self.event = event
        let watch = event == .watchEnds ? Milliseconds.seconds(60) : .zero
        func version(_ cmd: String, _ strategy: RolloutStrategy) -> Spec {
            var strategy = strategy
            strategy.watch = watch
            return spec("/shop/web", cmd: cmd, instances: 2, dependencies: ["/shop/db"], rollout: strategy)
        }
        old = version("v1", RolloutStrategy())
        older = version("v0", RolloutStrategy())
        new = version("v2", RolloutStrategy(canary: 1, promotion: .manual))
        inForce = [.waiting, .canary].contains(phase) ? new : old
        rollouts = Rollouts(records: [], specs: [:], instances: [])
        let record = phase == .absent ? [] : [Cell.record(phase, event, inForce, older)]
        rollouts = Rollouts(
            records: record + [Cell.record(of: store), otherRecord],
            specs: [older, old, new, store, other].reduce(into: [:]) { $0[$1.digest] = $1 },
            instances: (phase == .absent ? [] : members(in: phase)) + [Instance.make(1, of: store, .staging)] + others,
            policy: Cell.policy(event)
        )
        _ = rollouts.handle(.tick, at: now)
    }

    // MARK: - What there is

    private static func record(_ phase: Phase, _ event: Event, _ inForce: Spec, _ older: Spec) -> AppRecord {
        var record = record(of: inForce)
        if phase == .removing { record.desired = nil }
        record.nextInstance = 3
        record.lastHealthy = older.digest
        record.history = [HealthySpec(digest: older.digest, revision: Revision("r0"), at: Instant(milliseconds: 5))]
        record.rollout = RolloutRecord.Phase(rawValue: phase.rawValue).map { place in
            RolloutRecord(deployment: DeploymentID("d1"), phase: place, reason: "", since: Instant(milliseconds: 0))
        }
        // The next failure of a new task is one too many.
        record.rollout?.failures = 2
        let lasting = Order(who: "anna", why: "", at: Instant(milliseconds: 0), until: Instant(milliseconds: 1_000_000))
        let ending = Order(who: "anna", why: "", at: Instant(milliseconds: 0), until: end)
        let pin = event == .pinEnds ? ending : phase == .pinned ? lasting : nil
        if phase != .removing {
            record.pin = pin.map { Pin(digest: inForce.digest, order: $0) }
            record.suspension = event == .suspensionEnds ? ending : phase == .suspended ? lasting : nil
        }
        if event == .pauseEnds { record.rollout?.order = ending }
        if event == .turnIsFree, [.canary, .rolling].contains(phase) { record.rollout?.hindrance = .turn }
        return record
    }

    private static func record(of spec: Spec) -> AppRecord {
        AppRecord(
            id: spec.id,
            source: "shop",
            file: "web.yaml",
            desired: spec.digest,
            revision: Revision("r1"),
            nextInstance: spec.app.instances + 1
        )
    }

    /// Two of the old version, healthy unless they are just being led there, and the canary where its watch is to end.
    private func members(in phase: Phase) -> [Instance] {
        guard event != .suspensionEnds || phase == .removing else { return [] }
        if event == .turnIsFree, phase == .rolling { return (1...2).map { Instance.make($0, of: older) } }
        let isHealthy = ![.rolling, .rollingBack].contains(phase) || event == .watchEnds && phase == .rolling
        let goal: Goal = phase == .removing ? .stopped : .running
        let two = (1...2).map { Instance.make($0, of: old, isHealthy ? .running : .staging, goal: goal) }
        switch event {
        case .watchEnds where phase == .canary: return two + [Instance.make(3, of: new)]
        case .lastFailure where phase == .canary: return two + [Instance.make(3, of: new, .staging)]
        default: return two
        }
    }

    /// Another app's rollout, where it matters that there is one.
    private var otherRecord: AppRecord {
        var record = Cell.record(of: other)
        guard [.deploymentBraked, .turnIsFree].contains(event) else { return record }
        record.rollout = RolloutRecord(
            deployment: DeploymentID("d1"),
            phase: .rolling,
            reason: "",
            since: Instant(milliseconds: 0)
        )
        record.rollout?.failures = 2
        return record
    }

    private var others: [Instance] {
        switch event {
        case .turnIsFree, .deploymentBraked: (1...2).map { Instance.make($0, of: other, .staging) }
        case .brakeReleased: (1...2).map { ended($0, of: other, "TASK_LOST") }
        default: (1...2).map { Instance.make($0, of: other) }
        }
    }

    private static func policy(_ event: Event) -> RolloutPolicy {
        var policy = RolloutPolicy()
        policy.brake.lostTasks = 2
        policy.brake.lostShareMillionths = 1
        policy.brake.wideDeployment = 2
        policy.brake.failedApps = 1
        policy.maxConcurrentApps = event == .turnIsFree ? 1 : nil
        return policy
    }

    private func ended(_ number: Int, of spec: Spec, _ state: String, reason: String? = nil) -> Instance {
        var instance = Instance.make(number, of: spec, .scheduled)
        instance.lastEnd = TaskEnd(
            task: TaskID("\(instance.id)-0"),
            state: state,
            message: "",
            reason: reason,
            at: now,
            host: "host"
        )
        return instance
    }
}

// MARK: - The answer

extension Cell {
    /// What the event leads to: the phase after, with what keeps the app there; the orders; what becomes of the record.
    mutating func answer() -> String {
        let effects = (react() + rollouts.handle(.tick, at: moment)).filter(isAboutApp)
        func count(_ letter: String, _ matches: (RolloutEffect) -> Bool) -> String {
            let count = effects.count(where: matches)
            return count == 0 ? "" : " \(letter)\(count)"
        }
        let orders =
            count("s") { if case .start = $0 { true } else { false } }
            + count("x") { if case .stop = $0 { true } else { false } }
            + count("a") { if case .adopt = $0 { true } else { false } }
        let isWritten = effects.contains { if case .changed = $0 { true } else { false } }
        let isDeleted = effects.contains { if case .removed = $0 { true } else { false } }
        return phase + orders + (isWritten ? " w" : "") + (isDeleted ? " d" : "")
    }

    private func isAboutApp(_ effect: RolloutEffect) -> Bool {
        switch effect {
        case .start(let id, _), .stop(let id), .adopt(let id, _), .relaunch(let id, _): id.app == old.id
        case .changed(let record): record.id == old.id
        case .removed(let id): id == old.id
        case .note: false
        }
    }

    private var phase: String {
        guard let record = rollouts.record(of: old.id) else { return "absent" }
        let phase = record.rollout?.phase.rawValue ?? "settled"
        let hindrance = record.rollout?.hindrance.map { "/\($0.rawValue)" } ?? ""
        return phase + hindrance + (record.pin == nil ? "" : "+pin") + (record.suspension == nil ? "" : "+suspension")
    }

    /// When the event happens.
    private var moment: Instant {
        switch event {
        case .watchEnds, .pinEnds, .suspensionEnds, .pauseEnds: Cell.end
        case .taskIsLate, .stall: Instant(milliseconds: 600_000) + now.sinceStart
        case .brakeReleased: Instant(milliseconds: 300_000) + now.sinceStart
        default: now
        }
    }

    /// An order is obeyed, anything else is handled.
    private mutating func react() -> [RolloutEffect] {
        guard let verb = RolloutVerb(rawValue: event.rawValue) else { return rollouts.handle(input, at: moment) }
        let order = Order(who: "anna", why: "", at: now)
        let command = RolloutCommand(app: old.id, verb: verb, order: order, deployment: DeploymentID("d3"))
        _ = rollouts.obey(command, at: now)
        return []
    }

    private var input: RolloutEvent {
        switch event {
        case .create: return deploy(.create, version("v3"))
        case .replace: return deploy(.replace, version("v3"))
        case .update: return deploy(.update, version(inForce.app.cmd ?? "", kill: .oldestFirst))
        case .scaleUp: return deploy(.scale, version(inForce.app.cmd ?? "", instances: 3))
        case .scaleDown: return deploy(.scale, version(inForce.app.cmd ?? "", instances: 1))
        case .scaleToNone: return deploy(.scale, version(inForce.app.cmd ?? "", instances: 0))
        case .remove: return deploy(.remove, nil)
        case .backoff:
            let state = BackoffState(digest: inForce.digest, delay: .seconds(1), until: now, failures: 1)
            return .backoff(old.id, state)
        case .declared: return .declared(old.id, source: "shop", file: "other.yaml", revision: Revision("r2"))
        case .forget: return .forget(version("v9").digest)
        case .watchEnds, .stall, .pinEnds, .suspensionEnds, .pauseEnds, .brakeReleased, .tick: return .tick
        case .pause, .resume, .abort, .rollback, .retry, .restart, .promote, .suspend: return .tick
        default: return .instances(told.app, told.instances)
        }
    }

    /// The events that are news of instances.
    private var told: (app: AppID, instances: [Instance]) {
        var two = (1...2).map { Instance.make($0, of: old) }
        let canary = start == .canary ? [Instance.make(3, of: new, event == .healthy ? .running : .staging)] : []
        switch event {
        case .dependencyHealthy: return (store.id, [Instance.make(1, of: store)])
        case .brakePulled: return (other.id, (1...2).map { ended($0, of: other, "TASK_LOST") })
        case .deploymentBraked:
            return (other.id, [ended(1, of: other, "TASK_FAILED"), Instance.make(2, of: other, .staging)])
        case .turnIsFree: return (other.id, (1...2).map { Instance.make($0, of: other) })
        case .taskEnded: two[1] = Instance.make(2, of: old, .scheduled)
        case .instanceVanished: two.removeLast()
        case .instanceTooMany: two.append(Instance.make(4, of: old, launched: 9))
        case .allGone: return (old.id, [])
        case .lastFailure where start == .canary: return (old.id, two + [ended(3, of: new, "TASK_FAILED")])
        case .lastFailure: two[0] = ended(1, of: old, "TASK_FAILED")
        case .taskIsLate where start == .canary: return (old.id, two + [Instance.make(3, of: new, .starting)])
        case .taskIsLate: two[1] = Instance.make(2, of: old, .starting)
        case .agentLost: two[1] = ended(2, of: old, "TASK_LOST")
        case .agentGone: two[1] = ended(2, of: old, "TASK_GONE_BY_OPERATOR")
        case .agentDrained: two[1] = ended(2, of: old, "TASK_KILLED", reason: "REASON_AGENT_DRAINING")
        case .agentUnreachable: two[1].condition = .unreachable
        case .maintenance: two[1].task?.leavesAt = Cell.end
        default: break
        }
        return (old.id, two + canary)
    }

    private func version(_ cmd: String, instances: Int = 2, kill: KillSelection = .youngestFirst) -> Spec {
        spec("/shop/web", cmd: cmd, instances: instances, dependencies: ["/shop/db"], kill: kill)
    }

    private func deploy(_ action: Change.Action, _ desired: Spec?) -> RolloutEvent {
        let change = Change(
            app: old.id,
            action: action,
            fields: [],
            tasks: Change.Tasks(start: 0, stop: 0, keep: 0),
            desired: desired,
            file: "web.yaml",
            after: []
        )
        let plan = Plan(changes: [change], problems: [], hash: testDigest([]))
        return .deploy(plan, DeploymentID("d2"), Revision("r2"), source: "shop")
    }
}

extension Instant {
    fileprivate var sinceStart: Milliseconds { Milliseconds(milliseconds) }
}
