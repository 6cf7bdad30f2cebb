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

    /// An executor of the app's own, which runs the task with the task's command.
    package struct OwnExecutor: Hashable, Sendable {
        /// Its id, unique on its agent.
        package var id: String
        /// What it uses besides its task.
        package var resources: [MesosResource]

        /// An executor.
        package init(id: String, resources: [MesosResource]) {
            self.id = id
            self.resources = resources
        }
    }

    /// What runs.
    package enum Command: Hashable, Sendable {
        /// `/bin/sh -c` this.
        case shell(String)
        /// This program (the first) with all of these as its arguments.
        case program([String])
        /// What the image says, with these as its arguments.
        case image(arguments: [String])
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
    /// Variables that hold a secret, by the name that the agents' resolver knows; in order.
    package var secretEnvironment: [Label]
    /// Files for its sandbox.
    package var fetch: [FetchURI]
    /// Its labels.
    package var labels: [Label]
    /// Its discoverable ports.
    package var ports: [DiscoveredPort]
    /// Its health check.
    package var check: Check?
    /// What Mesos looks at besides, without killing for it: its grace period and its failures say nothing.
    package var sideCheck: Check?
    /// What it may use at the most.
    package var limits: ResourceLimits?
    /// What it runs in; `nil` where nothing needs to be said.
    package var container: ContainerDescription?
    /// What runs it; `nil` for Mesos's own executor.
    package var executor: OwnExecutor?
    /// From SIGTERM to SIGKILL, ms.
    package var killGracePeriod: Milliseconds?
    /// The name that DiscoveryInfo announces, which Mesos-DNS makes host names of.
    package var discoveryName: String

    /// A task; it is found by its own name where no other is given.
    package init(
        name: String,
        id: TaskID,
        agent: AgentID,
        resources: [MesosResource],
        command: Command,
        user: String?,
        environment: [Label],
        secretEnvironment: [Label] = [],
        fetch: [FetchURI],
        labels: [Label],
        ports: [DiscoveredPort],
        check: Check?,
        sideCheck: Check? = nil,
        limits: ResourceLimits? = nil,
        container: ContainerDescription? = nil,
        executor: OwnExecutor? = nil,
        killGracePeriod: Milliseconds?,
        discoveryName: String? = nil
    ) {
        self.name = name
        self.id = id
        self.agent = agent
        self.resources = resources
        self.command = command
        self.user = user
        self.environment = environment
        self.secretEnvironment = secretEnvironment
        self.fetch = fetch
        self.labels = labels
        self.ports = ports
        self.check = check
        self.sideCheck = sideCheck
        self.limits = limits
        self.container = container
        self.executor = executor
        self.killGracePeriod = killGracePeriod
        self.discoveryName = discoveryName ?? name
    }
}
