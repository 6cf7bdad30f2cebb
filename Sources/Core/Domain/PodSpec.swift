package import OrderedCollections

/// What makes a spec a pod: containers that run side by side on one agent, as one task group (Marathon's pod definition).
///
/// The pod's id, its user, environment and labels, and all about its instances stand in the ``AppSpec`` around it. Its
/// network is that of the host.
package struct PodSpec: Hashable, Sendable, Codable {
    /// The containers, sorted by name: their order in the definition means nothing.
    package private(set) var containers: [PodContainer]
    /// What the executor takes besides the containers.
    package var executorResources: Resources
    /// The names of the volumes that live as long as the task group, sorted (`volumes` without a `host`).
    package private(set) var volumes: [String]

    /// Marathon's default for `executorResources`.
    package static let standardExecutorResources = Resources(cpus: 100, mem: 32_000, disk: 10_000)

    /// A pod.
    package init(
        containers: [PodContainer],
        executorResources: Resources = PodSpec.standardExecutorResources,
        volumes: [String] = []
    ) {
        self.containers = containers.sorted { $0.name < $1.name }
        self.executorResources = executorResources
        self.volumes = volumes.sorted()
    }

    /// What one instance takes on its agent.
    package var resources: Resources { containers.reduce(executorResources) { $0 + $1.resources } }
}

/// One container of a pod: a task of its group.
package struct PodContainer: Hashable, Sendable, Codable {
    /// What runs.
    package enum Command: Hashable, Sendable, Codable {
        /// `/bin/sh -c` this.
        case shell(String)
        /// A program and its arguments, without a shell.
        case argv([String])
    }

    /// Its name, unique in the pod.
    package var name: String
    /// What runs.
    package var command: Command
    /// What it takes.
    package var resources: Resources
    /// Its ports on the host.
    package var endpoints: [PodEndpoint]
    /// Its environment, sorted by name; wins over the pod's.
    package var environment: OrderedDictionary<String, String>
    /// Its labels, sorted by key.
    package var labels: OrderedDictionary<String, String>
    /// The Unix user that it runs as; the pod's where absent.
    package var user: String?
    /// Files to fetch into its sandbox before the start.
    package var artifacts: [FetchURI]
    /// Its check; a port's index counts its own endpoints.
    package var healthCheck: HealthCheck?
    /// How long Mesos waits from SIGTERM to SIGKILL, in milliseconds; the agent's own default where absent.
    package var killGracePeriod: Milliseconds?
    /// Which of the pod's volumes it sees, and where.
    package var volumeMounts: [VolumeMount]

    /// A container with Marathon's defaults for everything that is not said.
    package init(
        name: String,
        command: Command,
        resources: Resources,
        endpoints: [PodEndpoint] = [],
        environment: OrderedDictionary<String, String> = [:],
        labels: OrderedDictionary<String, String> = [:],
        user: String? = nil,
        artifacts: [FetchURI] = [],
        healthCheck: HealthCheck? = nil,
        killGracePeriod: Milliseconds? = nil,
        volumeMounts: [VolumeMount] = []
    ) {
        self.name = name
        self.command = command
        self.resources = resources
        self.endpoints = endpoints
        self.environment = environment
        self.labels = labels
        self.user = user
        self.artifacts = artifacts
        self.healthCheck = healthCheck
        self.killGracePeriod = killGracePeriod
        self.volumeMounts = volumeMounts
    }
}

/// A port of a container, on the host (Marathon's `endpoints` in the network mode `host`).
package struct PodEndpoint: Hashable, Sendable, Codable {
    /// Its name, unique in the pod.
    package var name: String
    /// The number that it must have; 0 for any.
    package var hostPort: Int
    /// `tcp`, `udp` or both.
    package var transports: [String]
    /// Labels that DiscoveryInfo carries (virtual addresses, load balancers).
    package var labels: OrderedDictionary<String, String>

    /// An endpoint; `protocol` of the definition is `transports` here.
    package init(
        name: String,
        hostPort: Int = 0,
        transports: [String] = ["tcp"],
        labels: OrderedDictionary<String, String> = [:]
    ) {
        self.name = name
        self.hostPort = hostPort
        self.transports = transports
        self.labels = labels
    }
}

/// Where a container sees one of its pod's volumes.
package struct VolumeMount: Hashable, Sendable, Codable {
    /// The volume's name.
    package var name: String
    /// Its path in the container's sandbox.
    package var mountPath: String

    /// A mount.
    package init(name: String, mountPath: String) {
        self.name = name
        self.mountPath = mountPath
    }
}
