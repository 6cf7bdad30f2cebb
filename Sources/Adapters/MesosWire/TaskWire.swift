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
        if let executor = task.executor {
            // Mesos wants either a command or an executor; the executor has the command and the container then.
            self.executor = WireExecutorInfo(executor, of: task)
        } else {
            command = WireCommandInfo(task)
            if let description = task.container { container = WireContainerInfo(description) }
        }
        discovery = WireDiscoveryInfo(name: task.discoveryName, ports: task.ports)
        if !task.labels.isEmpty { labels = WireLabels(task.labels) }
        if let check = task.check { healthCheck = WireHealthCheck(check) }
        if let side = task.sideCheck { check = WireCheckInfo(side) }
        if let most = task.limits { limits = most.scalars }
        if let grace = task.killGracePeriod { killPolicy.gracePeriod.nanoseconds = grace.inNanoseconds }
    }
}

extension WireExecutorInfo {
    /// An executor of an app's own. The master adds the framework's id to it.
    fileprivate init(_ executor: TaskDescription.OwnExecutor, of task: TaskDescription) {
        self.init()
        executorID.value = executor.id
        command = WireCommandInfo(task)
        resources = executor.resources.map(WireResource.init)
        if let description = task.container { container = WireContainerInfo(description) }
    }
}

extension ResourceLimits {
    /// By the names of resources; what is unlimited is infinite, as Mesos has it.
    fileprivate var scalars: [String: WireValue.Scalar] {
        var scalars: [String: WireValue.Scalar] = [:]
        for (name, limit) in [("cpus", cpus), ("mem", mem)] {
            switch limit {
            case .unlimited?: scalars[name] = .with { $0.value = .infinity }
            case .amount(let milli)?: scalars[name] = .with { $0.value = Double(milli) / 1000 }
            case nil: break
            }
        }
        return scalars
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
        case .image(let words):
            // Without a `value` the image's own entry point is run.
            shell = false
            arguments = words
        }
        if let user = task.user { self.user = user }
        let secrets = task.secretEnvironment.map(WireEnvironment.Variable.init(secret:))
        let variables = task.environment.map { WireEnvironment.Variable($0) } + secrets
        if !variables.isEmpty { environment.variables = variables }
        uris = task.fetch.map(URI.init)
    }
}

extension WireEnvironment.Variable {
    init(_ variable: Label) {
        self.init()
        name = variable.key
        value = variable.value ?? ""
    }

    /// A variable whose value the agents' resolver finds.
    fileprivate init(secret variable: Label) {
        self.init()
        name = variable.key
        type = .secret
        secret = WireSecret(source: variable.value ?? "")
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

extension WireCheckInfo {
    /// A check that Mesos never kills for. It speaks no TLS: Marathon's scheme has nowhere to go.
    init(_ check: TaskDescription.Check) {
        self.init()
        switch check.probe {
        case .http(let port, let path, _):
            type = .http
            http.port = UInt32(clamping: port)
            http.path = path
        case .tcp(let port):
            type = .tcp
            tcp.port = UInt32(clamping: port)
        case .command(let line):
            type = .command
            command.command.shell = true
            command.command.value = line
        case .program(let words):
            type = .command
            command.command.shell = false
            command.command.value = words.first ?? ""
            command.command.arguments = words
        }
        delaySeconds = check.delay.inSeconds
        intervalSeconds = check.interval.inSeconds
        timeoutSeconds = check.timeout.inSeconds
    }
}
