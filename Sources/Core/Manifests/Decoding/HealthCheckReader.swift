import Domain

/// Reads `healthChecks`. All checks run on the agent; Marathon's own kinds become their Mesos forms, with a warning.
struct HealthCheckReader {
    let table: MappingReader
    /// The app's ports, in their order.
    let ports: [InstancePort]
    /// Whether the Docker daemon runs the app.
    let isDocker: Bool

    /// The app's checks: those that kill first. They are a set: equal ones are one.
    func checks() -> [HealthCheck] {
        var checks: [HealthCheck] = []
        for reader in table[AppForm.healthChecks] ?? [] {
            guard let check = check(reader) else { continue }
            if checks.contains(check) {
                let message = "`\(reader.path)` is the same check once more"
                reader.log.report(.withoutEffect, at: reader.mark, message, hint: "remove it")
            } else {
                checks.append(check)
            }
        }
        return checks.filter { !$0.neverKills } + checks.filter(\.neverKills)
    }

    private func check(_ reader: MappingReader) -> HealthCheck? {
        guard let kind = reader.has(HealthCheckForm.kind) ? reader[HealthCheckForm.kind.field] : "HTTP" else {
            return nil
        }
        guard let probe = probe(reader, kind) else { return nil }
        if reader[HealthCheckForm.ignoreHttp1xx] {
            let message = "`\(reader.path(of: "ignoreHttp1xx"))` has no effect on checks that Mesos runs"
            reader.report(.withoutEffect, at: "ignoreHttp1xx", message, hint: "remove it")
        }
        let failures = reader[HealthCheckForm.maxConsecutiveFailures]
        return HealthCheck(
            probe: probe,
            gracePeriod: reader[HealthCheckForm.gracePeriodSeconds],
            interval: reader[HealthCheckForm.intervalSeconds],
            timeout: reader[HealthCheckForm.timeoutSeconds],
            delay: reader[HealthCheckForm.delaySeconds],
            // Checks of Marathon's leader never killed with 0, where Mesos kills at the first failure.
            maxConsecutiveFailures: failures == 0 && isLeaders(kind) ? HealthCheck.endlessFailures : failures,
            ipv6: usesIPv6(reader, kind)
        )
    }

    /// Whether a kind is one that Marathon's leader asked over the network.
    private func isLeaders(_ kind: String) -> Bool { !kind.hasPrefix("MESOS_") && kind != "COMMAND" }

    /// Marathon's rule: the other containerizer has no addresses of that kind.
    private func usesIPv6(_ reader: MappingReader, _ kind: String) -> Bool {
        guard reader[HealthCheckForm.ipProtocol] == "IPv6" else { return false }
        guard isDocker, kind != "COMMAND" else {
            let message =
                "`\(reader.path(of: "ipProtocol"))` IPv6 is for MESOS_ checks of containers of the type DOCKER"
            reader.report(.badValue, at: "ipProtocol", message, hint: "use IPv4")
            return false
        }
        return true
    }

    private func probe(_ reader: MappingReader, _ kind: String) -> HealthCheck.Probe? {
        if isLeaders(kind) {
            reader.report(
                .checkRunsOnAgent,
                at: "protocol",
                "The \(kind) check of `\(reader.path)` runs on the agent, as MESOS_\(kind)",
                hint: "write `protocol: MESOS_\(kind)`"
            )
        }
        let checked = CheckedPortReader(reader: reader, ports: ports, isLeaders: isLeaders(kind))
        switch kind {
        case "COMMAND":
            warnOfUseless(["path", "port", "portIndex"], reader, kind)
            return command(reader).map(HealthCheck.Probe.command)
        case "TCP", "MESOS_TCP":
            warnOfUseless(["path", "command"], reader, kind)
            return checked.port().map(HealthCheck.Probe.tcp)
        default:
            warnOfUseless(["command"], reader, kind)
            let path = reader[HealthCheckForm.path]
            return checked.port().map { .http(path: path.isEmpty ? "/" : path, port: $0, tls: kind.hasSuffix("HTTPS")) }
        }
    }

    private func command(_ reader: MappingReader) -> String? {
        guard reader.has(HealthCheckForm.command) else {
            reader.reportMissing("command", hint: "write `command: {value: ./check.sh}`")
            return nil
        }
        let command = reader[HealthCheckForm.command]
        return command?.requiredText("value", hint: "write `command: {value: ./check.sh}`")
    }

    private func warnOfUseless(_ keys: [String], _ reader: MappingReader, _ kind: String) {
        for key in keys where reader.has(key) {
            let message = "`\(reader.path(of: key))` has no effect on a \(kind) check"
            reader.report(.withoutEffect, at: key, message, hint: "remove it")
        }
    }
}

/// Reads to which of an app's ports a check goes: `port`, or `portIndex`, or the first one.
struct CheckedPortReader {
    let reader: MappingReader
    let ports: [InstancePort]
    /// Whether the number in `port` is one that Marathon's leader saw from outside.
    var isLeaders = false

