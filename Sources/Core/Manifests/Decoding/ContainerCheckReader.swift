import Domain

/// Reads a container's `healthCheck`: one of `http`, `tcp` and `exec`, run by Mesos on the agent.
struct ContainerCheckReader {
    let table: MappingReader
    /// The names of the container's endpoints, in their order.
    let endpoints: [String]

    private static let seconds: ClosedRange<Int64> = 0...2_147_483_647
    private static let kinds = ["http", "tcp", "exec"]

    /// The check; `nil` where there is none or it cannot be read.
    func check() -> HealthCheck? {
        guard let reader = table.mapping("healthCheck", keys: PodKeys.healthCheck) else { return nil }
        let kinds = ContainerCheckReader.kinds.filter(reader.has).sorted { left, right in
            let (first, second) = (reader.keyMark(of: left), reader.keyMark(of: right))
            return (first.line, first.column) < (second.line, second.column)
        }
        guard kinds.count < 2 else {
            let marks = kinds.map(reader.keyMark)
            let message = "`\(reader.path)` has `\(kinds[0])` at \(reader.log.words(for: marks[0])) and `\(kinds[1])`"
            reader.log.report(.conflictingKeys, at: marks[1], message, hint: "keep one of http, tcp and exec")
            return nil
        }
        guard let kind = kinds.first else {
            reader.reportMissing("http", hint: "give one of http, tcp and exec: `http: {endpoint: web, path: /}`")
            return nil
        }
        guard let probe = probe(kind, reader) else { return nil }
        func seconds(_ key: String, _ standard: Int64) -> Milliseconds {
            .seconds(reader.integer(key, in: ContainerCheckReader.seconds) ?? standard)
        }
        return HealthCheck(
            probe: probe,
            gracePeriod: seconds("gracePeriodSeconds", 300),
            interval: seconds("intervalSeconds", 60),
            timeout: seconds("timeoutSeconds", 20),
            delay: seconds("delaySeconds", 15),
            maxConsecutiveFailures: Int(reader.integer("maxConsecutiveFailures", in: 0...1_000_000) ?? 3)
        )
    }

    private func probe(_ kind: String, _ reader: MappingReader) -> HealthCheck.Probe? {
        switch kind {
        case "http":
            guard let http = reader.mapping("http", keys: PodKeys.http), let port = port(http) else { return nil }
            let path = http.text("path") ?? "/"
            let scheme = http.choice("scheme", among: ["HTTP", "HTTPS"])
            return .http(path: path.isEmpty ? "/" : path, port: port, tls: scheme == "HTTPS")
        case "tcp":
            guard let tcp = reader.mapping("tcp", keys: PodKeys.tcp) else { return nil }
            return port(tcp).map(HealthCheck.Probe.tcp)
        default:
            guard let exec = reader.mapping("exec", keys: PodKeys.checkCommand) else { return nil }
            switch PodContainerReader.command(exec, hint: "write `exec: {command: {shell: ./check.sh}}`") {
            case .shell(let line)?: return .command(line)
            case .argv(let words)?: return .program(words)
            case nil: return nil
            }
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
