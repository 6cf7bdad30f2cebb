import Domain

extension TaskDescription.Check {
    /// A check that never kills, with its port resolved; `nil` where it names a port that there is not, which the manifest
    /// reader refuses.
    init?(_ check: TaskCheck, ports: ArraySlice<Int>) {
        guard let probe = Probe(check.probe, ports: ports) else { return nil }
        self.init(
            probe: probe,
            delay: check.delay,
            interval: check.interval,
            timeout: check.timeout,
            gracePeriod: .zero,
            consecutiveFailures: 0,
            ipv6: false
        )
    }

    /// The check with its port resolved; `nil` where it names a port that there is not, which the manifest reader
    /// refuses.
    /// - Parameter ports: the numbers on which the program listens, as it sees them itself.
    init?(_ check: HealthCheck, ports: ArraySlice<Int>) {
        guard let probe = Probe(check.probe, ports: ports) else { return nil }
        self.init(
            probe: probe,
            delay: check.delay,
            interval: check.interval,
            timeout: check.timeout,
            gracePeriod: check.gracePeriod,
            consecutiveFailures: check.maxConsecutiveFailures,
            ipv6: check.ipv6
        )
    }
}

extension TaskDescription.Check.Probe {
    fileprivate init?(_ probe: HealthCheck.Probe, ports: ArraySlice<Int>) {
        switch probe {
        case .http(let path, let port, let tls):
            guard let number = port.number(among: ports) else { return nil }
            self = .http(port: number, path: path, scheme: tls ? "https" : "http")
        case .tcp(let port):
            guard let number = port.number(among: ports) else { return nil }
            self = .tcp(port: number)
        case .command(let command): self = .command(command)
        case .program(let words): self = .program(words)
        }
    }
}

extension HealthCheck.CheckedPort {
    fileprivate func number(among ports: ArraySlice<Int>) -> Int? {
        switch self {
        case .index(let index): ports.dropFirst(index).first
        case .number(let number): number
        }
    }
}
