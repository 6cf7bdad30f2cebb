import Domain

/// Reads an app's `check`: one of `http`, `tcp` and `exec`.
struct AppCheckReader {
    let table: MappingReader
    /// The app's ports, in their order.
    let ports: [InstancePort]

    /// The check; `nil` where it cannot be read.
    func check() -> TaskCheck? {
        guard let kind = CheckKind(table), let probe = probe(kind) else { return nil }
        return TaskCheck(
            probe: probe,
            interval: table[CheckForm.intervalSeconds],
            timeout: table[CheckForm.timeoutSeconds],
            delay: table[CheckForm.delaySeconds]
        )
    }

    private func probe(_ kind: CheckKind) -> HealthCheck.Probe? {
        switch kind {
        case .http:
            guard let http = table[CheckForm.http] else { return nil }
            let path = http[CheckForm.path]
            if http[CheckForm.scheme] == "HTTPS" {
                let message =
                    "`\(http.path(of: "scheme"))` has no effect: Mesos's checks speak no TLS, and Marathon drops it in silence"
                http.report(.withoutEffect, at: "scheme", message, hint: "check a port without TLS, or by a command")
            }
            return CheckedPortReader(reader: http, ports: ports).port().map {
                .http(path: path.isEmpty ? "/" : path, port: $0, tls: false)
            }
        case .tcp:
            guard let tcp = table[CheckForm.tcp] else { return nil }
            return CheckedPortReader(reader: tcp, ports: ports).port().map(HealthCheck.Probe.tcp)
        case .exec: return kind.command(table)
        }
    }
}

/// Which of `http`, `tcp` and `exec` a check is.
enum CheckKind: String, CaseIterable {
    case http, tcp, exec

    /// The one that is there; `nil` where there is none, or more than one, which is reported.
    init?(_ table: MappingReader) {
        let kinds = CheckKind.allCases.map(\.rawValue).filter { table.has($0) }.sorted { left, right in
            let (first, second) = (table.keyMark(of: left), table.keyMark(of: right))
            return (first.line, first.column) < (second.line, second.column)
        }
        guard kinds.count < 2 else {
            let marks = kinds.map(table.keyMark)
            let message = "`\(table.path)` has `\(kinds[0])` at \(table.log.words(for: marks[0])) and `\(kinds[1])`"
            table.log.report(.conflictingKeys, at: marks[1], message, hint: "keep one of http, tcp and exec")
            return nil
        }
        guard let kind = kinds.first else {
            table.reportMissing("http", hint: "give one of http, tcp and exec: `http: {path: /}`")
            return nil
        }
        self.init(rawValue: kind)
    }

    /// The command of a check of the kind `exec`.
    func command(_ table: MappingReader) -> HealthCheck.Probe? {
        guard let exec = table[CheckForm.exec] else { return nil }
        switch PodContainerReader.command(exec, hint: "write `exec: {command: {shell: ./check.sh}}`") {
        case .shell(let line)?: return .command(line)
        case .argv(let words)?: return .program(words)
        case nil: return nil
        }
    }
}

/// Reads `readinessChecks`: one at the most.
struct ReadinessReader {
    let table: MappingReader
    /// The app's ports, in their order.
    let ports: [InstancePort]

    /// The check; `nil` where there is none.
    func check() -> ReadinessCheck? {
        let readers = table[AppForm.readinessChecks] ?? []
        if readers.count > 1 {
            let message = "An app has one readiness check, not \(readers.count)"
            readers[1].log.report(.tooManyChecks, at: readers[1].mark, message, hint: "keep one of them")
        }
        return readers.first.map(check)
    }

    private func check(_ reader: MappingReader) -> ReadinessCheck {
        let path = reader[ReadinessForm.path]
        let check = ReadinessCheck(
            name: reader[ReadinessForm.name],
            tls: reader[ReadinessForm.kind] == "HTTPS",
            path: path.isEmpty ? "/" : path,
            portName: reader[ReadinessForm.portName],
            interval: reader[ReadinessForm.intervalSeconds],
            timeout: reader[ReadinessForm.timeoutSeconds],
            readyStatuses: statuses(reader),
            preservesLastResponse: reader[ReadinessForm.preserveLastResponse]
        )
        checkPort(check.portName, reader)
        if check.timeout >= check.interval {
            let message = "`\(reader.path(of: "timeoutSeconds"))` is not less than the interval"
            reader.report(.outOfRange, at: "timeoutSeconds", message, hint: "give a timeout below intervalSeconds")
        }
        return check
    }

    private func statuses(_ reader: MappingReader) -> [Int] {
        guard reader.has(ReadinessForm.httpStatusCodesForReady) else { return [200] }
        let items = reader.items("httpStatusCodesForReady") ?? []
        let codes = items.compactMap { reader.log.integer($0.node, path: $0.path, in: 100...999).map { Int($0) } }
        if items.isEmpty {
            let message = "`\(reader.path(of: "httpStatusCodesForReady"))` is empty: the app would never be ready"
            reader.report(
                .badValue,
                at: "httpStatusCodesForReady",
                message,
                hint: "name a status, or remove it for 200"
            )
        }
        return Set(codes).sorted()
    }

    private func checkPort(_ name: String, _ reader: MappingReader) {
        let names = ports.compactMap(\.name)
        guard !names.contains(name) else { return }
        let near = Spelling.nearest(to: name, among: names)
        let subject =
            reader.has(ReadinessForm.portName)
            ? "The app has" : "`portName` is `http-api` where nothing is said, and the app has"
        reader.report(
            .unknownPort,
            at: "portName",
            "\(subject) no port named `\(clipped(name))`",
            hint: near.map { "did you mean `\($0)`?" } ?? "name one of the app's ports"
        )
    }
}
