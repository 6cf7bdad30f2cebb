import Domain

/// Describes a task to Mesos. Names, discovery information, labels and environment are Marathon's to the letter:
/// Mesos-DNS and load balancers are built on them.
struct TaskBuilder {
    /// The port labels that Marathon adds say in which network a number holds.
    private static let scope = Label(key: "network-scope", value: "host")

    /// What holds for all tasks.
    let settings: SchedulerSettings

    /// One task of `spec`, in a place that was found for it.
    func task(_ id: TaskID, of spec: Spec, on agent: Agent, ports: [Int], resources: [MesosResource]) -> TaskDescription
    {
        let app = spec.app
        return TaskDescription(
            name: app.id.hostlike,
            id: id,
            agent: agent.id,
            resources: resources,
            command: app.cmd.map(TaskDescription.Command.shell) ?? .program(app.args),
            user: app.user ?? settings.user,
            environment: TaskEnvironment.of(
                spec,
                task: id,
                host: agent.hostname,
                ports: ports,
                prefix: settings.environmentPrefix
            ),
            fetch: app.fetch,
            labels: app.labels.map { Label(key: $0.key, value: $0.value) },
            ports: discovered(app.portDefinitions, ports),
            check: app.healthChecks.first.flatMap { check($0, ports) },
            killGracePeriod: app.killGracePeriod
        )
    }

    /// A definition for `udp,tcp` is two discoverable ports with one number.
    private func discovered(_ definitions: [PortDefinition], _ ports: [Int]) -> [TaskDescription.DiscoveredPort] {
        zip(definitions, ports).flatMap { definition, number in
            definition.transport.split(separator: ",").map { transport in
                TaskDescription.DiscoveredPort(
                    number: number,
                    name: definition.name,
                    transport: String(transport),
                    labels: definition.labels.map { Label(key: $0.key, value: $0.value) } + [TaskBuilder.scope]
                )
            }
        }
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

    /// A name that no task had before.
    mutating func next(for app: AppID) -> TaskID {
        counter += 1
        return TaskID("\(app.flattened.prefix(TaskNames.longestApp)).\(epoch)-\(counter)")
    }
}
