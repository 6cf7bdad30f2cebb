import Domain
import OrderedCollections

/// Writes an app's `container`: image, volumes of all kinds, port mappings.
struct ContainerWriter {
    let spec: AppSpec

    /// The container; `nil` where nothing is to be said.
    func container() -> FieldValue? {
        let mappings = portMappings()
        guard spec.container != nil || spec.isResident || mappings != nil else { return nil }
        let container = spec.container ?? AppContainer(engine: .mesos)
        var tree = DefinitionTree(ContainerForm.form)
        tree.put(ContainerForm.type, container.engine)
        tree.put(ContainerForm.docker, tree: container.image?.written)
        let volumes = spec.volumes.map(\.written) + container.volumes.map(\.written)
        tree.put(ContainerForm.volumes, tree: .listIfAny(volumes))
        tree.put(ContainerForm.portMappings, tree: mappings)
        tree.put(ContainerForm.linuxInfo, tree: container.linuxInfo?.written)
        return tree.value
    }

    /// The mappings where they are not what holds without them.
    private func portMappings() -> FieldValue? {
        guard let mappings = spec.portMappings else { return nil }
        let onBridge = spec.networks?.first?.mode == .bridge
        guard mappings != [PortMapping(hostPort: onBridge ? 0 : nil, name: "default")] else { return nil }
        return .list(mappings.map { $0.written(onBridge: onBridge) })
    }
}

extension PortMapping {
    fileprivate func written(onBridge: Bool) -> FieldValue {
        var tree = DefinitionTree(PortMappingForm.form)
        tree.put(PortMappingForm.containerPort.field, containerPort)
        tree.put(PortMappingForm.hostPort, onBridge && hostPort == 0 ? nil : hostPort)
        tree.put(PortMappingForm.servicePort, servicePort)
        tree.put(PortMappingForm.transport, transport)
        tree.put(PortMappingForm.name, name)
        tree.put(PortMappingForm.labels, tree: .table(labels))
        tree.put(PortMappingForm.networkNames, networkNames.isEmpty ? nil : networkNames)
        return tree.value
    }
}

extension ContainerImage {
    /// As an app has it.
    fileprivate var written: FieldValue {
        var tree = DefinitionTree(DockerForm.form)
        tree.put(DockerForm.image, name)
        tree.put(DockerForm.forcePullImage, forcePull)
        tree.put(DockerForm.privileged, privileged)
        let options = parameters.map { FieldValue.object(["key": .text($0.key), "value": .text($0.value)]) }
        tree.put(DockerForm.parameters, tree: .listIfAny(options))
        tree.put(DockerForm.pullConfig, tree: pullSecret.map { .object(["secret": .text($0)]) })
        return tree.value
    }

    /// As a pod has it.
    var writtenForPod: FieldValue {
        var tree = DefinitionTree(ImageForm.form)
        tree.put(ImageForm.kind, "DOCKER")
        tree.put(ImageForm.id, name)
        tree.put(ImageForm.forcePull, forcePull)
        tree.put(ImageForm.pullConfig, tree: pullSecret.map { .object(["secret": .text($0)]) })
        tree.put(ImageForm.labels, tree: .table(labels ?? [:]))
        return tree.value
    }
}

extension PersistentVolume {
    fileprivate var written: FieldValue {
        var persistent = DefinitionTree(PersistentForm.form)
        let standard: DiskType = profileName == nil ? .root : .mount
        persistent.put(PersistentForm.type, type == standard ? nil : type)
        persistent.put(PersistentForm.size, size)
        persistent.put(PersistentForm.maxSize, maxSize)
        persistent.put(PersistentForm.profileName, profileName)
        persistent.put(PersistentForm.constraints, tree: .listIfAny(constraints.map(\.written)))
        var tree = DefinitionTree(VolumeForm.form)
        tree.put(VolumeForm.containerPath, containerPath)
        tree.put(VolumeForm.mode, "RW")
        tree.put(VolumeForm.persistent, tree: persistent.value)
        return tree.value
    }
}

extension ContainerVolume {
    fileprivate var written: FieldValue {
        var tree = DefinitionTree(VolumeForm.form)
        tree.put(VolumeForm.containerPath, containerPath)
        switch source {
        case .host(let path): tree.put(VolumeForm.hostPath, path)
        case .secret(let name): tree.put(VolumeForm.secret, name)
        case .driver(let volume): tree.put(VolumeForm.external, tree: volume.written)
        case .csi(let volume): tree.put(VolumeForm.external, tree: volume.written)
        }
        // A secret's file can do without a mode.
        if case .secret = source, !isReadOnly { return tree.value }
        tree.put(VolumeForm.mode, isReadOnly ? "RO" : "RW")
        return tree.value
    }
}

extension DriverVolume {
    fileprivate var written: FieldValue {
        var options = self.options
        options["dvdi/driver"] = driver
        options.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        var tree = DefinitionTree(ExternalForm.form)
        tree.put(ExternalForm.provider, "dvdi")
        tree.put(ExternalForm.name, name)
        tree.put(ExternalForm.size, size)
        tree.put(ExternalForm.shared, isShared)
        tree.put(ExternalForm.options, tree: FieldValue(options))
        return tree.value
    }
}

extension CSIVolume {
    fileprivate var written: FieldValue {
        var options = DefinitionTree(CSIForm.form)
        options.put(CSIForm.pluginName, plugin)
        options.put(CSIForm.capability, tree: writtenCapability)
        options.put(CSIForm.nodeStageSecret, tree: .environment([:], nodeStageSecrets))
        options.put(CSIForm.nodePublishSecret, tree: .environment([:], nodePublishSecrets))
        options.put(CSIForm.volumeContext, tree: .table(context))
        var tree = DefinitionTree(ExternalForm.form)
        tree.put(ExternalForm.provider, "csi")
        tree.put(ExternalForm.name, name)
        tree.put(ExternalForm.options, tree: options.value)
        return tree.value
    }

    private var writtenCapability: FieldValue {
        var members: OrderedDictionary<String, FieldValue> = ["accessMode": .text(accessMode.rawValue)]
        switch accessType {
        case .block: members["accessType"] = .text("block")
        case .mount(let type, let flags):
            members["accessType"] = .text("mount")
            if let type { members["fsType"] = .text(type) }
            if !flags.isEmpty { members["mountFlags"] = .list(flags.map(FieldValue.text)) }
        }
        return .object(members)
    }
}
