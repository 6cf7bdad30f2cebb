import Domain
import Testing

@testable import Rollout

/// Every phase against every event: what phase follows, and what is ordered. No cell is left out: ``table``.
struct PhaseTableTests {
    /// The phases of a rollout, and where an app is without one: not there, as it shall be, on a pin, suspended.
    enum Phase: String, CaseIterable {
        case absent, settled, pinned, suspended, waiting, canary, rolling, paused, rollingBack, aborted, removing
    }

    enum Event: String, CaseIterable {
        // What git says.
        case create, replace, update, scaleUp, scaleDown, scaleToNone, remove, declared
        // What happens to instances. The last failure is that of a new task, the last that is allowed.
        case healthy, taskEnded, lastFailure, taskIsLate, instanceVanished, instanceTooMany, allGone
        // What happens to agents.
        case agentUnreachable, agentLost, agentGone, agentDrained, maintenance
        // What happens to others.
        case dependencyHealthy, turnIsFree, brakePulled, brakeReleased, deploymentBraked
        // What happens because time has passed.
        case tick, watchEnds, stall, pinEnds, suspensionEnds, pauseEnds
        // What the shell tells.
        case backoff, forget
        // What people order: the names of the verbs.
        case pause, resume, abort, rollback, retry, restart, promote, suspend
    }

    @Test(arguments: Phase.allCases, Event.allCases)
    func `every phase has an answer to every event`(phase: Phase, event: Event) throws {
        var cell = Cell(phase, event)
        let expected = try #require(PhaseTableTests.table[phase]?[event], "no cell for \(phase) × \(event)")
        #expect(cell.answer() == expected)
    }

    @Test func `the table knows every phase, every verb and every event of the machine`() {
        let phases = Set(Phase.allCases.map(\.rawValue))
        #expect(RolloutRecord.Phase.allCases.allSatisfy { phases.contains($0.rawValue) })
        // `scale` needs a number, and has a table of its own: ``ScaleTableTests``.
        let verbs = RolloutVerb.allCases.filter { $0 != .scale }
        #expect(verbs.allSatisfy { Event(rawValue: $0.rawValue) != nil })
        #expect(PhaseTableTests.table.count == Phase.allCases.count)
        #expect(PhaseTableTests.table.values.allSatisfy { $0.count == Event.allCases.count })
    }

    /// Where an event of the machine stands in the table: a new one does not compile before it has its place.
    static func column(of event: RolloutEvent) -> Event {
        switch event {
        case .deploy: .create
        case .instances: .healthy
        case .backoff: .backoff
        case .declared: .declared
        case .forget: .forget
        case .tick: .tick
        }
    }
}
