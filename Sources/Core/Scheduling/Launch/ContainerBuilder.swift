import Domain
import OrderedCollections

/// Describes to Mesos what an app's tasks run in, as Marathon does (its `ContainerSerializer`, 1.11). What is the same for
/// every task is made once.
struct ContainerBuilder: Sendable {
    private let app: AppSpec
    private let constant: ContainerDescription?
    private let ports: [InstancePort]
    private let bridgeName: String

    init(_ app: AppSpec, bridgeName: String) {
        self.app = app
        self.bridgeName = bridgeName
        self.ports = app.ports
        let secrets = app.secrets ?? [:]
        let container = app.container ?? AppContainer(engine: .mesos)
        var description = ContainerDescription(engine: container.engine)
        description.image = container.image.map { $0.resolving(secrets) }
        description.volumes = container.volumes.map { ContainerDescription.Volume($0, secrets: secrets) }
        description.linuxInfo = container.linuxInfo
        description.tty = app.tty == true
        if container.engine == .docker { description.dockerNetwork = ContainerBuilder.dockerNetwork(of: app) }
        let needed = app.container != nil || app.networks != nil || app.tty == true
        self.constant = needed ? description : nil
    }

    /// The container of one task; `nil` where nothing needs to be said.
    func container(of task: TaskID, _ numbers: InstancePorts) -> ContainerDescription? {
        guard var container = constant else { return nil }
        let networks = app.networks ?? []
        guard container.engine == .docker else {
            container.networks = networks.map { network in
                joined(network, ports: mapped(numbers, in: network))
            }
            return container
        }
        container.image?.parameters.append(DockerParameter(key: "label", value: "MESOS_TASK_ID=\(task)"))
        container.dockerPorts = networks.first.map { mapped(numbers, in: $0) } ?? []
        container.networks = networks.filter { $0.mode == .container }.map { joined($0, ports: []) }
        return container
    }

    private func joined(
        _ network: Network,
        ports: [ContainerDescription.MappedPort]
    ) -> ContainerDescription.JoinedNetwork {
        ContainerDescription.JoinedNetwork(network, bridgeName: bridgeName, ports: ports)
    }

    private func mapped(_ numbers: InstancePorts, in network: Network) -> [ContainerDescription.MappedPort] {
        ContainerDescription.MappedPort.all(of: ports, numbers, in: network)
    }

    private static func dockerNetwork(of app: AppSpec) -> ContainerDescription.DockerNetwork {
        switch app.networks?.first?.mode {
        case .bridge?: .bridge
        case .container?: .user
        case nil: .host
        }
    }
}

extension ContainerDescription.JoinedNetwork {
    /// A network under the name that the agents know it by.
    init(_ network: Network, bridgeName: String, ports: [ContainerDescription.MappedPort]) {
        self.init(
            name: network.name ?? bridgeName,
            labels: network.labels.map { Label(key: $0.key, value: $0.value) },
            ports: ports
        )
    }
}

extension ContainerDescription.MappedPort {
    /// The ports of the host that lead into a network, one for each transport.
    static func all(of ports: [InstancePort], _ numbers: InstancePorts, in network: Network) -> [Self] {
        ports.indices.flatMap { index -> [Self] in
            let port = ports[index]
            let isIn = port.networkNames.isEmpty || network.name.map(port.networkNames.contains) ?? true
            guard let host = numbers.hosts[index], isIn else { return [] }
            return port.transport.split(separator: ",").map { transport in
                Self(host: host, container: numbers.listening[index], transport: String(transport))
            }
        }
    }
}

extension ContainerDescription.Volume {
    /// A volume with its secrets named as the agents' resolver knows them.
    init(_ volume: ContainerVolume, secrets: OrderedDictionary<String, String>) {
        func source(of name: String) -> String { secrets[name] ?? name }
        let content: Source
        switch volume.source {
        case .host(let path): content = .host(path: path)
        case .secret(let name): content = .secret(source: source(of: name))
        case .driver(let driver):
            // The driver's options are told without their namespace; the size is one of them (Marathon's DVDI provider).
            var options: OrderedDictionary<String, String> = [:]
            if let size = driver.size { options["size"] = String(size) }
            for (key, value) in driver.options {
                options[key.split(separator: "/", maxSplits: 1).last.map(String.init) ?? key] = value
            }
            content = .driver(name: driver.name, driver: driver.driver, options: options)
        case .csi(var csi):
            csi.nodeStageSecrets = csi.nodeStageSecrets.mapValues(source)
            csi.nodePublishSecrets = csi.nodePublishSecrets.mapValues(source)
            content = .csi(csi)
        }
        self.init(path: volume.containerPath, isReadOnly: volume.isReadOnly, source: content)
    }
}

extension ContainerImage {
    /// The image with its secret named as the agents' resolver knows it.
    func resolving(_ secrets: OrderedDictionary<String, String>) -> ContainerImage {
        var image = self
        image.pullSecret = pullSecret.map { secrets[$0] ?? $0 }
        return image
    }
}
