package import OrderedCollections

/// A network that an instance joins instead of its host's own.
package struct Network: Hashable, Sendable, Codable {
    /// What kind of network.
    package enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
        /// One that the operator has set up on the agents; each instance has an address in it.
        case container
        /// The agent's own bridge: ports of the host lead to ports of the container.
        case bridge = "container/bridge"
    }

    /// What kind.
    package var mode: Mode
    /// Its name; set exactly for ``Mode/container``.
    package var name: String?
    /// Labels for the network's plugin, sorted by key.
    package var labels: OrderedDictionary<String, String>

    /// A network.
    package init(mode: Mode, name: String? = nil, labels: OrderedDictionary<String, String> = [:]) {
        self.mode = mode
        self.name = name
        self.labels = labels
    }

    var fieldValue: FieldValue {
        .object(["mode": .text(mode.rawValue), "name": FieldValue(name), "labels": FieldValue(labels)])
    }
}

/// A port of a container in a network of its own (an entry of `container.portMappings`).
package struct PortMapping: Hashable, Sendable, Codable {
    /// Its number in the container; 0 for the number of the host port that leads to it.
    package var containerPort: Int
    /// The port of the host that leads to it, 0 for any; `nil` where none does.
    package var hostPort: Int?
    /// The number under which load balancers announce it; 0 for none that is wanted. Pacer only passes it on.
    package var servicePort: Int
    /// `tcp`, `udp` or `udp,tcp`.
    package var transport: String
    /// The port's name, unique within the app.
    package var name: String?
    /// Labels that DiscoveryInfo carries, sorted by key.
    package var labels: OrderedDictionary<String, String>
    /// The networks that it belongs to; all of them where empty.
    package var networkNames: [String]

    /// A mapping with Marathon's defaults.
    package init(
        containerPort: Int = 0,
        hostPort: Int? = nil,
        servicePort: Int = 0,
        transport: String = "tcp",
        name: String? = nil,
        labels: OrderedDictionary<String, String> = [:],
        networkNames: [String] = []
    ) {
        self.containerPort = containerPort
        self.hostPort = hostPort
        self.servicePort = servicePort
        self.transport = transport
        self.name = name
        self.labels = labels
        self.networkNames = networkNames
    }

    /// All that a task is told of it: everything but the service port.
    var fieldValue: FieldValue {
        .object([
            "containerPort": .integer(Int64(containerPort)),
            "hostPort": hostPort.map { .integer(Int64($0)) } ?? .null,
            "protocol": .text(transport), "name": FieldValue(name), "labels": FieldValue(labels),
            "networkNames": .list(networkNames.map(FieldValue.text)),
        ])
    }
}

/// A port of an instance, whatever it is called in the definition: an app's port definition or mapping, a pod's endpoint.
package struct InstancePort: Hashable, Sendable {
    /// Its name, where it has one.
    package var name: String?
    /// `tcp`, `udp` or `udp,tcp`.
    package var transport: String
    /// Labels that DiscoveryInfo carries.
    package var labels: OrderedDictionary<String, String>
    /// Its number in the container, 0 for that of its host port; `nil` in the network of the host.
    package var containerPort: Int?
    /// The port of the host that leads to it, 0 for any; `nil` where none does.
    package var hostPort: Int?
    /// The networks that it belongs to; all of the instance's where empty.
    package var networkNames: [String]

    /// A port.
    package init(
        name: String?,
        transport: String,
        labels: OrderedDictionary<String, String>,
        containerPort: Int?,
        hostPort: Int?,
        networkNames: [String] = []
    ) {
        self.name = name
        self.transport = transport
        self.labels = labels
        self.containerPort = containerPort
        self.hostPort = hostPort
        self.networkNames = networkNames
    }

    /// The number on which the program in the instance listens; 0 where nobody has given it one.
    /// - Parameter host: the port of the host that leads to it.
    package func listening(behind host: Int?) -> Int {
        if let containerPort, containerPort != 0 { containerPort } else { host ?? 0 }
    }
}
