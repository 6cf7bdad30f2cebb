package import Domain

/// The connection to Mesos, for a reader.
package struct ConnectionState: Hashable, Sendable {
    /// Where it is.
    package enum Phase: String, Hashable, Sendable {
        /// There is none; the next try has its time.
        case disconnected
        /// A subscription is on its way.
        case connecting
        /// Events come.
        case subscribed
        /// This process must not schedule any more.
        case stopped
    }

    /// Where it is.
    package var phase: Phase
    /// Why, for a reader.
    package var reason: String
    /// Since when.
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
}
