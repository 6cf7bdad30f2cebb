package import Domain

/// A task as it is handed to Mesos (TaskInfo with a command), by itself or as one of a task group.
package struct TaskDescription: Hashable, Sendable {
    /// A port that others can find (DiscoveryInfo).
    package struct DiscoveredPort: Hashable, Sendable {
        /// The number.
        package var number: Int
        /// Its name.
        package var name: String?
        /// `tcp` or `udp`.
        package var transport: String
        /// Its labels.
        package var labels: [Label]

        /// A port.
        package init(number: Int, name: String?, transport: String, labels: [Label]) {
            self.number = number
            self.name = name
            self.transport = transport
            self.labels = labels
        }
    }

    /// A check with its port resolved.
    package struct Check: Hashable, Sendable {
        /// What is asked.
        package enum Probe: Hashable, Sendable {
            /// An HTTP request; `scheme` is `http` or `https`.
            case http(port: Int, path: String, scheme: String)
            /// A connection.
            case tcp(port: Int)
            /// A shell command.
            case command(String)
            /// This program (the first) with all of these as its arguments.
            case program([String])
        }

        /// What is asked.
        package var probe: Probe
        /// Until the first check, ms.
        package var delay: Milliseconds
        /// Between checks, ms.
        package var interval: Milliseconds
        /// For an answer, ms.
        package var timeout: Milliseconds
        /// While failures do not count, ms.
        package var gracePeriod: Milliseconds
        /// Failures in a row until the task is killed.
        package var consecutiveFailures: Int
        /// Whether IPv6 is used.
        package var ipv6: Bool

        /// A check.
        package init(
            probe: Probe,
            delay: Milliseconds,
            interval: Milliseconds,
            timeout: Milliseconds,
            gracePeriod: Milliseconds,
            consecutiveFailures: Int,
            ipv6: Bool
        ) {
            self.probe = probe
            self.delay = delay
            self.interval = interval
            self.timeout = timeout
            self.gracePeriod = gracePeriod
            self.consecutiveFailures = consecutiveFailures
            self.ipv6 = ipv6
        }
    }

    /// A folder of the executor's sandbox that the tasks of a group share.
    package struct SharedVolume: Hashable, Sendable {
        /// Its path in the task's own sandbox.
        package var path: String
        /// Its path in the executor's sandbox.
        package var source: String

        /// A volume.
        package init(path: String, source: String) {
            self.path = path
            self.source = source
        }
    }

    /// What runs.
    package enum Command: Hashable, Sendable {
        /// `/bin/sh -c` this.
        case shell(String)
        /// This program (the first) with all of these as its arguments.
        case program([String])
    }

    /// The task's name.
    package var name: String
    /// Its id.
    package var id: TaskID
    /// Where it runs.
    package var agent: AgentID
    /// What it uses, cut out of the offers.
    package var resources: [MesosResource]
    /// What runs.
    package var command: Command
    /// As whom.
    package var user: String?
    /// Its environment, in order.
    package var environment: [Label]
    /// Files for its sandbox.
    package var fetch: [FetchURI]
    /// Its labels.
    package var labels: [Label]
    /// Its discoverable ports.
    package var ports: [DiscoveredPort]
    /// Its health check.
    package var check: Check?
    /// From SIGTERM to SIGKILL, ms.
    package var killGracePeriod: Milliseconds?
    /// The name that DiscoveryInfo announces, which Mesos-DNS makes host names of.
    package var discoveryName: String
    /// What it shares with the other tasks of its group.
    package var volumes: [SharedVolume]

    /// A task; it is found by its own name where no other is given.
    package init(
        name: String,
        id: TaskID,
        agent: AgentID,
        resources: [MesosResource],
        command: Command,
        user: String?,
        environment: [Label],
        fetch: [FetchURI],
        labels: [Label],
        ports: [DiscoveredPort],
        check: Check?,
        killGracePeriod: Milliseconds?,
        discoveryName: String? = nil,
        volumes: [SharedVolume] = []
    ) {
        self.name = name
        self.id = id
        self.agent = agent
        self.resources = resources
        self.command = command
        self.user = user
        self.environment = environment
        self.fetch = fetch
        self.labels = labels
        self.ports = ports
        self.check = check
        self.killGracePeriod = killGracePeriod
        self.discoveryName = discoveryName ?? name
        self.volumes = volumes
    }
}
