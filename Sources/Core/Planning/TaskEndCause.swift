package import Domain

/// Why a task that was wanted ended, from the state that Mesos gave.
package enum TaskEndCause: Hashable, Sendable {
    /// It ended by itself or could not run: the app's own business.
    case failed
    /// It was killed, and not by an order of ours: a failing check, or somebody outside.
    case killed
    /// Its agent was lost or marked gone.
    case agentLost
    /// An operator had its agent drained: Mesos killed it there.
    case agentDrained
    /// Mesos did not launch it.
    case refused

    /// The cause of an end.
    package init(_ end: TaskEnd) {
        guard end.reason != TaskEndCause.draining else {
            self = .agentDrained
            return
        }
        switch end.state {
        case "TASK_KILLED", "TASK_KILLING": self = .killed
        case "TASK_LOST", "TASK_GONE", "TASK_GONE_BY_OPERATOR", "TASK_UNREACHABLE", "TASK_UNKNOWN": self = .agentLost
        case "TASK_DROPPED": self = end.isLaunchFailure ? .failed : .refused
        default: self = .failed
        }
    }

    /// What Mesos gives as the reason of tasks that it kills because their agent is drained (mesos.md §3.10).
    private static let draining = "REASON_AGENT_DRAINING"

    /// The end as a clause for a reader: `task failed: TASK_FAILED on agent1, Command exited with status 1`.
    package static func text(of end: TaskEnd) -> String {
        let what =
            switch TaskEndCause(end) {
            case .failed where end.isLaunchFailure: "task could not be launched"
            case .failed: end.state == "TASK_FINISHED" ? "task ended by itself" : "task failed"
            case .killed: "task killed, not by Pacer"
            case .agentLost: end.state == "TASK_GONE_BY_OPERATOR" ? "agent marked gone by an operator" : "agent lost"
            case .agentDrained: "agent drained by an operator"
            case .refused: "task not launched"
            }
        let message = end.message.isEmpty ? (end.reason.map { ", \($0)" } ?? "") : ", \(end.message)"
        return "\(what): \(end.state) on \(end.host)\(message)"
    }
}
