import Domain

/// The ports of an app, or of a pod's container, as others find them. What is the same for every task is made once.
struct PortDiscovery: Sendable {
    /// The port label that Marathon adds says in which network a number holds.
    private static let scope = Label(key: "network-scope", value: "host")

    private let definitions: [PortDefinition]
    private let labels: [[Label]]

    init(_ definitions: [PortDefinition]) {
        self.definitions = definitions
        self.labels = definitions.map { definition in
            definition.labels.map { Label(key: $0.key, value: $0.value) } + [PortDiscovery.scope]
        }
    }

    /// A definition for `udp,tcp` is two discoverable ports with one number.
    func ports(_ numbers: ArraySlice<Int>) -> [TaskDescription.DiscoveredPort] {
        var discovered: [TaskDescription.DiscoveredPort] = []
        for (index, (definition, number)) in zip(definitions, numbers).enumerated() {
            for transport in definition.transport.split(separator: ",") {
                discovered.append(
                    TaskDescription.DiscoveredPort(
                        number: number,
                        name: definition.name,
                        transport: String(transport),
                        labels: labels[index]
                    )
                )
            }
        }
        return discovered
    }
}
