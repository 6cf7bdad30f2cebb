import OrderedCollections

extension AppSpec {
    /// A pod's fields in a fixed order, by the paths of Marathon's pod definition. Containers stand under their names, so
    /// that a container more or less leaves the others' paths as they are.
    func fields(of pod: PodSpec) -> [SpecField] {
        var fields: [SpecField] = []
        func add(_ path: String, _ fieldClass: FieldClass, _ value: FieldValue) {
            fields.append(SpecField(path: path, fieldClass: fieldClass, value: value))
        }
        add("id", .restart, .text(id.path))
        add("user", .restart, FieldValue(user))
        for (name, value) in env { add("environment.\(name)", .restart, .text(value)) }
        for (name, secret) in secretEnv ?? [:] {
            add("environment.\(name)", .restart, .object(["secret": .text(secret)]))
        }
        for (name, value) in labels { add("labels.\(name)", .restart, .text(value)) }
        for container in pod.containers {
            for (path, value) in container.fieldValues {
                add("containers[\(container.name)].\(path)", .restart, value)
            }
        }
        add("volumes", .restart, .list(pod.volumes.map { .object(["name": .text($0)]) }))
        add("executorResources.cpus", .restart, FieldValue(milli: pod.executorResources.cpus))
        add("executorResources.mem", .restart, FieldValue(milli: pod.executorResources.mem))
        add("executorResources.disk", .restart, FieldValue(milli: pod.executorResources.disk))
        addShared(of: pod, add)
        addScheduling(add)
        addRollout(add)
        return fields
    }

    /// What came later, and is listed only where it is set.
    private func addShared(of pod: PodSpec, _ add: (String, FieldClass, FieldValue) -> Void) {
        for (name, path) in pod.hostVolumes ?? [:] { add("volumes[\(name)].host", .restart, .text(path)) }
        for (name, secret) in pod.secretVolumes ?? [:] { add("volumes[\(name)].secret", .restart, .text(secret)) }
        if let networks { add("networks", .restart, .list(networks.map(\.fieldValue))) }
        for (name, source) in secrets ?? [:] { add("secrets.\(name).source", .restart, .text(source)) }
        if let linuxInfo = pod.linuxInfo { add("linuxInfo", .restart, linuxInfo.fieldValue) }
        if pod.sharesCgroups == true { add("legacySharedCgroups", .restart, .flag(true)) }
        // A role that the group enforces is the group's name, which the pod's id has; records from before there were
        // others do not list it.
        if let role, enforcesGroupRole != true { add("role", .restart, .text(role)) }
    }

    private func addScheduling(_ add: (String, FieldClass, FieldValue) -> Void) {
        let placement = "scheduling.placement"
        add("\(placement).constraints", .nextLaunch, .list(constraints.map(\.fieldValue)))
        if let roles = acceptedResourceRoles {
            add("\(placement).acceptedResourceRoles", .nextLaunch, .list(roles.map(FieldValue.text)))
        }
        if let strategy = unreachableStrategy {
            add("scheduling.unreachableStrategy", .nextLaunch, strategy.fieldValue)
        }
        add("scheduling.backoff.backoff", .nextLaunch, FieldValue(seconds: backoff.first))
        add("scheduling.backoff.backoffFactor", .nextLaunch, .millionths(backoff.factorMillionths))
        add("scheduling.backoff.maxLaunchDelay", .nextLaunch, FieldValue(seconds: backoff.longest))
        add(AppSpec.podInstancesPath, .inPlace, .integer(Int64(instances)))
        let upgrade = "scheduling.upgrade"
        add("\(upgrade).minimumHealthCapacity", .inPlace, .millionths(upgradeStrategy.minimumHealthMillionths))
        add("\(upgrade).maximumOverCapacity", .inPlace, .millionths(upgradeStrategy.maximumOverMillionths))
        add("scheduling.killSelection", .inPlace, .text(killSelection.rawValue))
        add("dependencies", .inPlace, .list(dependencies.map(FieldValue.text)))
    }

    /// The path of a pod's number of instances.
    static let podInstancesPath = "scaling.instances"

    /// Where the number of instances stands in this definition.
    package var instancesPath: String { pod == nil ? "instances" : AppSpec.podInstancesPath }
}

