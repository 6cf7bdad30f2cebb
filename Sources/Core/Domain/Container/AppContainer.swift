package import OrderedCollections

/// What a task runs in (Marathon's `container`), beyond what every task has anyway. Persistent volumes and port mappings
/// stand in the ``AppSpec`` itself, since placement works with them.
package struct AppContainer: Hashable, Sendable, Codable {
    /// Who runs it.
    package enum Engine: String, Hashable, Sendable, Codable, CaseIterable {
        /// Mesos itself (UCR), with or without an image.
        case mesos = "MESOS"
        /// The Docker daemon; needs an image.
        case docker = "DOCKER"
    }

    /// Who runs it.
    package var engine: Engine
    /// Its file system; the agent's own where absent.
    package var image: ContainerImage?
    /// Its volumes that are not persistent, in the definition's order.
    package var volumes: [ContainerVolume]
    /// What it sees of Linux; only for ``Engine/mesos``.
    package var linuxInfo: LinuxInfo?

    /// A container.
    package init(
        engine: Engine,
        image: ContainerImage? = nil,
        volumes: [ContainerVolume] = [],
        linuxInfo: LinuxInfo? = nil
    ) {
        self.engine = engine
        self.image = image
        self.volumes = volumes
        self.linuxInfo = linuxInfo
    }

    /// Whether it says no more than that Mesos runs the task, which it does without a container too.
    package var saysNothing: Bool { self == AppContainer(engine: .mesos) }
}

/// A Docker image, and how it is pulled and started.
package struct ContainerImage: Hashable, Sendable, Codable {
    /// Its name, as `docker pull` takes it.
    package var name: String
    /// Whether it is pulled before each start, whatever the agent has of it.
    package var forcePull: Bool
    /// The name of the secret that holds the registry's credentials (a Docker configuration); only for Mesos's own engine.
    package var pullSecret: String?
    /// Whether the Docker daemon gives it all of the host's rights.
    package var privileged: Bool
    /// Further options of `docker run`, in order; keys may repeat.
    package var parameters: [DockerParameter]
    /// Labels of a pod's image, sorted by key.
    package var labels: OrderedDictionary<String, String>?

    /// An image with Marathon's defaults.
    package init(
        name: String,
        forcePull: Bool = false,
        pullSecret: String? = nil,
        privileged: Bool = false,
        parameters: [DockerParameter] = []
    ) {
        self.name = name
        self.forcePull = forcePull
        self.pullSecret = pullSecret
        self.privileged = privileged
        self.parameters = parameters
    }
}

/// One option of `docker run`: `--key value`.
package struct DockerParameter: Hashable, Sendable, Codable {
    /// The option's name without its hyphens.
    package var key: String
    /// Its value.
    package var value: String

    /// An option.
    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}
