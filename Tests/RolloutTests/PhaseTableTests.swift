import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

/// Every phase against every event: what phase follows, and what is ordered. No cell is left out.
struct PhaseTableTests {
    enum Phase: String, CaseIterable { case absent, settled, waiting, rolling, removing }

    enum Event: String, CaseIterable {
        case create, replace, update, scaleUp, scaleDown, suspend, remove
        case dependencyHealthy, healthy, taskLost, instanceVanished, instanceTooMany, allGone
        case backoff, declared, forget, tick
    }

    /// The phase after, then the orders, then what becomes of the record: `s` start, `x` stop, `a` adopt, `w` written, `d` deleted.
    static let table: [Phase: [Event: String]] = [
        .absent: [
            .create: "waiting w", .replace: "waiting w", .update: "waiting w", .scaleUp: "waiting w",
            .scaleDown: "waiting w", .suspend: "settled w", .remove: "absent", .dependencyHealthy: "absent",
            .healthy: "absent x2", .taskLost: "absent x2", .instanceVanished: "absent x1",
            .instanceTooMany: "absent x3", .allGone: "absent", .backoff: "absent", .declared: "absent",
            .forget: "absent", .tick: "absent",
        ],
        .settled: [
            .create: "waiting w", .replace: "waiting w", .update: "settled a2 w", .scaleUp: "rolling s1 a2 w",
            .scaleDown: "rolling x1 a1 w", .suspend: "rolling x2 w", .remove: "removing x2 w",
            .dependencyHealthy: "settled", .healthy: "settled", .taskLost: "settled",
            .instanceVanished: "settled s1 w", .instanceTooMany: "settled x1 w", .allGone: "settled s2 w",
            .backoff: "settled w", .declared: "settled w", .forget: "settled", .tick: "settled",
        ],
        .waiting: [
            .create: "waiting w", .replace: "waiting w", .update: "waiting w", .scaleUp: "waiting w",
            .scaleDown: "waiting w", .suspend: "rolling x2 w", .remove: "removing x2 w",
            .dependencyHealthy: "rolling s2 w", .healthy: "waiting", .taskLost: "waiting",
            .instanceVanished: "waiting", .instanceTooMany: "waiting w", .allGone: "waiting",
            .backoff: "waiting w", .declared: "waiting w", .forget: "waiting", .tick: "waiting",
        ],
        .rolling: [
            .create: "waiting w", .replace: "waiting w", .update: "rolling a2 w", .scaleUp: "rolling s1 a2 w",
            .scaleDown: "rolling x1 a1 w", .suspend: "rolling x2 w", .remove: "removing x2 w",
            .dependencyHealthy: "rolling", .healthy: "settled w", .taskLost: "rolling",
            .instanceVanished: "rolling s1 w", .instanceTooMany: "rolling x1 w", .allGone: "rolling s2 w",
            .backoff: "rolling w", .declared: "rolling w", .forget: "rolling", .tick: "rolling",
        ],
        .removing: [
            .create: "waiting w", .replace: "waiting w", .update: "waiting w", .scaleUp: "waiting w",
            .scaleDown: "waiting w", .suspend: "rolling w", .remove: "removing w",
            .dependencyHealthy: "removing", .healthy: "removing x2", .taskLost: "removing x2",
            .instanceVanished: "removing x1", .instanceTooMany: "removing x3 w", .allGone: "absent d",
            .backoff: "removing w", .declared: "removing w", .forget: "removing", .tick: "removing",
        ],
    ]

    @Test(arguments: Phase.allCases, Event.allCases)
    func `every phase has an answer to every event`(phase: Phase, event: Event) throws {
        let expected = try #require(PhaseTableTests.table[phase]?[event], "no cell for \(phase) × \(event)")
        var cell = Cell(phase)
        #expect(cell.answer(to: event) == expected)
    }
}

/// One app in one phase, with a dependency that is not healthy unless the event says so.
private struct Cell {
    static let store = spec("/shop/db", instances: 1)
    static let old = spec("/shop/web", cmd: "v1", instances: 2, dependencies: ["/shop/db"])
    static let new = spec("/shop/web", cmd: "v2", instances: 2, dependencies: ["/shop/db"])

    let now = Instant(milliseconds: 5)
    var rollouts: Rollouts
    /// The spec that the app shall run in this phase, or shall run next.
    let inForce: Spec

    init(_ phase: PhaseTableTests.Phase) {
        inForce = phase == .waiting ? Cell.new : Cell.old
        var record = AppRecord(
            id: Cell.old.id,
            source: "shop",
            file: "web.yaml",
            desired: phase == .removing ? nil : inForce.digest,
            revision: Revision("r1"),
            nextInstance: 3
        )
        record.rollout = Cell.rollout(phase)
        let isPresent = phase != .absent
        let goal: Goal = phase == .removing ? .stopped : .running
        let healthy = phase != .rolling
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
            specs: [Cell.old, Cell.new, Cell.store].reduce(into: [:]) { $0[$1.digest] = $1 },
            instances: [Instance.make(1, of: Cell.store, .staging)] + (isPresent ? instances : [])
        )
        _ = rollouts.handle(.tick, at: now)
    }

    private static func rollout(_ phase: PhaseTableTests.Phase) -> RolloutRecord? {
        let place: RolloutRecord.Phase? =
            switch phase {
            case .absent, .settled: nil
            case .waiting: .waiting
            case .rolling: .rolling
            case .removing: .removing
            }
        return place.map {
            RolloutRecord(deployment: DeploymentID("d1"), phase: $0, reason: "", since: Instant(milliseconds: 1))
        }
    }

    mutating func answer(to event: PhaseTableTests.Event) -> String {
        let effects = rollouts.handle(input(for: event), at: now) + rollouts.handle(.tick, at: now)
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
        case .declared: return .declared(web, file: "other.yaml", revision: Revision("r2"))
        case .forget: return .forget(version("v9").digest)
        case .tick: return .tick
        }
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
