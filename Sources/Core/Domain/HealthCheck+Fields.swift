import OrderedCollections

extension HealthCheck {
    var fieldValue: FieldValue {
        var members: OrderedDictionary<String, FieldValue> = [:]
        switch probe {
        case .http(let path, let port, let tls):
            members["protocol"] = .text(tls ? "MESOS_HTTPS" : "MESOS_HTTP")
            members["path"] = .text(path)
            members[port.key] = .integer(Int64(port.number))
        case .tcp(let port):
            members["protocol"] = .text("MESOS_TCP")
            members[port.key] = .integer(Int64(port.number))
        case .command(let command):
            members["protocol"] = .text("COMMAND")
            members["command"] = .object(["value": .text(command)])
        case .program(let words):
            members["protocol"] = .text("COMMAND")
            members["command"] = .object(["argv": .list(words.map(FieldValue.text))])
        }
        members["gracePeriodSeconds"] = FieldValue(seconds: gracePeriod)
        members["intervalSeconds"] = FieldValue(seconds: interval)
        members["timeoutSeconds"] = FieldValue(seconds: timeout)
        members["delaySeconds"] = FieldValue(seconds: delay)
        members["maxConsecutiveFailures"] = .integer(Int64(maxConsecutiveFailures))
        members["ipProtocol"] = .text(ipv6 ? "IPv6" : "IPv4")
        return .object(members)
    }
}

extension TaskCheck {
    var fieldValue: FieldValue {
        var members = probe.checkMembers { .object([$0.key: .integer(Int64($0.number))]) }
        members["intervalSeconds"] = FieldValue(seconds: interval)
        members["timeoutSeconds"] = FieldValue(seconds: timeout)
        members["delaySeconds"] = FieldValue(seconds: delay)
        return .object(members)
    }
}

extension HealthCheck.Probe {
    /// The probe as one of `http`, `tcp` and `exec`, as checks of pods and Marathon's `check` have it.
    /// - Parameter port: how the port is told.
    func checkMembers(
        port: (HealthCheck.CheckedPort) -> FieldValue
    ) -> OrderedDictionary<String, FieldValue> {
        switch self {
        case .http(let path, let checked, let tls):
            let scheme = FieldValue.text(tls ? "HTTPS" : "HTTP")
            return ["http": .object(["port": port(checked), "path": .text(path), "scheme": scheme])]
        case .tcp(let checked): return ["tcp": .object(["port": port(checked)])]
        case .command(let line): return ["exec": .object(["command": .object(["shell": .text(line)])])]
        case .program(let words):
            return ["exec": .object(["command": .object(["argv": .list(words.map(FieldValue.text))])])]
        }
    }
}

extension HealthCheck.CheckedPort {
    /// The definition's key for this kind of port.
    var key: String {
        switch self {
        case .index: "portIndex"
        case .number: "port"
        }
    }

    /// The index or the number.
    var number: Int {
        switch self {
        case .index(let index): index
        case .number(let number): number
        }
    }
}
