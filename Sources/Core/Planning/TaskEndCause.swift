package import Domain

/// Why a task that was wanted ended, from the state that Mesos gave.
package enum TaskEndCause: Hashable, Sendable {
    /// It ended by itself or could not run: the app's own business.
    case failed
    /// It was killed, and not by an order of ours: a failing check, or somebody outside.
    case killed
    /// Its agent was lost, drained or marked gone.
    case agentLost
    /// Mesos did not launch it.
    case refused

    /// The cause of an end.
    package init(_ end: TaskEnd) {
        switch end.state {
        case "TASK_KILLED", "TASK_KILLING": self = .killed
        case "TASK_LOST", "TASK_GONE", "TASK_GONE_BY_OPERATOR", "TASK_UNREACHABLE", "TASK_UNKNOWN": self = .agentLost
        case "TASK_DROPPED": self = .refused
        default: self = .failed
        }
    }

    /// The end as a clause for a reader: `task failed: TASK_FAILED on agent1, Command exited with status 1`.
    package static func text(of end: TaskEnd) -> String {
        let what =
            switch TaskEndCause(end) {
            case .failed: end.state == "TASK_FINISHED" ? "task ended by itself" : "task failed"
            case .killed: "task killed, not by Pacer"
            case .agentLost: "agent lost"
            case .refused: "task not launched"
            }
        let message = end.message.isEmpty ? (end.reason.map { ", \($0)" } ?? "") : ", \(end.message)"
        return "\(what): \(end.state) on \(end.host)\(message)"
    }
}
