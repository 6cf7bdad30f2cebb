import Domain

/// Reads `healthCheck` and `check` of a pod's container: each one of `http`, `tcp` and `exec`, run by Mesos on the agent.
struct ContainerCheckReader {
    let table: MappingReader
    /// The names of the container's endpoints, in their order.
    let endpoints: [String]

    /// The health check; `nil` where there is none or it cannot be read.
    func healthCheck() -> HealthCheck? {
        guard let reader = table[ContainersForm.healthCheck], let probe = probe(reader) else { return nil }
        return HealthCheck(
            probe: probe,
            gracePeriod: reader[HealthCheckForm.gracePeriodSeconds],
            interval: reader[CheckForm.intervalSeconds],
            timeout: reader[CheckForm.timeoutSeconds],
            delay: reader[CheckForm.delaySeconds],
            maxConsecutiveFailures: reader[HealthCheckForm.maxConsecutiveFailures]
        )
    }

    /// The other check; `nil` where there is none or it cannot be read.
    func check() -> TaskCheck? {
        guard let reader = table[ContainersForm.check], let probe = probe(reader) else { return nil }
        return TaskCheck(
            probe: withoutTLS(probe, reader),
            interval: reader[CheckForm.intervalSeconds],
            timeout: reader[CheckForm.timeoutSeconds],
            delay: reader[CheckForm.delaySeconds]
        )
    }

    /// Mesos's check that never kills speaks no TLS.
    private func withoutTLS(_ probe: HealthCheck.Probe, _ reader: MappingReader) -> HealthCheck.Probe {
        guard case .http(let path, let port, true) = probe else { return probe }
        reader.report(
            .withoutEffect,
            at: "http",
            "The scheme HTTPS of `\(reader.path)` has no effect: Mesos's checks speak no TLS, and Marathon drops it in silence",
            hint: "check a port without TLS, or by a command"
        )
        return .http(path: path, port: port, tls: false)
    }

    private func probe(_ reader: MappingReader) -> HealthCheck.Probe? {
        guard let kind = CheckKind(reader) else { return nil }
        switch kind {
        case .http:
            guard let http = reader[CheckForm.podHTTP], let port = port(http) else { return nil }
            let path = http[CheckForm.path]
            return .http(path: path.isEmpty ? "/" : path, port: port, tls: http[CheckForm.scheme] == "HTTPS")
        case .tcp:
            guard let tcp = reader[CheckForm.podTCP] else { return nil }
            return port(tcp).map(HealthCheck.Probe.tcp)
        case .exec: return kind.command(reader)
        }
    }

    private func port(_ reader: MappingReader) -> HealthCheck.CheckedPort? {
        guard let name = reader.requiredText("endpoint", hint: "name one of the container's endpoints") else {
            return nil
        }
        if let index = endpoints.firstIndex(of: name) { return .index(index) }
        let near = Spelling.nearest(to: name, among: endpoints)
        reader.report(
            .unknownPort,
            at: "endpoint",
            "The container has no endpoint `\(clipped(name))`",
            hint: near.map { "did you mean `\($0)`?" } ?? "add it to the container's `endpoints`"
        )
        return nil
    }
}
