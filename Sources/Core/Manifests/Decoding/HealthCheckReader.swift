import Domain

/// Reads `healthChecks`. All checks run on the agent; Marathon's own kinds become their Mesos forms, with a warning.
struct HealthCheckReader {
    let table: MappingReader
    /// How many ports the app has.
    let ports: Int

    private static let seconds: ClosedRange<Int64> = 0...2_147_483_647

    /// The app's checks; more than one is told (Mesos runs one for a task).
    func checks() -> [HealthCheck] {
        var checks: [HealthCheck] = []
        for item in table.items("healthChecks") ?? [] {
            guard let reader = MappingReader(item.node, path: item.path, keys: AppKeys.healthCheck, log: table.log)
            else { continue }
            guard let check = check(reader) else { continue }
            checks.append(check)
            if checks.count > 1 {
                table.log.report(
                    .tooManyChecks,
                    at: item.node.mark,
                    "`\(item.path)` is one check too many: Mesos runs one for a task",
                    hint: "keep one, or join them in one COMMAND check"
                )
            }
        }
        return checks
    }

    private func check(_ reader: MappingReader) -> HealthCheck? {
        guard let probe = probe(reader) else { return nil }
        if let family = reader.choice("ipProtocol", among: ["IPv4", "IPv6"]), family == "IPv6" {
            let message = "`\(reader.path(of: "ipProtocol"))` IPv6 needs a container, which Pacer does not support yet"
            reader.report(.notSupported, at: "ipProtocol", message, hint: "use IPv4")
        }
        if reader.flag("ignoreHttp1xx") == true {
            let message = "`\(reader.path(of: "ignoreHttp1xx"))` has no effect on checks that Mesos runs"
            reader.report(.withoutEffect, at: "ignoreHttp1xx", message, hint: "remove it")
        }
        func seconds(_ key: String, _ standard: Int64) -> Milliseconds {
            .seconds(reader.integer(key, in: HealthCheckReader.seconds) ?? standard)
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

    private func probe(_ reader: MappingReader) -> HealthCheck.Probe? {
        let kinds = ["HTTP", "HTTPS", "TCP", "COMMAND", "MESOS_HTTP", "MESOS_HTTPS", "MESOS_TCP"]
        guard let kind = reader.has("protocol") ? reader.choice("protocol", among: kinds) : "HTTP" else { return nil }
        if !kind.hasPrefix("MESOS_"), kind != "COMMAND" {
            reader.report(
                .checkRunsOnAgent,
                at: "protocol",
                "The \(kind) check of `\(reader.path)` runs on the agent, as MESOS_\(kind)",
                hint: "write `protocol: MESOS_\(kind)`"
            )
        }
        switch kind {
        case "COMMAND":
            warnOfUseless(["path", "port", "portIndex"], reader, kind)
            return command(reader).map(HealthCheck.Probe.command)
        case "TCP", "MESOS_TCP":
            warnOfUseless(["path", "command"], reader, kind)
            return port(reader).map(HealthCheck.Probe.tcp)
        default:
            warnOfUseless(["command"], reader, kind)
            let path = reader.text("path") ?? "/"
            let port = port(reader)
            return port.map { .http(path: path.isEmpty ? "/" : path, port: $0, tls: kind.hasSuffix("HTTPS")) }
        }
    }

    private func command(_ reader: MappingReader) -> String? {
        guard reader.has("command") else {
            reader.reportMissing("command", hint: "write `command: {value: ./check.sh}`")
            return nil
        }
        let command = reader.mapping("command", keys: AppKeys.command)
        return command?.requiredText("value", hint: "write `command: {value: ./check.sh}`")
    }

    /// Where the check goes; the app's first port where nothing is said.
    private func port(_ reader: MappingReader) -> HealthCheck.CheckedPort? {
        if reader.has("port"), reader.has("portIndex") {
            reader.log.report(
                .conflictingKeys,
                at: reader.keyMark(of: "portIndex"),
                "`\(reader.path)` has `port` at \(reader.log.words(for: reader.keyMark(of: "port"))) and `portIndex`",
                hint: "keep one of them"
            )
            return nil
        }
        if reader.has("port") {
            return reader.integer("port", in: 1...65535).map { .number(Int($0)) }
        }
        let isSaid = reader.has("portIndex")
        guard let index = isSaid ? reader.integer("portIndex", in: 0...65535) : 0 else { return nil }
        guard index < ports else {
            let count = ports == 1 ? "one port, with index 0" : "\(ports) ports"
            let subject =
                isSaid ? "`\(reader.path(of: "portIndex"))` is \(index)" : "`\(reader.path)` checks the first port"
            let message = "\(subject), but the app has \(ports == 0 ? "no ports" : count)"
            reader.report(
                .unknownPort,
                at: "portIndex",
                message,
                hint: "add the port to `portDefinitions`, or name another"
            )
            return nil
        }
        return .index(Int(index))
    }

    private func warnOfUseless(_ keys: [String], _ reader: MappingReader, _ kind: String) {
        for key in keys where reader.has(key) {
            let message = "`\(reader.path(of: key))` has no effect on a \(kind) check"
            reader.report(.withoutEffect, at: key, message, hint: "remove it")
        }
    }
}
