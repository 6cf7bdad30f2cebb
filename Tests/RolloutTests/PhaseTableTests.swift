import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

/// Every phase against every event: what phase follows, and what is ordered. No cell is left out.
struct PhaseTableTests {
    enum Phase: String, CaseIterable {
        case absent, settled, waiting, canary, rolling, paused, rollingBack, aborted, removing
    }

    enum Event: String, CaseIterable {
        case create, replace, update, scaleUp, scaleDown, suspend, remove
        case dependencyHealthy, healthy, taskLost, instanceVanished, instanceTooMany, allGone
        case backoff, declared, forget, tick, failure, pause, resume, abort, rollback, retry, restart, promote, halt
    }

    /// `failure` is that of a new task, the last that is allowed; `halt` is the order to suspend.
    ///
    /// The phase after, then the orders, then what becomes of the record: `s` start, `x` stop, `a` adopt, `w` written, `d` deleted.
    static let table: [Phase: [Event: String]] = [
        .absent: [
            .create: "waiting w", .replace: "waiting w", .update: "waiting w", .scaleUp: "waiting w",
            .scaleDown: "waiting w", .suspend: "settled w", .remove: "absent", .dependencyHealthy: "absent",
            .healthy: "absent x2", .taskLost: "absent x2", .instanceVanished: "absent x1",
            .instanceTooMany: "absent x3", .allGone: "absent", .backoff: "absent", .declared: "absent",
            .forget: "absent", .tick: "absent",
            .failure: "absent x2", .pause: "absent", .resume: "absent", .abort: "absent", .rollback: "absent",
            .retry: "absent", .restart: "absent", .promote: "absent", .halt: "absent",
        ],
        .settled: [
            .create: "waiting w", .replace: "waiting w", .update: "settled a2 w", .scaleUp: "rolling s1 a2 w",
            .scaleDown: "rolling x1 a1 w", .suspend: "rolling x2 w", .remove: "removing x2 w",
            .dependencyHealthy: "settled", .healthy: "settled", .taskLost: "settled",
            .instanceVanished: "settled s1 w", .instanceTooMany: "settled x1 w", .allGone: "settled s2 w",
            .backoff: "settled w", .declared: "settled w", .forget: "settled", .tick: "settled",
            .failure: "settled", .pause: "settled", .resume: "settled", .abort: "settled",
            .rollback: "rollingBack s2 w", .retry: "settled", .restart: "rolling s2 w", .promote: "settled",
            .halt: "settled x2 w",
        ],
        .waiting: [
            .create: "waiting w", .replace: "waiting w", .update: "waiting w", .scaleUp: "waiting w",
            .scaleDown: "waiting w", .suspend: "rolling x2 w", .remove: "removing x2 w",
            .dependencyHealthy: "canary s1 w", .healthy: "waiting", .taskLost: "waiting",
            .instanceVanished: "waiting", .instanceTooMany: "waiting w", .allGone: "waiting",
            .backoff: "waiting w", .declared: "waiting w", .forget: "waiting", .tick: "waiting",
            .failure: "waiting", .pause: "paused w", .resume: "waiting", .abort: "aborted w",
            .rollback: "rollingBack s2 w", .retry: "waiting", .restart: "waiting", .promote: "waiting",
            .halt: "waiting x2 w",
        ],
        .rolling: [
            .create: "waiting w", .replace: "waiting w", .update: "rolling a2 w", .scaleUp: "rolling s1 a2 w",
            .scaleDown: "rolling x1 a1 w", .suspend: "rolling x2 w", .remove: "removing x2 w",
            .dependencyHealthy: "rolling", .healthy: "settled w", .taskLost: "rolling",
            .instanceVanished: "rolling s1 w", .instanceTooMany: "rolling x1 w", .allGone: "rolling s2 w",
            .backoff: "rolling w", .declared: "rolling w", .forget: "rolling", .tick: "rolling",
            .failure: "rollingBack s2 x1 w", .pause: "paused w", .resume: "rolling", .abort: "aborted w",
            .rollback: "rollingBack s2 x2 w", .retry: "rolling", .restart: "rolling", .promote: "rolling",
            .halt: "rolling x2 w",
        ],
        .canary: [
            .create: "waiting w", .replace: "waiting w", .update: "rolling s1 a1 w", .scaleUp: "rolling s2 a1 w",
            .scaleDown: "rolling x1 a1 w", .suspend: "rolling x3 w", .remove: "removing x3 w",
            .dependencyHealthy: "canary", .healthy: "canary s1 w", .taskLost: "canary s1 x1 w",
            .instanceVanished: "canary s1 w", .instanceTooMany: "canary s1 x1 w", .allGone: "canary s1 w",
            .backoff: "canary w", .declared: "canary w", .forget: "canary", .tick: "canary", .failure: "canary",
            .pause: "paused w", .resume: "canary", .abort: "aborted w", .rollback: "rollingBack s2 x1 w",
            .retry: "canary", .restart: "canary", .promote: "rolling s1 w", .halt: "canary x3 w",
        ],
        .paused: [
            .create: "waiting w", .replace: "waiting w", .update: "settled a2 w", .scaleUp: "rolling s1 a2 w",
            .scaleDown: "rolling x1 a1 w", .suspend: "rolling x2 w", .remove: "removing x2 w",
            .dependencyHealthy: "paused", .healthy: "paused", .taskLost: "paused", .instanceVanished: "paused",
            .instanceTooMany: "paused w", .allGone: "paused", .backoff: "paused w", .declared: "paused w",
            .forget: "paused", .tick: "paused", .failure: "paused", .pause: "paused", .resume: "settled w",
            .abort: "aborted w", .rollback: "rollingBack s2 w", .retry: "paused", .restart: "paused",
            .promote: "paused", .halt: "paused x2 w",
        ],
        .rollingBack: [
            .create: "waiting w", .replace: "waiting w", .update: "rolling a2 w", .scaleUp: "rolling s1 a2 w",
            .scaleDown: "rolling x1 a1 w", .suspend: "rolling x2 w", .remove: "removing x2 w",
            .dependencyHealthy: "rollingBack", .healthy: "settled w", .taskLost: "rollingBack",
            .instanceVanished: "rollingBack s1 w", .instanceTooMany: "rollingBack x1 w", .allGone: "rollingBack s2 w",
            .backoff: "rollingBack w", .declared: "rollingBack w", .forget: "rollingBack", .tick: "rollingBack",
            .failure: "rollingBack", .pause: "paused w", .resume: "rollingBack", .abort: "aborted w",
            .rollback: "rollingBack s2 x2 w", .retry: "rollingBack", .restart: "rollingBack", .promote: "rollingBack",
            .halt: "rollingBack x2 w",
        ],
        .aborted: [
            .create: "waiting w", .replace: "waiting w", .update: "settled a2 w", .scaleUp: "rolling s1 a2 w",
            .scaleDown: "rolling x1 a1 w", .suspend: "rolling x2 w", .remove: "removing x2 w",
            .dependencyHealthy: "aborted", .healthy: "aborted", .taskLost: "aborted", .instanceVanished: "aborted",
            .instanceTooMany: "aborted w", .allGone: "aborted", .backoff: "aborted w", .declared: "aborted w",
            .forget: "aborted", .tick: "aborted", .failure: "aborted", .pause: "aborted", .resume: "aborted",
            .abort: "aborted", .rollback: "rollingBack s2 w", .retry: "settled w", .restart: "aborted",
            .promote: "aborted", .halt: "aborted x2 w",
        ],
        .removing: [
            .create: "waiting w", .replace: "waiting w", .update: "waiting w", .scaleUp: "waiting w",
            .scaleDown: "waiting w", .suspend: "rolling w", .remove: "removing w",
            .dependencyHealthy: "removing", .healthy: "removing x2", .taskLost: "removing x2",
            .instanceVanished: "removing x1", .instanceTooMany: "removing x3 w", .allGone: "absent d",
            .backoff: "removing w", .declared: "removing w", .forget: "removing", .tick: "removing",
            .failure: "removing x2", .pause: "removing", .resume: "removing", .abort: "removing",
            .rollback: "removing", .retry: "removing", .restart: "removing", .promote: "removing", .halt: "removing",
        ],
    ]

