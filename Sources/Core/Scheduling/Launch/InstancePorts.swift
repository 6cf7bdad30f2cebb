import Domain

/// The numbers of one instance's ports, as its host and as its program see them.
struct InstancePorts: Hashable, Sendable {
    /// For each port of the definition its port of the host; `nil` where none leads to it.
    let hosts: [Int?]
    /// For each port of the definition the number on which the program listens.
    let listening: [Int]

    /// - Parameter assigned: the ports of the host, one for each that is asked for.
    init(_ app: AppSpec, assigned: [Int]) {
        let ports = app.ports
        let hosts = app.hostPorts(assigned)
        var taken = Set(ports.compactMap(\.containerPort) + hosts.compactMap { $0 })
        var next = 1025
        self.hosts = hosts
        // A port that nobody gave a number gets one that is free in the container; Marathon draws lots.
        self.listening = zip(ports, hosts).map { port, host in
            let number = port.listening(behind: host)
            guard number == 0 else { return number }
            while taken.contains(next) { next += 1 }
            taken.insert(next)
            return next
        }
    }

    /// Whether a port's number was made up.
    func isMadeUp(_ index: Int, of port: InstancePort) -> Bool { hosts[index] == nil && port.containerPort == 0 }
}
