import Domain
import Testing

@testable import Scheduling

/// Every condition × goal × state (× what qualifies the state), against a table of what is expected. A cell that the
/// table does not list changes nothing.
@Suite struct StatusTableTests {
    /// What becomes of the instance.
    enum Outcome: Equatable {
        case nothing
        case moves(Condition)
        case ends(isFailure: Bool, mayReturn: Bool)
    }

    struct Cell: Hashable {
        var condition: Condition
        var goal: Goal
        var state: TaskStatus.State
        var healthy: Bool?
        var reason: String?
    }

    static let conditions = Condition.allCases.filter { $0 != .scheduled }
    static let reasons: [String?] = [
        nil, "REASON_RECONCILIATION", "REASON_AGENT_DRAINING", "REASON_INVALID_OFFERS", "REASON_EXECUTOR_TERMINATED",
        "REASON_CONTAINER_LAUNCH_FAILED",
    ]
    static let launchFailures: [String?] = ["REASON_EXECUTOR_TERMINATED", "REASON_CONTAINER_LAUNCH_FAILED"]

    static var cells: [Cell] {
        conditions.flatMap { condition in
            [Goal.running, .stopped].flatMap { goal in
                TaskStatus.State.allCases.flatMap { state in
                    [nil, true, false].flatMap { healthy in
                        reasons.map {
                            Cell(condition: condition, goal: goal, state: state, healthy: healthy, reason: $0)
                        }
                    }
                }
            }
        }
    }

    /// The forward moves, by condition.
    static let moves: [Condition: [TaskStatus.State: Condition]] = [
        .launching: [.staging: .staging, .starting: .starting, .running: .running, .killing: .killing],
        .staging: [.starting: .starting, .running: .running, .killing: .killing],
        .starting: [.running: .running, .killing: .killing],
        .running: [.killing: .killing],
        .killing: [:],
        .unreachable: [.staging: .staging, .starting: .starting, .running: .running, .killing: .killing],
    ]

    /// The ends: whether they count as failures, and whether the task may still run.
    static func end(_ cell: Cell) -> Outcome? {
        let isDraining = cell.reason == "REASON_AGENT_DRAINING"
        switch cell.state {
        case .finished, .failed, .error: return .ends(isFailure: !isDraining, mayReturn: false)
        case .killed: return .ends(isFailure: cell.healthy == false && !isDraining, mayReturn: false)
        case .gone:
            return .ends(isFailure: !isDraining && cell.reason != "REASON_RECONCILIATION", mayReturn: false)
        case .dropped: return .ends(isFailure: launchFailures.contains(cell.reason), mayReturn: false)
        case .lost, .goneByOperator: return .ends(isFailure: false, mayReturn: true)
        case .unknown where cell.condition == .launching || cell.goal == .stopped:
            return .ends(isFailure: false, mayReturn: true)
        case .staging, .starting, .running, .killing, .unreachable, .unknown: return nil
        }
    }

    static func expected(_ cell: Cell, givesUp: Bool) -> Outcome {
        if let end = end(cell) { return end }
        if cell.state == .unreachable || cell.state == .unknown {
            if givesUp { return .ends(isFailure: false, mayReturn: true) }
            return cell.condition == .unreachable ? .nothing : .moves(.unreachable)
        }
        return moves[cell.condition]?[cell.state].map(Outcome.moves) ?? .nothing
    }

    @Test(arguments: [true, false])
    func `every status has exactly the effect that the table says`(givesUp: Bool) {
        let reducer = StatusReducer(givesUpUnreachable: givesUp)
        let spec = makeSpec("/a")
        for cell in StatusTableTests.cells {
            var instance = Instance(id: makeInstance(spec, 1), digest: spec.digest, since: Instant(milliseconds: 1))
            instance.goal = cell.goal
            instance.condition = cell.condition
            instance.task = TaskRecord(
                id: TaskID("a.1-1"),
                agent: makeAgent(1),
                ports: [],
                launched: Instant(milliseconds: 1),
                healthy: cell.healthy
            )
            if cell.healthy == true { instance.task?.healthySince = Instant(milliseconds: 2) }
            let status = TaskStatus(
                task: TaskID("a.1-1"),
                state: cell.state,
                healthy: cell.healthy,
                reason: cell.reason
            )
            let outcome: Outcome
            switch reducer.verdict(on: instance, status, at: Instant(milliseconds: 9)) {
            case .nothing: outcome = .nothing
            case .changed(let changed):
                outcome = .moves(changed.condition)
                #expect(changed.since == Instant(milliseconds: 9), "\(cell)")
                #expect(changed.goal == cell.goal && changed.task == instance.task, "\(cell)")
            case .ended(let ending): outcome = .ends(isFailure: ending.isFailure, mayReturn: ending.mayReturn)
            }
            #expect(outcome == StatusTableTests.expected(cell, givesUp: givesUp), "\(cell)")
        }
    }

    @Test func `the table has no gaps`() {
        #expect(StatusTableTests.cells.count == 6 * 2 * 14 * 3 * 6)
    }

    @Test func `a change of health alone is a change, a repetition is none`() {
        var harness = Harness([makeSpec("/a")])
        let spec = makeSpec("/a")
        harness.subscribe()
        harness.bring(spec, to: .running)
        let id = makeInstance(spec, 1)
        #expect(harness.update(id, .running, healthy: true).changed.map { $0.task?.healthy } == [true])
        #expect(harness.update(id, .running, healthy: true).changed.isEmpty)
        #expect(harness.update(id, .running).changed.isEmpty)
        #expect(harness.update(id, .running, healthy: false).changed.map { $0.task?.healthy } == [false])
        #expect(harness.effects.acknowledged.count == 1)
    }

    @Test(arguments: [TaskStatus.State.running, .failed, .lost, .unreachable])
    func `an acknowledgement stands behind the change that it rests on`(state: TaskStatus.State) {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .staging)
        let effects = harness.update(makeInstance(spec, 1), state)
        let changed = effects.lastIndex { if case .changed = $0 { true } else { false } }
        let acknowledged = effects.firstIndex { if case .afterCommit(.acknowledge) = $0 { true } else { false } }
        #expect((changed ?? .max) < (acknowledged ?? -1), "\(effects)")
    }
}
