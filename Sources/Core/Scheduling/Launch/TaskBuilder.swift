import Domain
import OrderedCollections

/// Describes a spec's tasks to Mesos. Names, discovery information, labels and environment are Marathon's to the letter:
/// Mesos-DNS and load balancers are built on them. What is the same for every task is made once.
struct TaskBuilder: Sendable {
    private let app: AppSpec
    private let name: String
    private let user: String?
    private let labels: [Label]
    private let ports: PortDiscovery
    private let environment: TaskEnvironment
    private let secretEnvironment: [Label]
    private let containers: ContainerBuilder

    /// Prepares for the tasks of `spec`.
    init(_ spec: Spec, settings: SchedulerSettings) {
        self.app = spec.app
        self.name = spec.id.hostlike
        self.user = spec.app.user ?? settings.user
        self.ports = PortDiscovery(spec.app.ports, networks: spec.app.networks, prefersHost: true)
        self.labels = spec.app.labels.map { Label(key: $0.key, value: $0.value) }
        self.environment = TaskEnvironment(spec, prefix: settings.environmentPrefix)
        let secrets = spec.app.secrets ?? [:]
        self.secretEnvironment = (spec.app.secretEnv ?? [:]).map {
            Label(key: $0.key, value: secrets[$0.value] ?? $0.value)
        }
        self.containers = ContainerBuilder(spec.app, bridgeName: settings.bridgeName)
    }

    /// What a task asks for, piece by piece: the task, then its executor, where the app has one of its own. A resident
    /// app's share is one, which is reserved as a whole.
    static func shares(of app: AppSpec) -> [Resources] {
        guard let executor = app.executorResources, !app.isResident else { return [app.needs] }
        return [app.resources, executor]
    }

    /// One task, in a place that was found for it.
    /// - Parameters:
    ///   - ports: one for each of the spec's ``AppSpec/boundPorts``.
    ///   - shares: what was cut out for each of ``shares(of:)``, the ports with the first.
    func task(_ id: TaskID, on agent: Agent, ports: [Int], shares: [[MesosResource]]) -> TaskDescription {
        let numbers = InstancePorts(app, assigned: ports)
        return TaskDescription(
            name: name,
            id: id,
            agent: agent.id,
            resources: shares[0],
            command: command,
            user: user,
            environment: environment.variables(task: id, host: agent.hostname, ports: numbers),
            secretEnvironment: secretEnvironment,
            fetch: app.fetch,
            labels: labels,
            ports: self.ports.ports(hosts: numbers.hosts[...], listening: numbers.listening[...]),
            check: app.healthChecks.first.flatMap { TaskDescription.Check($0, ports: numbers.listening[...]) },
            sideCheck: app.sideCheck.flatMap { TaskDescription.Check($0, ports: numbers.listening[...]) },
            limits: app.resourceLimits,
            container: containers.container(of: id, numbers),
            executor: app.executor.map { _ in
                // Marathon's id for executors of this kind.
                TaskDescription.OwnExecutor(id: "marathon-\(id)", resources: shares.count > 1 ? shares[1] : [])
            },
            killGracePeriod: app.killGracePeriod
        )
    }

    private var command: TaskDescription.Command {
        if let path = app.executor {
            // The executor comes by `fetch`, which leaves it without the right to be run.
            let words = app.cmd ?? app.args.joined(separator: " ")
            return .shell("chmod ug+rx '\(path)' && exec '\(path)' \(words)")
        }
        if let line = app.cmd { return .shell(line) }
        return app.container?.image == nil ? .program(app.args) : .image(arguments: app.args)
    }
}

extension AppSpec {
    /// What Mesos looks at without killing for it: the app's check, its readiness, or a second health check, which then
    /// never kills. No app has two of them.
    var sideCheck: TaskCheck? {
        if let check { return check }
        if let readiness = readinessCheck {
            guard let index = ports.firstIndex(where: { $0.name == readiness.portName }) else { return nil }
            return TaskCheck(
                probe: .http(path: readiness.path, port: .index(index), tls: readiness.tls),
                interval: readiness.interval,
                timeout: readiness.timeout,
                delay: .zero
            )
        }
        return healthChecks.dropFirst().first.map {
            TaskCheck(probe: $0.probe, interval: $0.interval, timeout: $0.timeout, delay: $0.delay)
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
