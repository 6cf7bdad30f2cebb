import Domain
import Scheduling
import SwiftProtobuf

extension WireTaskInfo {
    /// A task as Marathon 1.11 hands it to Mesos: DiscoveryInfo announces it, visible to the framework; Mesos-DNS and load
    /// balancers depend on both names.
    init(_ task: TaskDescription) {
        self.init()
        name = task.name
        taskID = WireTaskID(task.id)
        agentID = WireAgentID(task.agent)
        resources = task.resources.map(WireResource.init)
        command = WireCommandInfo(task)
        discovery = WireDiscoveryInfo(name: task.discoveryName, ports: task.ports)
        if !task.volumes.isEmpty { container = WireContainerInfo(task.volumes) }
        if !task.labels.isEmpty { labels = WireLabels(task.labels) }
        if let check = task.check { healthCheck = WireHealthCheck(check) }
        if let grace = task.killGracePeriod { killPolicy.gracePeriod.nanoseconds = grace.inNanoseconds }
    }
}

extension WireCommandInfo {
    init(_ task: TaskDescription) {
        self.init()
        switch task.command {
        case .shell(let line):
            shell = true
            value = line
        case .program(let words):
            // `value` is the file, `arguments` is the whole argv, the program's own name with it.
            shell = false
            value = words.first ?? ""
            arguments = words
        }
        if let user = task.user { self.user = user }
        if !task.environment.isEmpty { environment.variables = task.environment.map(WireEnvironment.Variable.init) }
        uris = task.fetch.map(URI.init)
    }
}

extension WireEnvironment.Variable {
    init(_ variable: Label) {
        self.init()
        name = variable.key
        value = variable.value ?? ""
    }
}

extension WireCommandInfo.URI {
    init(_ file: FetchURI) {
        self.init()
        value = file.uri
        extract = file.extract
        executable = file.executable
        cache = file.cache
        if let path = file.destPath { outputFile = path }
    }
}

extension WireContainerInfo {
    /// A container that shares folders of its executor's sandbox with the others of its group.
    init(_ volumes: [TaskDescription.SharedVolume]) {
        self.init()
        type = .mesos
        self.volumes = volumes.map { volume in
            .with {
                $0.containerPath = volume.path
                $0.mode = .rw
                $0.source.type = .sandboxPath
                $0.source.sandboxPath.type = .parent
                $0.source.sandboxPath.path = volume.source
            }
        }
    }
}

extension WireDiscoveryInfo {
    init(name: String, ports: [TaskDescription.DiscoveredPort]) {
        self.init()
        visibility = .framework
        self.name = name
        self.ports = .with { $0.ports = ports.map(WirePort.init) }
    }
}

extension WirePort {
    init(_ port: TaskDescription.DiscoveredPort) {
        self.init()
        number = UInt32(clamping: port.number)
        if let name = port.name { self.name = name }
        self.protocol = port.transport
        if !port.labels.isEmpty { labels = WireLabels(port.labels) }
    }
}

extension WireHealthCheck {
    init(_ check: TaskDescription.Check) {
        self.init()
        let family: WireNetworkInfo.ProtocolEnum = check.ipv6 ? .ipv6 : .ipv4
        switch check.probe {
        case .http(let port, let path, let scheme):
            type = .http
            http.port = UInt32(clamping: port)
            http.path = path
            http.scheme = scheme
            http.protocol = family
        case .tcp(let port):
            type = .tcp
            tcp.port = UInt32(clamping: port)
            tcp.protocol = family
        case .command(let line):
            type = .command
            command.shell = true
            command.value = line
        case .program(let words):
            type = .command
            command.shell = false
            command.value = words.first ?? ""
            command.arguments = words
        }
        delaySeconds = check.delay.inSeconds
        intervalSeconds = check.interval.inSeconds
        timeoutSeconds = check.timeout.inSeconds
        gracePeriodSeconds = check.gracePeriod.inSeconds
        consecutiveFailures = UInt32(clamping: check.consecutiveFailures)
    }
}
