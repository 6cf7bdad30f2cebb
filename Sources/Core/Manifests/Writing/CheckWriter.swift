import Domain
import OrderedCollections

extension HealthCheck {
    /// As an app has it.
    var written: FieldValue {
        var tree = DefinitionTree(HealthCheckForm.form)
        switch probe {
        case .http(let path, let port, let tls):
            tree.put(HealthCheckForm.kind.field, tls ? "MESOS_HTTPS" : "MESOS_HTTP")
            tree.put(HealthCheckForm.path, path)
            port.write(into: &tree)
        case .tcp(let port):
            tree.put(HealthCheckForm.kind.field, "MESOS_TCP")
            port.write(into: &tree)
        case .command(let line):
            tree.put(HealthCheckForm.kind.field, "COMMAND")
            tree.put(HealthCheckForm.command, tree: .object(["value": .text(line)]))
        case .program: preconditionFailure("an app's health check runs a shell command, and no program: \(self)")
        }
        putTimes(into: &tree)
        tree.put(HealthCheckForm.ipProtocol, ipv6 ? "IPv6" : "IPv4")
        return tree.value
    }

    /// As a pod's container has it.
    func written(endpoints: [String]) -> FieldValue {
        var tree = DefinitionTree(CheckForm.podHealth)
        probe.write(endpoints: endpoints, into: &tree)
        putTimes(into: &tree)
        return tree.value
    }

    private func putTimes(into tree: inout DefinitionTree) {
        tree.put(HealthCheckForm.gracePeriodSeconds, gracePeriod)
        tree.put(CheckForm.intervalSeconds, interval)
        tree.put(CheckForm.timeoutSeconds, timeout)
        tree.put(CheckForm.delaySeconds, delay)
        tree.put(HealthCheckForm.maxConsecutiveFailures, maxConsecutiveFailures)
    }
}

extension HealthCheck.CheckedPort {
    /// The first port is what holds without a word.
    fileprivate func write(into tree: inout DefinitionTree) {
        switch self {
        case .index(0): break
        case .index(let index): tree.put(HealthCheckForm.portIndex, index)
        case .number(let number): tree.put(HealthCheckForm.port, number)
        }
    }

    fileprivate var members: OrderedDictionary<String, FieldValue> {
        switch self {
        case .index(0): [:]
        case .index(let index): ["portIndex": .integer(Int64(index))]
        case .number(let number): ["port": .integer(Int64(number))]
        }
    }
}

extension TaskCheck {
    /// As an app has it.
    var written: FieldValue {
        var tree = DefinitionTree(CheckForm.app)
        switch probe {
        case .http(let path, let port, _):
            var members = port.members
            if path != "/" { members["path"] = .text(path) }
            tree.put(CheckForm.http, tree: .object(members))
        case .tcp(let port): tree.put(CheckForm.tcp, tree: .object(port.members))
        case .command, .program: tree.put(CheckForm.exec, tree: probe.writtenCommand)
        }
        putTimes(into: &tree)
        return tree.value
    }

    /// As a pod's container has it.
    func written(endpoints: [String]) -> FieldValue {
        var tree = DefinitionTree(CheckForm.pod)
        probe.write(endpoints: endpoints, into: &tree)
        putTimes(into: &tree)
        return tree.value
    }

    private func putTimes(into tree: inout DefinitionTree) {
        tree.put(CheckForm.intervalSeconds, interval)
        tree.put(CheckForm.timeoutSeconds, timeout)
        tree.put(CheckForm.delaySeconds, delay)
    }
}

extension HealthCheck.Probe {
    /// `{command: {shell: …}}` or `{command: {argv: […]}}`.
    fileprivate var writtenCommand: FieldValue? {
        switch self {
        case .command(let line): .object(["command": .object(["shell": .text(line)])])
        case .program(let words): .object(["command": .object(["argv": .list(words.map(FieldValue.text))])])
        case .http, .tcp: nil
        }
    }

    fileprivate func write(endpoints: [String], into tree: inout DefinitionTree) {
        func name(_ port: HealthCheck.CheckedPort) -> FieldValue {
            guard case .index(let index) = port, endpoints.indices.contains(index) else {
                preconditionFailure("a container's check goes to one of its endpoints, not \(port)")
            }
            return .text(endpoints[index])
        }
        switch self {
        case .http(let path, let port, let tls):
            var members: OrderedDictionary<String, FieldValue> = ["endpoint": name(port)]
            if path != "/" { members["path"] = .text(path) }
            if tls { members["scheme"] = .text("HTTPS") }
            tree.put(CheckForm.podHTTP, tree: .object(members))
        case .tcp(let port): tree.put(CheckForm.podTCP, tree: .object(["endpoint": name(port)]))
        case .command, .program: tree.put(CheckForm.exec, tree: writtenCommand)
        }
    }
}

extension ReadinessCheck {
    var written: FieldValue {
        var tree = DefinitionTree(ReadinessForm.form)
        tree.put(ReadinessForm.name, name)
        tree.put(ReadinessForm.kind, tls ? "HTTPS" : "HTTP")
        tree.put(ReadinessForm.path, path)
        tree.put(ReadinessForm.portName, portName)
        tree.put(ReadinessForm.intervalSeconds, interval)
        tree.put(ReadinessForm.timeoutSeconds, timeout)
        let codes = readyStatuses.map { FieldValue.integer(Int64($0)) }
        tree.put(ReadinessForm.httpStatusCodesForReady, tree: readyStatuses == [200] ? nil : .list(codes))
        tree.put(ReadinessForm.preserveLastResponse, preservesLastResponse)
        return tree.value
    }
}
