/// A check that Mesos runs on the agent.
package struct HealthCheck: Hashable, Sendable, Codable {
    /// What is asked.
    package enum Probe: Hashable, Sendable, Codable {
        /// A request to the task's port; healthy on 200 to 399.
        case http(path: String, port: CheckedPort, tls: Bool)
        /// A connection to the task's port.
        case tcp(port: CheckedPort)
        /// A shell command that exits with 0.
        case command(String)
        /// A program and its arguments, run without a shell; exits with 0.
        case program([String])
    }

    /// Which port a check goes to.
    package enum CheckedPort: Hashable, Sendable, Codable {
        /// The n-th of the app's `portDefinitions`, or of the container's `endpoints`.
        case index(Int)
        /// A fixed number.
        case number(Int)
    }

    /// What is asked.
    package var probe: Probe
    /// From the start, how long failures do not count, in milliseconds.
    package var gracePeriod: Milliseconds
    /// From one check to the next, in milliseconds.
    package var interval: Milliseconds
    /// How long an answer may take, in milliseconds.
    package var timeout: Milliseconds
    /// From the launch to the first check, in milliseconds.
    package var delay: Milliseconds
    /// After how many failures in a row Mesos kills the task.
    package var maxConsecutiveFailures: Int
    /// Whether IPv6 is used.
    package var ipv6: Bool

    /// A number of failures that none will reach: what a check has that only tells how an instance is, and never kills it.
    package static let endlessFailures = 2_147_483_647

    /// Whether it only tells how an instance is (Marathon's `maxConsecutiveFailures: 0` of checks that its leader runs).
    package var neverKills: Bool { maxConsecutiveFailures == HealthCheck.endlessFailures }

    /// A check with Marathon's defaults.
    package init(
        probe: Probe,
        gracePeriod: Milliseconds = .seconds(300),
        interval: Milliseconds = .seconds(60),
        timeout: Milliseconds = .seconds(20),
        delay: Milliseconds = .seconds(15),
        maxConsecutiveFailures: Int = 3,
        ipv6: Bool = false
    ) {
        self.probe = probe
        self.gracePeriod = gracePeriod
        self.interval = interval
        self.timeout = timeout
        self.delay = delay
        self.maxConsecutiveFailures = maxConsecutiveFailures
        self.ipv6 = ipv6
    }
}
