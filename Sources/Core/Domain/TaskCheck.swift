import OrderedCollections

/// What Mesos looks at on the agent without ever killing for it (Marathon's `check`): its result is shown and nothing
/// follows from it.
package struct TaskCheck: Hashable, Sendable, Codable {
    /// What is asked.
    package var probe: HealthCheck.Probe
    /// From one look to the next, in milliseconds.
    package var interval: Milliseconds
    /// How long an answer may take, in milliseconds.
    package var timeout: Milliseconds
    /// From the launch to the first look, in milliseconds.
    package var delay: Milliseconds

    /// A check with Marathon's defaults.
    package init(
        probe: HealthCheck.Probe,
        interval: Milliseconds = .seconds(60),
        timeout: Milliseconds = .seconds(20),
        delay: Milliseconds = .seconds(15)
    ) {
        self.probe = probe
        self.interval = interval
        self.timeout = timeout
        self.delay = delay
    }
}

/// When a new instance can be given work (an entry of Marathon's `readinessChecks`). Marathon's leader asks over the
/// network; here Mesos asks on the agent.
package struct ReadinessCheck: Hashable, Sendable, Codable {
    /// Its name.
    package var name: String
    /// Whether it asks with TLS.
    package var tls: Bool
    /// The path that is asked for.
    package var path: String
    /// The name of the port that it goes to.
    package var portName: String
    /// From one question to the next, in milliseconds.
    package var interval: Milliseconds
    /// How long an answer may take, in milliseconds; less than the interval.
    package var timeout: Milliseconds
    /// The HTTP statuses that say that the instance is ready, ascending.
    package var readyStatuses: [Int]
    /// Whether Marathon keeps the last answer for its API; without effect here.
    package var preservesLastResponse: Bool

    /// A check with Marathon's defaults.
    package init(
        name: String = "readinessCheck",
        tls: Bool = false,
        path: String = "/",
        portName: String = "http-api",
        interval: Milliseconds = .seconds(30),
        timeout: Milliseconds = .seconds(10),
        readyStatuses: [Int] = [200],
        preservesLastResponse: Bool = false
    ) {
        self.name = name
        self.tls = tls
        self.path = path
        self.portName = portName
        self.interval = interval
        self.timeout = timeout
        self.readyStatuses = readyStatuses
        self.preservesLastResponse = preservesLastResponse
    }

    var fieldValue: FieldValue {
        .object([
            "name": .text(name), "protocol": .text(tls ? "HTTPS" : "HTTP"), "path": .text(path),
            "portName": .text(portName), "intervalSeconds": FieldValue(seconds: interval),
            "timeoutSeconds": FieldValue(seconds: timeout),
            "httpStatusCodesForReady": .list(readyStatuses.map { .integer(Int64($0)) }),
            "preserveLastResponse": .flag(preservesLastResponse),
        ])
    }
}