    @Test(arguments: Phase.allCases, Event.allCases)
    func `every phase has an answer to every event`(phase: Phase, event: Event) throws {
        var cell = Cell(phase)
        let expected = try #require(PhaseTableTests.table[phase]?[event], "no cell for \(phase) × \(event)")
        #expect(cell.answer(to: event) == expected)
    }
}

/// One app in one phase, with a dependency that is not healthy unless the event says so.
private struct Cell {
    static let store = spec("/shop/db", instances: 1)
    static let old = spec("/shop/web", cmd: "v1", instances: 2, dependencies: ["/shop/db"])
    static let older = spec("/shop/web", cmd: "v0", instances: 2, dependencies: ["/shop/db"])
    static let new = spec(
        "/shop/web",
        cmd: "v2",
        instances: 2,
        dependencies: ["/shop/db"],
        rollout: RolloutStrategy(canary: 1, promotion: .manual)
    )

    let now = Instant(milliseconds: 5)
    var rollouts: Rollouts
    /// The spec that the app shall run in this phase, or shall run next.
    let inForce: Spec

    init(_ phase: PhaseTableTests.Phase) {
        inForce = [.waiting, .canary].contains(phase) ? Cell.new : Cell.old
        var record = AppRecord(
            id: Cell.old.id,
            source: "shop",
            file: "web.yaml",
            desired: phase == .removing ? nil : inForce.digest,
            revision: Revision("r1"),
            nextInstance: 3
        )
        record.rollout = Cell.rollout(phase)
        // The next failure of a new task is one too many.
        record.rollout?.failures = 2
        record.lastHealthy = Cell.older.digest
        record.history = [HealthySpec(digest: Cell.older.digest, revision: Revision("r0"), at: now)]
        let isPresent = phase != .absent
        let goal: Goal = phase == .removing ? .stopped : .running
        let healthy = ![.rolling, .rollingBack].contains(phase)
        let instances = (1...2).map { Instance.make($0, of: Cell.old, healthy ? .running : .staging, goal: goal) }
        var base = AppRecord(
            id: Cell.store.id,
            source: "shop",
            file: "db.yaml",
            desired: Cell.store.digest,
            revision: Revision("r1"),
            nextInstance: 2
        )
        base.lastHealthy = Cell.store.digest
        rollouts = Rollouts(
            records: [base] + (isPresent ? [record] : []),
            specs: [Cell.older, Cell.old, Cell.new, Cell.store].reduce(into: [:]) { $0[$1.digest] = $1 },
            instances: [Instance.make(1, of: Cell.store, .staging)] + (isPresent ? instances : [])
        )
        _ = rollouts.handle(.tick, at: now)
    }

