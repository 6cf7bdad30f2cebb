import Domain

/// Describes a spec's tasks to Mesos. Names, discovery information, labels and environment are Marathon's to the letter:
/// Mesos-DNS and load balancers are built on them. What is the same for every task is made once.
struct TaskBuilder: Sendable {
    /// The port labels that Marathon adds say in which network a number holds.
    private static let scope = Label(key: "network-scope", value: "host")

    private let app: AppSpec
    private let name: String
    private let user: String?
    private let labels: [Label]
    private let portLabels: [[Label]]
    private let environment: TaskEnvironment

    /// Prepares for the tasks of `spec`.
    init(_ spec: Spec, settings: SchedulerSettings) {
        self.app = spec.app
        self.name = spec.id.hostlike
        self.user = spec.app.user ?? settings.user
        self.labels = spec.app.labels.map { Label(key: $0.key, value: $0.value) }
        self.portLabels = spec.app.portDefinitions.map { definition in
            definition.labels.map { Label(key: $0.key, value: $0.value) } + [TaskBuilder.scope]
        }
        self.environment = TaskEnvironment(spec, prefix: settings.environmentPrefix)
    }

    /// One task, in a place that was found for it.
    func task(_ id: TaskID, on agent: Agent, ports: [Int], resources: [MesosResource]) -> TaskDescription {
        TaskDescription(
            name: name,
            id: id,
            agent: agent.id,
            resources: resources,
            command: app.cmd.map(TaskDescription.Command.shell) ?? .program(app.args),
            user: user,
            environment: environment.variables(task: id, host: agent.hostname, ports: ports),
            fetch: app.fetch,
            labels: labels,
            ports: discovered(ports),
            check: app.healthChecks.first.flatMap { check($0, ports) },
            killGracePeriod: app.killGracePeriod
        )
    }

    /// A definition for `udp,tcp` is two discoverable ports with one number.
    private func discovered(_ ports: [Int]) -> [TaskDescription.DiscoveredPort] {
        var discovered: [TaskDescription.DiscoveredPort] = []
        for (index, (definition, number)) in zip(app.portDefinitions, ports).enumerated() {
            for transport in definition.transport.split(separator: ",") {
                discovered.append(
                    TaskDescription.DiscoveredPort(
                        number: number,
                        name: definition.name,
                        transport: String(transport),
                        labels: portLabels[index]
                    )
                )
            }
        }
        return discovered
    }

    /// The check with its port resolved; `nil` where it names a port that the app does not have, which the manifest
    /// reader refuses.
    private func check(_ check: HealthCheck, _ ports: [Int]) -> TaskDescription.Check? {
        guard let probe = probe(check.probe, ports) else { return nil }
        return TaskDescription.Check(
            probe: probe,
            delay: check.delay,
            interval: check.interval,
            timeout: check.timeout,
            gracePeriod: check.gracePeriod,
            consecutiveFailures: check.maxConsecutiveFailures,
            ipv6: check.ipv6
        )
    }

    private func probe(_ probe: HealthCheck.Probe, _ ports: [Int]) -> TaskDescription.Check.Probe? {
        switch probe {
        case .http(let path, let port, let tls):
            number(port, ports).map { .http(port: $0, path: path, scheme: tls ? "https" : "http") }
        case .tcp(let port): number(port, ports).map { .tcp(port: $0) }
        case .command(let command): .command(command)
        }
    }

    private func number(_ port: HealthCheck.CheckedPort, _ ports: [Int]) -> Int? {
        switch port {
        case .index(let index): ports.indices.contains(index) ? ports[index] : nil
        case .number(let number): number
        }
    }
}

/// Names tasks: the app, then the leader's epoch and a counter of its term. No two leaders share an epoch and no counter
/// repeats, so a name is never used twice, without any randomness.
struct TaskNames: Sendable {
    /// Mesos allows 255 bytes for an id, which is also the name of a folder.
    private static let longestApp = 200

    /// The leader's term.
    let epoch: Int64
    private var counter = 0

    /// The names of one term.
    init(epoch: Int64) { self.epoch = epoch }

    /// What the names of an app's tasks begin with.
    static func stem(of app: AppID) -> String { String(app.flattened.prefix(longestApp)) }

    /// A name that no task had before.
    mutating func next(_ stem: String) -> TaskID {
        counter += 1
        return TaskID("\(stem).\(epoch)-\(counter)")
    }
}
