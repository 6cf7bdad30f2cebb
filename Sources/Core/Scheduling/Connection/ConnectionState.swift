package import Domain

/// The scheduler's connection to Mesos, as readiness and status show it.
package struct ConnectionState: Hashable, Sendable {
    /// Where the connection is.
    ///
    ///     disconnected ──opened──▶ connecting ──SUBSCRIBED──▶ subscribed
    ///        ▲                         │                          │
    ///        └── closed, silence, ERROR: again, after a delay ────┘
    ///        └── taken over, "removed", from everywhere ──▶ stopped
    ///
    /// A subscription is asked for on entering `disconnected`, with the delay in the effect: there is no state in which
    /// nobody is to act.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        /// There is no stream; one was asked for, except before the very first tick. Can go to `connecting` because the
        /// shell found a master, and back here because it did not, or not in time.
        case disconnected
        /// SUBSCRIBE was sent. Can go to `subscribed` because Mesos says so, and to `disconnected` because the stream
        /// ended, an ERROR came, or nothing did for too long.
        case connecting
        /// Offers and updates come. Can go to `disconnected` for the same reasons.
        case subscribed
        /// This process must not schedule any more. Final.
        case stopped
    }

    /// Where it is.
    package internal(set) var phase: Phase
    /// Since when it is there.
    package internal(set) var since: Instant
    /// When Mesos last said anything.
    package internal(set) var lastEvent: Instant?
    /// The framework's id, once there is one.
    package internal(set) var frameworkID: FrameworkID?
    /// Why the last subscription ended, in words for a reader.
    package internal(set) var lastFailure: String?
    /// Attempts in a row that brought no lasting subscription.
    package internal(set) var attempts: Int

    /// The reasons that were told since the last subscription: each attempt fails again, and mostly for the same one.
    var toldFailures: Set<String> = []

    /// How long Mesos lets pass between two heartbeats, by its own word.
    var heartbeat: Milliseconds = .seconds(15)
    /// Whether a subscription was asked for.
    var isAsked = false
    /// What the present subscription was asked for with.
    var asked = RoleWishes(roles: [])
    /// What the master that it was had with says of itself.
    var master = MasterFacts()
    /// When an attempt that is under way is given up.
    var giveUpAt: Instant?

    init(frameworkID: FrameworkID?, since: Instant) {
        self.phase = .disconnected
        self.since = since
        self.frameworkID = frameworkID
        self.attempts = 0
    }
}