extension PodContainer {
    /// Its fields by their paths below the container; its name is a part of the path above.
    fileprivate var fieldValues: [(path: String, value: FieldValue)] {
        var values: [(path: String, value: FieldValue)] = []
        switch command {
        case .shell(let line): values.append(("exec.command.shell", .text(line)))
        case .argv(let words): values.append(("exec.command.argv", .list(words.map(FieldValue.text))))
        case nil: break
        }
        values.append(("user", FieldValue(user)))
        values += environment.map { ("environment.\($0.key)", .text($0.value)) }
        values += labels.map { ("labels.\($0.key)", .text($0.value)) }
        values += [
            ("resources.cpus", FieldValue(milli: resources.cpus)),
            ("resources.mem", FieldValue(milli: resources.mem)),
            ("resources.disk", FieldValue(milli: resources.disk)),
            ("resources.gpus", FieldValue(milli: resources.gpus)),
            ("endpoints", .list(endpoints.map(\.fieldValue))),
            ("artifacts", .list(artifacts.map(\.fieldValue))),
            ("healthCheck", healthCheck.map(fieldValue) ?? .null),
            ("lifecycle.killGracePeriodSeconds", killGracePeriod.map(FieldValue.init(seconds:)) ?? .null),
            ("volumeMounts", .list(volumeMounts.map(\.fieldValue))),
        ]
        return values + laterValues
    }

    /// What came later, and is listed only where it is set.
    private var laterValues: [(path: String, value: FieldValue)] {
        var values: [(path: String, value: FieldValue)] = []
        if overridesEntrypoint == true { values.append(("exec.overrideEntrypoint", .flag(true))) }
        if let image { values.append(("image", image.podFieldValue)) }
        values += resourceLimits?.fieldValues ?? []
        values += (secretEnvironment ?? [:]).map { ("environment.\($0.key)", .object(["secret": .text($0.value)])) }
        if let check { values.append(("check", fieldValue(check))) }
        if let linuxInfo { values.append(("linuxInfo", linuxInfo.fieldValue)) }
        if tty == true { values.append(("tty", .flag(true))) }
        return values
    }

    private func fieldValue(_ check: TaskCheck) -> FieldValue {
        var members = check.probe.checkMembers(port: endpoint)
        members["intervalSeconds"] = FieldValue(seconds: check.interval)
        members["timeoutSeconds"] = FieldValue(seconds: check.timeout)
        members["delaySeconds"] = FieldValue(seconds: check.delay)
        return .object(members)
    }

    private func fieldValue(_ check: HealthCheck) -> FieldValue {
        var members: OrderedDictionary<String, FieldValue> = [:]
        switch check.probe {
        case .http(let path, let port, let tls):
            let scheme = FieldValue.text(tls ? "HTTPS" : "HTTP")
            members["http"] = .object(["endpoint": endpoint(port), "path": .text(path), "scheme": scheme])
        case .tcp(let port): members["tcp"] = .object(["endpoint": endpoint(port)])
        case .command(let line): members["exec"] = .object(["command": .object(["shell": .text(line)])])
        case .program(let words):
            members["exec"] = .object(["command": .object(["argv": .list(words.map(FieldValue.text))])])
        }
        members["gracePeriodSeconds"] = FieldValue(seconds: check.gracePeriod)
        members["intervalSeconds"] = FieldValue(seconds: check.interval)
        members["timeoutSeconds"] = FieldValue(seconds: check.timeout)
        members["delaySeconds"] = FieldValue(seconds: check.delay)
        members["maxConsecutiveFailures"] = .integer(Int64(check.maxConsecutiveFailures))
        return .object(members)
    }

    /// A check names its endpoint; the spec keeps its index.
    private func endpoint(_ port: HealthCheck.CheckedPort) -> FieldValue {
        switch port {
        case .index(let index) where endpoints.indices.contains(index): .text(endpoints[index].name)
        case .index(let number), .number(let number): .integer(Int64(number))
        }
    }
}

extension PodEndpoint {
    fileprivate var fieldValue: FieldValue {
        var members: OrderedDictionary<String, FieldValue> = [
            "name": .text(name), "hostPort": hostPort.map { .integer(Int64($0)) } ?? .null,
            "protocol": .list(transports.map(FieldValue.text)), "labels": FieldValue(labels),
        ]
        if let containerPort { members["containerPort"] = .integer(Int64(containerPort)) }
        if let networkNames { members["networkNames"] = .list(networkNames.map(FieldValue.text)) }
        return .object(members)
    }
}

extension VolumeMount {
    fileprivate var fieldValue: FieldValue {
        var members: OrderedDictionary<String, FieldValue> = ["name": .text(name), "mountPath": .text(mountPath)]
        if isReadOnly == true { members["readOnly"] = .flag(true) }
        return .object(members)
    }
}
