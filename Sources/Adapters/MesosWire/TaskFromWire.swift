import Domain
import Scheduling

extension TaskDescription {
    /// A task as a master reads it out of an ACCEPT.
    init(_ task: WireTaskInfo) throws(WireError) {
        let own = task.hasExecutor ? task.executor : nil
        let command = try required(
            own?.command ?? task.command,
            own?.hasCommand ?? task.hasCommand,
            "command",
            in: "TaskInfo"
        )
        let container = own.map { $0.hasContainer ? $0.container : nil } ?? (task.hasContainer ? task.container : nil)
        let secrets = command.environment.variables.filter { $0.type == .secret }
        self.init(
            name: try required(task.name, task.hasName, "name", in: "TaskInfo"),
            id: TaskID(try required(task.taskID.value, task.hasTaskID, "task id", in: "TaskInfo")),
            agent: AgentID(try required(task.agentID.value, task.hasAgentID, "agent id", in: "TaskInfo")),
            resources: task.resources.compactMap(MesosResource.init),
            command: Command(command),
            user: command.hasUser ? command.user : nil,
            environment: command.environment.variables.filter { $0.type != .secret }
                .map { Label(key: $0.name, value: $0.value) },
            secretEnvironment: secrets.map { Label(key: $0.name, value: $0.secret.reference.name) },
            fetch: command.uris.map(FetchURI.init),
            labels: task.labels.labels.map(Label.init),
            ports: task.discovery.ports.ports.map(DiscoveredPort.init),
            check: task.hasHealthCheck ? Check(task.healthCheck) : nil,
            sideCheck: task.hasCheck ? Check(task.check) : nil,
            limits: task.limits.isEmpty ? nil : ResourceLimits(task.limits),
            container: container.map { ContainerDescription($0) },
            executor: own.map {
                OwnExecutor(id: $0.executorID.value, resources: $0.resources.compactMap(MesosResource.init))
            },
            killGracePeriod: task.hasKillPolicy
                ? Milliseconds(nanoseconds: task.killPolicy.gracePeriod.nanoseconds) : nil,
            discoveryName: task.discovery.hasName ? task.discovery.name : nil
        )
    }
}

extension TaskDescription.Command {
    fileprivate init(_ command: WireCommandInfo) {
        if command.shell {
            self = .shell(command.value)
        } else {
            self = command.hasValue ? .program(command.arguments) : .image(arguments: command.arguments)
        }
    }
}

extension ResourceLimits {
    fileprivate init(_ scalars: [String: WireValue.Scalar]) {
        func limit(_ name: String) -> Limit? {
            scalars[name].map { $0.value == .infinity ? .unlimited : .amount(thousandths($0.value)) }
        }
        self.init(cpus: limit("cpus"), mem: limit("mem"))
    }
}

extension FetchURI {
    fileprivate init(_ uri: WireCommandInfo.URI) {
        self.init(
            uri: uri.value,
            extract: uri.extract,
            executable: uri.executable,
            cache: uri.cache,
            destPath: uri.hasOutputFile ? uri.outputFile : nil
        )
    }
}

extension TaskDescription.DiscoveredPort {
    fileprivate init(_ port: WirePort) {
        self.init(
            number: Int(port.number),
            name: port.hasName ? port.name : nil,
            transport: port.protocol,
            labels: port.labels.labels.map(Label.init)
        )
    }
}

extension TaskDescription.Check {
    /// - Returns: `nil` where the check is of no kind that Pacer sends.
    fileprivate init?(_ check: WireHealthCheck) {
        guard let probe = TaskDescription.Check.Probe(check) else { return nil }
        self.init(
            probe: probe,
            delay: Milliseconds(inSeconds: check.delaySeconds),
            interval: Milliseconds(inSeconds: check.intervalSeconds),
            timeout: Milliseconds(inSeconds: check.timeoutSeconds),
            gracePeriod: Milliseconds(inSeconds: check.gracePeriodSeconds),
            consecutiveFailures: Int(check.consecutiveFailures),
            ipv6: (check.hasHTTP ? check.http.protocol : check.tcp.protocol) == .ipv6
        )
    }
}

extension TaskDescription.Check {
    /// - Returns: `nil` where the check is of no kind that Pacer sends.
    fileprivate init?(_ check: WireCheckInfo) {
        let probe: Probe
        switch check.type {
        case .http: probe = .http(port: Int(check.http.port), path: check.http.path, scheme: "http")
        case .tcp: probe = .tcp(port: Int(check.tcp.port))
        case .command:
            let command = check.command.command
            probe = command.shell ? .command(command.value) : .program(command.arguments)
        case .unknown: return nil
        }
        self.init(
            probe: probe,
            delay: Milliseconds(inSeconds: check.delaySeconds),
            interval: Milliseconds(inSeconds: check.intervalSeconds),
            timeout: Milliseconds(inSeconds: check.timeoutSeconds),
            gracePeriod: .zero,
            consecutiveFailures: 0,
            ipv6: false
        )
    }
}

extension TaskDescription.Check.Probe {
    fileprivate init?(_ check: WireHealthCheck) {
        switch check.type {
        case .http: self = .http(port: Int(check.http.port), path: check.http.path, scheme: check.http.scheme)
        case .tcp: self = .tcp(port: Int(check.tcp.port))
        case .command:
            self = check.command.shell ? .command(check.command.value) : .program(check.command.arguments)
        case .unknown: return nil
        }
    }
}
