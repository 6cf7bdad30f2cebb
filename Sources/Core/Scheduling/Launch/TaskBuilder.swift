import Domain

/// Describes a spec's tasks to Mesos. Names, discovery information, labels and environment are Marathon's to the letter:
/// Mesos-DNS and load balancers are built on them. What is the same for every task is made once.
struct TaskBuilder: Sendable {
    private let app: AppSpec
    private let name: String
    private let user: String?
    private let labels: [Label]
    private let ports: PortDiscovery
    private let environment: TaskEnvironment

    /// Prepares for the tasks of `spec`.
    init(_ spec: Spec, settings: SchedulerSettings) {
        self.app = spec.app
        self.name = spec.id.hostlike
        self.user = spec.app.user ?? settings.user
        self.ports = PortDiscovery(spec.app.portDefinitions)
        self.labels = spec.app.labels.map { Label(key: $0.key, value: $0.value) }
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
            ports: self.ports.ports(ports[...]),
            check: app.healthChecks.first.flatMap { TaskDescription.Check($0, ports: ports[...]) },
            killGracePeriod: app.killGracePeriod
        )
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
