import OrderedCollections

/// What a change of a field costs.
package enum FieldClass: String, Hashable, Sendable, CaseIterable {
    /// Needs new tasks: the running ones carry the old value.
    case restart
    /// Holds for tasks that are launched from now on.
    case nextLaunch
    /// Takes effect at once; no task is touched.
    case inPlace
}

/// One field of a spec: where it stands, what it costs to change it, and its value.
package struct SpecField: Hashable, Sendable {
    /// The path as a reader of the definition knows it: `cmd`, `env.LEVEL`.
    package let path: String
    /// What a change of it costs.
    package let fieldClass: FieldClass
    /// Its value.
    package let value: FieldValue

    fileprivate func encode(into bytes: inout [UInt8]) {
        FieldValue.encode(path, into: &bytes)
        value.encode(into: &bytes)
    }
}

extension AppSpec {
    /// Every field in a fixed order: the one list that digests, diffs and field classes are made from. A field that is
    /// missing here would be invisible to all three.
    package var fields: [SpecField] { pod.map(fields(of:)) ?? appFields }

    private var appFields: [SpecField] {
        var fields: [SpecField] = []
        fields.reserveCapacity(48 + env.count + labels.count)
        func add(_ path: String, _ fieldClass: FieldClass, _ value: FieldValue) {
            fields.append(SpecField(path: path, fieldClass: fieldClass, value: value))
        }
        add("id", .restart, .text(id.path))
        add("cmd", .restart, FieldValue(cmd))
        add("args", .restart, .list(args.map(FieldValue.text)))
        add("user", .restart, FieldValue(user))
        for (name, value) in env { add("env." + name, .restart, .text(value)) }
        for (name, secret) in secretEnv ?? [:] { add("env.\(name)", .restart, .object(["secret": .text(secret)])) }
        for (name, value) in labels { add("labels." + name, .restart, .text(value)) }
        add("cpus", .restart, FieldValue(milli: resources.cpus))
        add("mem", .restart, FieldValue(milli: resources.mem))
        add("disk", .restart, FieldValue(milli: resources.disk))
        add("gpus", .restart, FieldValue(milli: resources.gpus))
        add("portDefinitions", .restart, .list(portDefinitions.map(\.fieldValue)))
        add("requirePorts", .restart, .flag(requirePorts))
        add("fetch", .restart, .list(fetch.map(\.fieldValue)))
        add("healthChecks", .restart, .list(healthChecks.map(\.fieldValue)))
        add("taskKillGracePeriodSeconds", .restart, killGracePeriod.map(FieldValue.init(seconds:)) ?? .null)
        add("constraints", .nextLaunch, .list(constraints.map(\.fieldValue)))
        // Fields that came later are listed only where they are set: the digests of all other specs stay what they were.
        if let roles = acceptedResourceRoles {
            add("acceptedResourceRoles", .nextLaunch, .list(roles.map(FieldValue.text)))
        }
        if let role { add("role", .restart, .text(role)) }
        if enforcesGroupRole == true { add("enforceRole", .restart, .flag(true)) }
        if let strategy = unreachableStrategy { add("unreachableStrategy", .nextLaunch, strategy.fieldValue) }
        if let volumes = persistentVolumes { add("container.volumes", .restart, .list(volumes.map(\.fieldValue))) }
        if let residency { add("residency", .nextLaunch, residency.fieldValue) }
        addContainer(add)
        addChecks(add)
        add("backoffSeconds", .nextLaunch, FieldValue(seconds: backoff.first))
        add("backoffFactor", .nextLaunch, .millionths(backoff.factorMillionths))
        add("maxLaunchDelaySeconds", .nextLaunch, FieldValue(seconds: backoff.longest))
        add("instances", .inPlace, .integer(Int64(instances)))
        add("upgradeStrategy.minimumHealthCapacity", .inPlace, .millionths(upgradeStrategy.minimumHealthMillionths))
        add("upgradeStrategy.maximumOverCapacity", .inPlace, .millionths(upgradeStrategy.maximumOverMillionths))
        add("killSelection", .inPlace, .text(killSelection.rawValue))
        add("dependencies", .inPlace, .list(dependencies.map(FieldValue.text)))
        addRollout(add)
        return fields
    }

