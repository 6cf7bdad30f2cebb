import OrderedCollections

/// What a container and its parts look like in a plan and in the canonical form: paths below `container`, and values.
extension AppContainer {
    /// Its fields by their paths. Volumes stand under their paths in the container, so that one more or less leaves the
    /// others' as they are.
    var fieldValues: [(path: String, value: FieldValue)] {
        var values: [(path: String, value: FieldValue)] = [("container.type", .text(engine.rawValue))]
        if let image { values += image.fieldValues }
        values += volumes.map { ("container.volumes[\($0.containerPath)]", $0.fieldValue) }
        if let linuxInfo { values.append(("container.linuxInfo", linuxInfo.fieldValue)) }
        return values
    }
}

extension ContainerImage {
    /// Its fields by their paths in an app's definition.
    fileprivate var fieldValues: [(path: String, value: FieldValue)] {
        var values: [(path: String, value: FieldValue)] = [
            ("container.docker.image", .text(name)), ("container.docker.forcePullImage", .flag(forcePull)),
        ]
        if let pullSecret { values.append(("container.docker.pullConfig.secret", .text(pullSecret))) }
        if privileged { values.append(("container.docker.privileged", .flag(true))) }
        if !parameters.isEmpty {
            values.append(("container.docker.parameters", .list(parameters.map(\.fieldValue))))
        }
        return values
    }

    /// The whole of it, as a pod's definition has it.
    var podFieldValue: FieldValue {
        .object([
            "kind": .text("DOCKER"), "id": .text(name), "forcePull": .flag(forcePull),
            "pullConfig": pullSecret.map { .object(["secret": .text($0)]) } ?? .null,
            "labels": FieldValue(labels ?? [:]),
        ])
    }
}

extension DockerParameter {
    fileprivate var fieldValue: FieldValue { .object(["key": .text(key), "value": .text(value)]) }
}

extension ContainerVolume {
    var fieldValue: FieldValue {
        var members: OrderedDictionary<String, FieldValue> = ["mode": .text(isReadOnly ? "RO" : "RW")]
        switch source {
        case .host(let path): members["hostPath"] = .text(path)
        case .secret(let name): members["secret"] = .text(name)
        case .driver(let volume): members["external"] = volume.fieldValue
        case .csi(let volume): members["external"] = volume.fieldValue
        }
        return .object(members)
    }
}

extension DriverVolume {
    fileprivate var fieldValue: FieldValue {
        .object([
            "provider": .text("dvdi"), "name": .text(name), "driver": .text(driver),
            "size": size.map { .integer(Int64($0)) } ?? .null, "options": FieldValue(options),
            "shared": .flag(isShared),
        ])
    }
}

extension CSIVolume {
    fileprivate var fieldValue: FieldValue {
        .object([
            "provider": .text("csi"), "name": .text(name), "pluginName": .text(plugin),
            "accessMode": .text(accessMode.rawValue), "accessType": accessType.fieldValue,
            "nodeStageSecret": FieldValue(nodeStageSecrets), "nodePublishSecret": FieldValue(nodePublishSecrets),
            "volumeContext": FieldValue(context),
        ])
    }
}

extension CSIVolume.AccessType {
    fileprivate var fieldValue: FieldValue {
        switch self {
        case .block: .text("block")
        case .mount(let fsType, let flags):
            .object(["fsType": FieldValue(fsType), "mountFlags": .list(flags.map(FieldValue.text))])
        }
    }
}

extension LinuxInfo {
    var fieldValue: FieldValue {
        var members: OrderedDictionary<String, FieldValue> = [:]
        switch seccomp {
        case .profile(let name)?: members["seccomp"] = .object(["profileName": .text(name)])
        case .unconfined?: members["seccomp"] = .object(["unconfined": .flag(true)])
        case nil: break
        }
        var ipc: OrderedDictionary<String, FieldValue> = [:]
        if let ipcMode { ipc["mode"] = .text(ipcMode.rawValue) }
        if let shmSize { ipc["shmSize"] = .integer(Int64(shmSize)) }
        if !ipc.isEmpty { members["ipcInfo"] = .object(ipc) }
        return .object(members)
    }
}
