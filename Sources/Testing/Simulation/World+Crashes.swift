import Boundary
import Scheduling
import SeededRandom

/// A place in a turn's way out at which a process can die: before and after each kind of effect.
package enum CrashPoint: String, CaseIterable, Hashable, Sendable {
    case beforeConnection = "before a connection is opened or closed"
    case afterConnection = "after a connection was opened or closed"
    case beforeFreeCall = "before a free call"
    case afterFreeCall = "after a free call"
    case beforeCommit = "before a commit is sent"
    case afterCommitSent = "while a commit is under way"
    case afterCommit = "after a commit is acknowledged"
    case beforeAccept = "before tasks are launched"
    case afterAccept = "after tasks were launched"
    case beforeKill = "before a task is killed"
    case afterKill = "after a task was killed"
    case beforeAcknowledge = "before an update is acknowledged"
    case afterAcknowledge = "after an update was acknowledged"
    case beforeReply = "before a person is answered"
    case afterReply = "after a person was answered"

    /// The places around a call that waited for its commit.
    static func around(_ call: ReleasedCall.Call) -> (before: CrashPoint, after: CrashPoint) {
        switch call {
        case .free: (.beforeFreeCall, .afterFreeCall)
        case .gated(.accept): (.beforeAccept, .afterAccept)
        case .gated(.kill): (.beforeKill, .afterKill)
        case .gated(.acknowledge): (.beforeAcknowledge, .afterAcknowledge)
        }
    }
}

extension World {
    /// Chance alone would kill a process mostly where it comes by most often. So each world plans some deaths: at the
    /// n-th passage of a place, each place as likely as any other.
    mutating func planCrashes() {
        for _ in 0..<6 {
            let point = random.pick(CrashPoint.allCases)
            plannedCrashes[point] = random.int(1...20)
        }
    }

    /// Whether a process lives through the next moment.
    mutating func survives(_ point: CrashPoint, _ process: Int, _ life: Int) -> Bool {
        guard processes[process].life == life else { return false }
        effects += 1
        passages[point, default: 0] += 1
        guard isDeadly(point) else { return true }
        crashes[point, default: 0] += 1
        note("CRASH \(point.rawValue)")
        crash(process)
        return false
    }

    private mutating func isDeadly(_ point: CrashPoint) -> Bool {
        if let effect = options.crashesOnlyAt { return effects == effect }
        guard isChaos else { return false }
        return plannedCrashes[point] == passages[point] || random.oneIn(options.crashOneIn)
    }
}