    /// The port; `nil` where there is none such, which is reported.
    func port() -> HealthCheck.CheckedPort? {
        guard !reader.has(HealthCheckForm.port) || !reader.has(HealthCheckForm.portIndex) else {
            let place = reader.log.words(for: reader.keyMark(of: "port"))
            reader.log.report(
                .conflictingKeys,
                at: reader.keyMark(of: "portIndex"),
                "`\(reader.path)` has `port` at \(place) and `portIndex`",
                hint: "keep one of them"
            )
            return nil
        }
        if reader.has(HealthCheckForm.port) { return reader[HealthCheckForm.port].map(numbered) }
        let isSaid = reader.has(HealthCheckForm.portIndex)
        guard let index = isSaid ? reader[HealthCheckForm.portIndex] : 0 else { return nil }
        guard index < ports.count else {
            reportUnknown(index, isSaid: isSaid)
            return nil
        }
        return .index(index)
    }

    /// A number that the leader saw from outside, where a mapping leads from it to another one inside, is that mapping.
    private func numbered(_ number: Int) -> HealthCheck.CheckedPort {
        guard isLeaders else { return .number(number) }
        let index = ports.firstIndex { $0.containerPort != nil && $0.hostPort == number }
        return index.map(HealthCheck.CheckedPort.index) ?? .number(number)
    }

    private func reportUnknown(_ index: Int, isSaid: Bool) {
        let count = ports.count == 1 ? "one port, with index 0" : "\(ports.count) ports"
        let subject =
            isSaid ? "`\(reader.path(of: "portIndex"))` is \(index)" : "`\(reader.path)` checks the first port"
        let message = "\(subject), but the app has \(ports.isEmpty ? "no ports" : count)"
        let isMapped = ports.first?.containerPort != nil
        let hint = "add the port to `\(isMapped ? "container.portMappings" : "portDefinitions")`, or name another"
        reader.report(.unknownPort, at: "portIndex", message, hint: hint)
    }
}

/// Mesos runs one health check and one other check for a task. What Marathon's leader asked besides has to fit in there
/// (docs/decisions/several-checks.md).
struct CheckSlots {
    let table: MappingReader

    /// Reports checks that no slot is left for.
    func check(_ spec: AppSpec) {
        var taken: [String] = []
        if spec.check != nil { taken.append("check") }
        if spec.readinessCheck != nil { taken.append("readinessChecks") }
        let extra = spec.healthChecks.dropFirst()
        if let second = extra.first {
            let isFine = second.neverKills && extra.count == 1 && taken.isEmpty
            if !isFine { reportSecond(spec, taken) }
        }
        checkTLS(of: spec)
        guard taken.count == 2 else { return }
        let place = table.log.words(for: table.keyMark(of: "check"))
        table.log.report(
            .tooManyChecks,
            at: table.keyMark(of: "readinessChecks"),
            "`readinessChecks` and `check` at \(place) are one too many: Mesos runs one of them for a task",
            hint: "remove `check`, whose result nothing follows from"
        )
    }

    /// The slot beside the health check speaks no TLS (Mesos's CheckInfo).
    private func checkTLS(of spec: AppSpec) {
        if spec.readinessCheck?.tls == true {
            let item = table.items("readinessChecks")?.first
            table.log.report(
                .notSupported,
                at: item?.node.mark ?? table.mark(of: "readinessChecks"),
                "The readiness check asks with TLS, which Mesos's checks cannot: they run on the agent, without certificates",
                hint: "let it ask a port without TLS (`protocol: HTTP`), or use a healthCheck with MESOS_HTTPS"
            )
        }
        guard let second = spec.healthChecks.dropFirst().first, case .http(_, _, tls: true) = second.probe else {
            return
        }
        table.log.report(
            .tooManyChecks,
            at: table.mark(of: "healthChecks"),
            "The second check asks with TLS, which Mesos does in a task's first one only",
            hint: "let it ask a port without TLS, or keep one check"
        )
    }

    private func reportSecond(_ spec: AppSpec, _ taken: [String]) {
        let items = table.items("healthChecks") ?? []
        let item = items.count > 1 ? items[spec.healthChecks.count > 2 ? 2 : 1] : nil
        let why =
            taken.first.map { "a second one, which must never kill, takes the place of `\($0)`" }
            ?? "a second one has a place only if it never kills"
        table.log.report(
            .tooManyChecks,
            at: item?.node.mark ?? table.mark(of: "healthChecks"),
            "`\(item?.path ?? "healthChecks")` is one check too many: Mesos runs one for a task, and \(why)",
            hint:
                "keep one, join them in one COMMAND check, or let one never kill: `protocol: HTTP, maxConsecutiveFailures: 0`"
        )
    }
}
