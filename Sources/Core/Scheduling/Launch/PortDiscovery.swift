import Domain

/// The ports of an app, or of a pod's container, as others find them. What is the same for every task is made once.
struct PortDiscovery: Sendable {
    /// What one port of the definition is announced as.
    private struct Announcement: Sendable {
        var port: InstancePort
        /// Whether the number is that of the host.
        var isHosts: Bool
        /// The labels of each entry: one for the host, or one for each network.
        var labels: [[Label]]
    }

    private let announcements: [Announcement]

    /// - Parameters:
    ///   - networks: those that the instance joins; `nil` for that of the host.
    ///   - prefersHost: whether a port of the host that leads into a container is announced in its stead (Marathon's apps
    ///     do, as that way is the faster one; its pods do not).
    init(_ ports: [InstancePort], networks: [Network]?, prefersHost: Bool) {
        announcements = ports.map { port in
            let isHosts = port.hostPort != nil && (networks == nil || prefersHost)
            let own = port.labels.map { Label(key: $0.key, value: $0.value) }
            let scope = Label(key: "network-scope", value: isHosts ? "host" : "container")
            guard !isHosts else { return Announcement(port: port, isHosts: true, labels: [own + [scope]]) }
            let all = (networks ?? []).compactMap(\.name)
            let names = port.networkNames.isEmpty ? all : port.networkNames
            let named = names.map { own + [scope, Label(key: "network-name", value: $0)] }
            return Announcement(port: port, isHosts: false, labels: named.isEmpty ? [own + [scope]] : named)
        }
    }

    /// A port for `udp,tcp` is two discoverable ports with one number.
    /// - Parameters:
    ///   - hosts: for each port its port of the host.
    ///   - listening: for each port the number on which the program listens.
    func ports(hosts: ArraySlice<Int?>, listening: ArraySlice<Int>) -> [TaskDescription.DiscoveredPort] {
        var discovered: [TaskDescription.DiscoveredPort] = []
        for (announcement, (host, inner)) in zip(announcements, zip(hosts, listening)) {
            let number = announcement.isHosts ? host ?? inner : inner
            for labels in announcement.labels {
                for transport in announcement.port.transport.split(separator: ",") {
                    discovered.append(
                        TaskDescription.DiscoveredPort(
                            number: number,
                            name: announcement.port.name,
                            transport: String(transport),
                            labels: labels
                        )
                    )
                }
            }
        }
        return discovered
    }
}
