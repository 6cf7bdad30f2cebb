import Domain
import Scheduling

extension TaskDescription {
    /// A task as a master reads it out of an ACCEPT.
    init(_ task: WireTaskInfo) throws(WireError) {
        let command = try required(task.command, task.hasCommand, "command", in: "TaskInfo")
        self.init(
            name: try required(task.name, task.hasName, "name", in: "TaskInfo"),
            id: TaskID(try required(task.taskID.value, task.hasTaskID, "task id", in: "TaskInfo")),
            agent: AgentID(try required(task.agentID.value, task.hasAgentID, "agent id", in: "TaskInfo")),
            resources: task.resources.compactMap(MesosResource.init),
            command: command.shell ? .shell(command.value) : .program(command.arguments),
            user: command.hasUser ? command.user : nil,
            environment: command.environment.variables.map { Label(key: $0.name, value: $0.value) },
            fetch: command.uris.map(FetchURI.init),
            labels: task.labels.labels.map(Label.init),
            ports: task.discovery.ports.ports.map(DiscoveredPort.init),
            check: task.hasHealthCheck ? Check(task.healthCheck) : nil,
            killGracePeriod: task.hasKillPolicy
                ? Milliseconds(nanoseconds: task.killPolicy.gracePeriod.nanoseconds) : nil,
            discoveryName: task.discovery.hasName ? task.discovery.name : nil,
            volumes: task.container.volumes.map {
                SharedVolume(path: $0.containerPath, source: $0.source.sandboxPath.path)
            }
        )
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
