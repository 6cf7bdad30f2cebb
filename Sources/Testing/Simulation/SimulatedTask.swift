package import Domain
package import Scheduling

/// A task in the simulated cluster: what the agent knows of it, and the updates that wait to be acknowledged.
package struct SimulatedTask: Sendable {
    /// What was launched.
    package let description: TaskDescription
    /// The instance that the store had recorded for it when the launch arrived; `nil` for one from an older life of the
    /// framework, which no record knows.
    package let instance: InstanceID?
    /// The executor that it shares with the other tasks of its group.
    package var executor: String?
    /// Its true state.
    package var state: TaskStatus.State = .staging
    /// Its true health.
    package var healthy: Bool?
    /// Whether the agent has it; the master may know of a task whose launch is still on the way.
    package var isOnAgent = false
    /// Whether its agent was ever cut off while it ran: then a second task may have been started for its instance.
    package var wasCutOff = false
    /// Why its agent ends it, where it does: a reason's name.
    package var endReason: String?
    /// Updates that wait, oldest first; only the first is sent.
    package var updates: [TaskStatus] = []
    /// The state that the master forwarded last.
    package var forwarded: TaskStatus.State = .staging
    /// How often the first update was sent.
    package var sent = 0

    /// Whether it is over.
    package var isOver: Bool { state.isOver }
}

extension TaskStatus.State {
    /// Whether nothing comes after it.
    var isOver: Bool {
        switch self {
        case .finished, .failed, .killed, .error, .dropped, .gone, .goneByOperator, .lost: true
        case .staging, .starting, .running, .killing, .unreachable, .unknown: false
        }
    }
}