    private static func rollout(_ phase: PhaseTableTests.Phase) -> RolloutRecord? {
        let place: RolloutRecord.Phase? =
            switch phase {
            case .absent, .settled: nil
            case .waiting: .waiting
            case .canary: .canary
            case .paused: .paused
            case .rollingBack: .rollingBack
            case .aborted: .aborted
            case .rolling: .rolling
            case .removing: .removing
            }
        return place.map {
            RolloutRecord(deployment: DeploymentID("d1"), phase: $0, reason: "", since: Instant(milliseconds: 0))
        }
    }

    mutating func answer(to event: PhaseTableTests.Event) -> String {
        let effects = react(to: event) + rollouts.handle(.tick, at: now)
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

    /// An order is obeyed, anything else is handled.
    private mutating func react(to event: PhaseTableTests.Event) -> [RolloutEffect] {
        guard let verb = verb(of: event) else { return rollouts.handle(input(for: event), at: now) }
        let order = Order(who: "anna", why: "", at: now)
        let command = RolloutCommand(app: Cell.old.id, verb: verb, order: order, deployment: DeploymentID("d3"))
        _ = rollouts.obey(command, at: now)
        return []
    }

    private func verb(of event: PhaseTableTests.Event) -> RolloutVerb? {
        event == .halt ? .suspend : RolloutVerb(rawValue: event.rawValue == "suspend" ? "" : event.rawValue)
    }

    private var phase: String {
        guard let record = rollouts.record(of: Cell.old.id) else { return "absent" }
        return record.rollout?.phase.rawValue ?? "settled"
    }

    private func input(for event: PhaseTableTests.Event) -> RolloutEvent {
        let web = Cell.old.id
        let two = (1...2).map { Instance.make($0, of: Cell.old) }
        switch event {
        case .create: return deploy(.create, version("v3"))
        case .replace: return deploy(.replace, version("v3"))
        case .update: return deploy(.update, version(inForce.app.cmd ?? "", kill: .oldestFirst))
        case .scaleUp: return deploy(.scale, version(inForce.app.cmd ?? "", instances: 3))
        case .scaleDown: return deploy(.scale, version(inForce.app.cmd ?? "", instances: 1))
        case .suspend: return deploy(.scale, version(inForce.app.cmd ?? "", instances: 0))
        case .remove: return deploy(.remove, nil)
        case .dependencyHealthy: return .instances(Cell.store.id, [Instance.make(1, of: Cell.store)])
        case .healthy: return .instances(web, two)
        case .taskLost: return .instances(web, [two[0], Instance.make(2, of: Cell.old, .scheduled)])
        case .instanceVanished: return .instances(web, [two[0]])
        case .instanceTooMany: return .instances(web, two + [Instance.make(3, of: Cell.old, launched: 9)])
        case .allGone: return .instances(web, [])
        case .backoff:
            let state = BackoffState(digest: inForce.digest, delay: .seconds(1), until: now, failures: 1)
            return .backoff(web, state)
        case .declared: return .declared(web, source: "shop", file: "other.yaml", revision: Revision("r2"))
        case .forget: return .forget(version("v9").digest)
        case .failure: return .instances(web, [failed(1), two[1]])
        case .tick, .pause, .resume, .abort, .rollback, .retry, .restart, .promote, .halt: return .tick
        }
    }

    /// An instance of the wanted spec whose task has just failed, for the third time.
    private func failed(_ number: Int) -> Instance {
        var instance = Instance.make(number, of: inForce, .scheduled)
        instance.lastEnd = TaskEnd(
            task: TaskID("\(instance.id)-0"),
            state: "TASK_FAILED",
            message: "",
            reason: nil,
            at: now,
            host: "host"
        )
        return instance
    }

    private func version(_ cmd: String, instances: Int = 2, kill: KillSelection = .youngestFirst) -> Spec {
        spec("/shop/web", cmd: cmd, instances: instances, dependencies: ["/shop/db"], kill: kill)
    }

    private func deploy(_ action: Change.Action, _ desired: Spec?) -> RolloutEvent {
        let change = Change(
            app: Cell.old.id,
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
