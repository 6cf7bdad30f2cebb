/// What an instance needs on its agent, whether it is an app's or a pod's.
extension AppSpec {
    /// What one instance takes; of a pod all its containers and their executor together.
    package var needs: Resources { pod?.resources ?? resources }

    /// The ports that one instance gets on its host; of a pod its containers' endpoints, container by container.
    package var ports: [PortDefinition] {
        guard let pod else { return portDefinitions }
        return pod.containers.flatMap(\.endpoints).map { endpoint in
            PortDefinition(
                port: endpoint.hostPort,
                transport: endpoint.transports.joined(separator: ","),
                name: endpoint.name,
                labels: endpoint.labels
            )
        }
    }

    /// For each of ``ports`` the number that it must have, or `nil` for any.
    package var boundPorts: [Int?] {
        let isBound = pod != nil || requirePorts
        return ports.map { isBound && $0.port != 0 ? $0.port : nil }
    }

    /// Whether Mesos checks the health of an instance, or of a part of it.
    package var isChecked: Bool {
        pod.map { $0.containers.contains { $0.healthCheck != nil } } ?? !healthChecks.isEmpty
    }
}
