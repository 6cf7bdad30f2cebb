package import OrderedCollections

/// What makes a spec a pod: containers that run side by side on one agent, as one task group (Marathon's pod definition).
///
/// The pod's id, its user, environment, secrets, networks and labels, and all about its instances stand in the ``AppSpec``
/// around it.
package struct PodSpec: Hashable, Sendable, Codable {
    /// The containers, sorted by name: their order in the definition means nothing.
    package private(set) var containers: [PodContainer]
    /// What the executor takes besides the containers.
    package var executorResources: Resources
    /// The names of the volumes that live as long as the task group, sorted (`volumes` without a `host`).
    package private(set) var volumes: [String]
    /// Folders of the host that its containers can mount: the volume's name to the path, sorted by name.
    package var hostVolumes: OrderedDictionary<String, String>?
    /// Secrets that its containers can mount as files: the volume's name to that of a declared secret, sorted by name.
    package var secretVolumes: OrderedDictionary<String, String>?
    /// What all of its containers see of Linux, where they do not say otherwise.
    package var linuxInfo: LinuxInfo?
    /// Whether all containers share the executor's control group, as before Mesos 1.11 (`legacySharedCgroups`).
    package var sharesCgroups: Bool?

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
    /// What runs; what its image says where absent.
    package var command: Command?
    /// Whether the first word of ``command`` takes the place of the image's entry point.
    package var overridesEntrypoint: Bool?
    /// Its file system; the agent's own where absent.
    package var image: ContainerImage?
    /// What it takes.
    package var resources: Resources
    /// What it may take at the most; what is set aside for it where absent.
    package var resourceLimits: ResourceLimits?
    /// Its ports.
    package var endpoints: [PodEndpoint]
    /// Its environment, sorted by name; wins over the pod's.
    package var environment: OrderedDictionary<String, String>
    /// Variables that hold a secret: variable to the name of one of the pod's secrets, sorted by variable.
    package var secretEnvironment: OrderedDictionary<String, String>?
    /// Its labels, sorted by key.
    package var labels: OrderedDictionary<String, String>
    /// The Unix user that it runs as; the pod's where absent.
    package var user: String?
    /// Files to fetch into its sandbox before the start.
    package var artifacts: [FetchURI]
    /// Its check; a port's index counts its own endpoints.
    package var healthCheck: HealthCheck?
    /// What Mesos looks at without consequences.
    package var check: TaskCheck?
    /// What it sees of Linux; what its pod says where absent.
    package var linuxInfo: LinuxInfo?
    /// Whether it gets a terminal; absent where not.
    package var tty: Bool?
    /// How long Mesos waits from SIGTERM to SIGKILL, in milliseconds; the agent's own default where absent.
    package var killGracePeriod: Milliseconds?
    /// Which of the pod's volumes it sees, and where.
    package var volumeMounts: [VolumeMount]

    /// A container with Marathon's defaults for everything that is not said.
    package init(
        name: String,
        command: Command?,
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

/// A port of a container (Marathon's `endpoints`).
package struct PodEndpoint: Hashable, Sendable, Codable {
    /// Its name, unique in the pod.
    package var name: String
    /// Its number in the pod's network; `nil` on that of the host.
    package var containerPort: Int?
    /// The port of the host that leads to it, 0 for any; `nil` where none does.
    package var hostPort: Int?
    /// `tcp`, `udp` or both.
    package var transports: [String]
    /// Labels that DiscoveryInfo carries (virtual addresses, load balancers).
    package var labels: OrderedDictionary<String, String>
    /// The networks that it belongs to; all of the pod's where absent.
    package var networkNames: [String]?

    /// An endpoint; `protocol` of the definition is `transports` here.
    package init(
        name: String,
        hostPort: Int? = 0,
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
    /// Its path in the container.
    package var mountPath: String
    /// Whether the container can only read it; absent where not.
    package var isReadOnly: Bool?

    /// A mount.
    package init(name: String, mountPath: String) {
        self.name = name
        self.mountPath = mountPath
    }
}
