/// What an instance needs on its agent, whether it is an app's or a pod's.
extension AppSpec {
    /// What one instance takes; of a pod all its containers and their executor together, and with an executor of the
    /// definition's own that one too.
    package var needs: Resources { pod?.resources ?? resources + (executorResources ?? .zero) }

    /// The ports of one instance, in the order that gives `PORT0`, `PORT1`, …; of a pod its containers' endpoints,
    /// container by container.
    package var ports: [InstancePort] {
        if let pod { return pod.containers.flatMap(\.endpoints).map(\.instancePort) }
        guard let portMappings else { return portDefinitions.map(\.instancePort) }
        return portMappings.map { mapping in
            InstancePort(
                name: mapping.name,
                transport: mapping.transport,
                labels: mapping.labels,
                containerPort: mapping.containerPort,
                hostPort: mapping.hostPort,
                networkNames: mapping.networkNames
            )
        }
    }

    /// For each of ``ports`` that has a port of the host, in their order: the number that it must have, or `nil` for any.
    package var boundPorts: [Int?] {
        let isBound = pod != nil || portMappings != nil || requirePorts
        return ports.compactMap(\.hostPort).map { isBound && $0 != 0 ? $0 : nil }
    }

    /// For each of ``ports`` its port of the host, or `nil` where it has none.
    /// - Parameter assigned: what an instance was given: one for each of ``boundPorts``.
    package func hostPorts(_ assigned: [Int]) -> [Int?] {
        var next = assigned.makeIterator()
        return ports.map { $0.hostPort == nil ? nil : next.next() }
    }

    /// Whether its instances have the network of their host.
    package var isOnHostNetwork: Bool { networks == nil }

    /// Whether Mesos checks the health of an instance or of a part of it, or whether it is ready.
    package var isChecked: Bool {
        pod.map { $0.containers.contains { $0.healthCheck != nil } } ?? (!healthChecks.isEmpty || readinessCheck != nil)
    }
}

extension PortDefinition {
    fileprivate var instancePort: InstancePort {
        InstancePort(name: name, transport: transport, labels: labels, containerPort: nil, hostPort: port)
    }
}

extension PodEndpoint {
    fileprivate var instancePort: InstancePort {
        InstancePort(
            name: name,
            transport: transports.joined(separator: ","),
            labels: labels,
            containerPort: containerPort,
            hostPort: hostPort,
            networkNames: networkNames ?? []
        )
    }
}