    /// What tasks run in, and with.
    private func addContainer(_ add: (String, FieldClass, FieldValue) -> Void) {
        for (path, value) in container?.fieldValues ?? [] { add(path, .restart, value) }
        if let networks { add("networks", .restart, .list(networks.map(\.fieldValue))) }
        if let portMappings {
            add("container.portMappings", .restart, .list(portMappings.map(\.fieldValue)))
            for (index, mapping) in portMappings.enumerated() where mapping.servicePort != 0 {
                let path = "container.portMappings[\(index)].servicePort"
                add(path, .inPlace, .integer(Int64(mapping.servicePort)))
            }
        }
        for (path, value) in resourceLimits?.fieldValues ?? [] { add(path, .restart, value) }
        for (name, source) in secrets ?? [:] { add("secrets.\(name).source", .restart, .text(source)) }
        if let executor { add("executor", .restart, .text(executor)) }
        if let executorResources {
            add("executorResources.cpus", .restart, FieldValue(milli: executorResources.cpus))
            add("executorResources.mem", .restart, FieldValue(milli: executorResources.mem))
            add("executorResources.disk", .restart, FieldValue(milli: executorResources.disk))
        }
        if tty == true { add("tty", .restart, .flag(true)) }
    }

    private func addChecks(_ add: (String, FieldClass, FieldValue) -> Void) {
        if let check { add("check", .restart, check.fieldValue) }
        if let readinessCheck { add("readinessChecks", .restart, .list([readinessCheck.fieldValue])) }
    }

    /// Only what differs from the defaults: digests of apps that say nothing about it stay what they were before there was
    /// such a thing.
    func addRollout(_ add: (String, FieldClass, FieldValue) -> Void) {
        let standard = RolloutStrategy()
        func member<Value: Equatable>(_ name: String, _ path: KeyPath<RolloutStrategy, Value>, _ value: FieldValue) {
            guard strategy[keyPath: path] != standard[keyPath: path] else { return }
            add("rollout.\(name)", .inPlace, value)
        }
        member("canary", \.canary, .integer(Int64(strategy.canary)))
        member("promotion", \.promotion, .text(strategy.promotion.rawValue))
        if let watch = strategy.watch { add("rollout.watch", .inPlace, FieldValue(seconds: watch)) }
        member("maxFailures", \.maxFailures, .integer(Int64(strategy.maxFailures)))
        member("onFailure", \.onFailure, .text(strategy.onFailure.rawValue))
        member("deadline", \.deadline, FieldValue(seconds: strategy.deadline))
    }

    /// The bytes whose SHA-256 is the digest, and those whose SHA-256 is the restart digest: every field, or every one that needs
    /// new tasks, path and value, each with its length before it.
    package func canonicalForms() -> (whole: [UInt8], restart: [UInt8]) {
        var whole: [UInt8] = []
        var restart: [UInt8] = []
        whole.reserveCapacity(2048)
        restart.reserveCapacity(2048)
        for field in fields {
            let start = whole.count
            field.encode(into: &whole)
            if field.fieldClass == .restart { restart.append(contentsOf: whole[start...]) }
        }
        return (whole, restart)
    }

    /// The same for the fields of some classes: differs exactly when one of these does.
    package func canonicalForm(of classes: Set<FieldClass> = Set(FieldClass.allCases)) -> [UInt8] {
        fields.reduce(into: []) { if classes.contains($1.fieldClass) { $1.encode(into: &$0) } }
    }
}

extension PortDefinition {
    var fieldValue: FieldValue {
        .object([
            "port": .integer(Int64(port)), "protocol": .text(transport), "name": FieldValue(name),
            "labels": FieldValue(labels),
        ])
    }
}

extension FetchURI {
    var fieldValue: FieldValue {
        .object([
            "uri": .text(uri), "extract": .flag(extract), "executable": .flag(executable), "cache": .flag(cache),
            "destPath": FieldValue(destPath),
        ])
    }
}

extension Constraint {
    var fieldValue: FieldValue {
        .list([.text(field), .text(comparison.rawValue)] + (value.map { [.text($0)] } ?? []))
    }
}
