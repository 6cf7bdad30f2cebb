package import Domain
package import OrderedCollections

/// What a task, or the executor of a task group, runs in (Mesos's ContainerInfo), with its ports and secrets resolved.
package struct ContainerDescription: Hashable, Sendable {
    /// How the Docker daemon connects a container.
    package enum DockerNetwork: String, Hashable, Sendable {
        /// It shares its host's network.
        case host = "HOST"
        /// It is behind the daemon's bridge.
        case bridge = "BRIDGE"
        /// It joins a network that the operator set up.
        case user = "USER"
    }

    /// A port of the host that leads to one of the container.
    package struct MappedPort: Hashable, Sendable {
        /// The host's.
        package var host: Int
        /// The container's.
        package var container: Int
        /// `tcp` or `udp`.
        package var transport: String

        /// A pair of ports.
        package init(host: Int, container: Int, transport: String) {
            self.host = host
            self.container = container
            self.transport = transport
        }
    }

    /// A network that is joined (Mesos's NetworkInfo).
    package struct JoinedNetwork: Hashable, Sendable {
        /// Its name, as the agents know it.
        package var name: String
        /// Labels for its plugin.
        package var labels: [Label]
        /// The ports that lead into it.
        package var ports: [MappedPort]

        /// A network.
        package init(name: String, labels: [Label] = [], ports: [MappedPort] = []) {
            self.name = name
            self.labels = labels
            self.ports = ports
        }
    }

    /// A volume (Mesos's Volume).
    package struct Volume: Hashable, Sendable {
        /// Where its content comes from.
        package enum Source: Hashable, Sendable {
            /// A path on the host.
            case host(path: String)
            /// A secret, by the name that the agents' resolver knows.
            case secret(source: String)
            /// A Docker volume driver's volume, with the driver's own options.
            case driver(name: String, driver: String, options: OrderedDictionary<String, String>)
            /// A CSI plugin's volume; its secrets are named as the agents' resolver knows them.
            case csi(CSIVolume)
            /// A folder of the sandbox of the executor around the task.
            case parentSandbox(path: String)
        }

        /// Where the task finds it.
        package var path: String
        /// Whether the task can only read it.
        package var isReadOnly: Bool
        /// Where its content comes from.
        package var source: Source

        /// A volume.
        package init(path: String, isReadOnly: Bool = false, source: Source) {
            self.path = path
            self.isReadOnly = isReadOnly
            self.source = source
        }
    }

    /// Who runs it.
    package var engine: AppContainer.Engine
    /// Its file system; its ``ContainerImage/pullSecret`` is named as the agents' resolver knows it.
    package var image: ContainerImage?
    /// How the Docker daemon connects it; `nil` for the other engine.
    package var dockerNetwork: DockerNetwork?
    /// Ports that the Docker daemon maps; those of the other engine belong to its networks.
    package var dockerPorts: [MappedPort]
    /// The networks that it joins.
    package var networks: [JoinedNetwork]
    /// Its volumes.
    package var volumes: [Volume]
    /// What it sees of Linux.
    package var linuxInfo: LinuxInfo?
    /// Whether it shares the control group of the container around it; Mesos's default, which it does, where absent.
    package var sharesCgroups: Bool?
    /// Whether it gets a terminal.
    package var tty: Bool

    /// A container.
    package init(
        engine: AppContainer.Engine,
        image: ContainerImage? = nil,
        dockerNetwork: DockerNetwork? = nil,
        dockerPorts: [MappedPort] = [],
        networks: [JoinedNetwork] = [],
        volumes: [Volume] = [],
        linuxInfo: LinuxInfo? = nil,
        sharesCgroups: Bool? = nil,
        tty: Bool = false
    ) {
        self.engine = engine
        self.image = image
        self.dockerNetwork = dockerNetwork
        self.dockerPorts = dockerPorts
        self.networks = networks
        self.volumes = volumes
        self.linuxInfo = linuxInfo
        self.sharesCgroups = sharesCgroups
        self.tty = tty
    }

    /// Whether it says no more than that Mesos runs the task.
    var saysNothing: Bool { self == ContainerDescription(engine: .mesos) }
}
