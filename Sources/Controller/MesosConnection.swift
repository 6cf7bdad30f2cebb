package import Domain
package import Scheduling

/// The connection to Mesos, for a reader.
package struct MesosConnection: Hashable, Sendable {
    /// Where it is.
    package var phase: ConnectionState.Phase
    /// Why it is there, for a reader.
    package var reason: String
    /// Since when; `nil` while this process does not lead.
    package var since: Instant?
    /// When Mesos said something last.
    package var lastEvent: Instant?
    /// The framework's id.
    package var framework: FrameworkID?

    /// No connection, and none tried yet.
    package init() {
        self.phase = .disconnected
        self.reason = "not connected yet"
    }

    /// The scheduler's own words.
    init(_ state: ConnectionState) {
        self.phase = state.phase
        self.since = state.since
        self.lastEvent = state.lastEvent
        self.framework = state.frameworkID
        switch state.phase {
        case .subscribed: self.reason = "subscribed"
        case .connecting: self.reason = "subscribing" + (state.lastFailure.map { " after: \($0)" } ?? "")
        case .disconnected, .stopped: self.reason = state.lastFailure ?? "not connected yet"
        }
    }
}
