import Domain
import OrderedCollections
import Scheduling

extension ContainerDescription {
    /// A container as a master reads it out of an ACCEPT.
    init(_ container: WireContainerInfo) {
        self.init(engine: container.type == .docker ? .docker : .mesos)
        if engine == .docker {
            image = ContainerImage(container.docker)
            dockerNetwork = DockerNetwork(container.docker)
            dockerPorts = container.docker.portMappings.map {
                MappedPort(host: Int($0.hostPort), container: Int($0.containerPort), transport: $0.protocol)
            }
        } else if container.mesos.hasImage {
            image = ContainerImage(container.mesos.image)
        }
        networks = container.networkInfos.map(JoinedNetwork.init)
        volumes = container.volumes.compactMap(Volume.init)
        if container.hasLinuxInfo {
            linuxInfo = LinuxInfo(container.linuxInfo)
            sharesCgroups = container.linuxInfo.hasShareCgroups ? container.linuxInfo.shareCgroups : nil
        }
        tty = container.hasTtyInfo
    }
}

extension ContainerDescription.DockerNetwork {
    fileprivate init?(_ docker: WireContainerInfo.DockerInfo) {
        switch docker.network {
        case .host where docker.hasNetwork: self = .host
        case .bridge: self = .bridge
        case .user: self = .user
        default: return nil
        }
    }
}

extension ContainerImage {
    fileprivate init(_ docker: WireContainerInfo.DockerInfo) {
        self.init(
            name: docker.image,
            forcePull: docker.forcePullImage,
            privileged: docker.privileged,
            parameters: docker.parameters.map { DockerParameter(key: $0.key, value: $0.value) }
        )
    }

    fileprivate init(_ image: WireImage) {
        self.init(
            name: image.docker.name,
            forcePull: !image.cached,
            pullSecret: image.docker.hasConfig ? image.docker.config.reference.name : nil
        )
    }
}

extension ContainerDescription.JoinedNetwork {
    fileprivate init(_ network: WireNetworkInfo) {
        self.init(
            name: network.name,
            labels: network.labels.labels.map(Label.init),
            ports: network.portMappings.map {
                .init(host: Int($0.hostPort), container: Int($0.containerPort), transport: $0.protocol)
            }
        )
    }
}

extension LinuxInfo {
    /// - Returns: `nil` where nothing is said but what ``ContainerDescription/sharesCgroups`` holds.
    fileprivate init?(_ info: WireLinuxInfo) {
        self.init()
        if info.hasSeccomp {
            seccomp = info.seccomp.hasProfileName ? .profile(info.seccomp.profileName) : .unconfined
        }
        switch info.ipcMode {
        case .private: ipcMode = .isPrivate
        case .shareParent: ipcMode = .shareParent
        case .unknown: break
        }
        if info.hasShmSize { shmSize = Int(info.shmSize) }
        if self == LinuxInfo() { return nil }
    }
}

extension ContainerDescription.Volume {
    /// - Returns: `nil` where the volume is of no kind that Pacer sends.
    fileprivate init?(_ volume: WireVolume) {
        guard let source = Source(volume) else { return nil }
        self.init(path: volume.containerPath, isReadOnly: volume.mode == .ro, source: source)
    }
}

extension ContainerDescription.Volume.Source {
    fileprivate init?(_ volume: WireVolume) {
        if volume.hasHostPath {
            self = .host(path: volume.hostPath)
            return
        }
        switch volume.source.type {
        case .secret: self = .secret(source: volume.source.secret.reference.name)
        case .dockerVolume:
            let driver = volume.source.dockerVolume
            let options = driver.driverOptions.parameter.map { ($0.key, $0.value) }
            self = .driver(
                name: driver.name,
                driver: driver.driver,
                options: OrderedDictionary(options) { _, last in last }
            )
        case .csiVolume:
            guard let csi = CSIVolume(volume.source.csiVolume) else { return nil }
            self = .csi(csi)
        case .sandboxPath: self = .parentSandbox(path: volume.source.sandboxPath.path)
        default: return nil
        }
    }
}

extension CSIVolume {
    fileprivate init?(_ volume: WireVolume.Source.CSIVolume) {
        let provisioning = volume.staticProvisioning
        let capability = provisioning.volumeCapability
        let modes: [WireVolume.Source.CSIVolume.VolumeCapability.AccessMode.Mode: AccessMode] = [
            .singleNodeWriter: .singleNodeWriter, .singleNodeReaderOnly: .singleNodeReaderOnly,
            .multiNodeReaderOnly: .multiNodeReaderOnly, .multiNodeSingleWriter: .multiNodeSingleWriter,
            .multiNodeMultiWriter: .multiNodeMultiWriter,
        ]
        guard let mode = modes[capability.accessMode.mode] else { return nil }
        let mount = capability.mount
        let type = AccessType.mount(fsType: mount.hasFsType ? mount.fsType : nil, flags: mount.mountFlags)
        var isBlock = false
        if case .block? = capability.accessType { isBlock = true }
        self.init(
            name: provisioning.volumeID,
            plugin: volume.pluginName,
            accessMode: mode,
            accessType: isBlock ? .block : type,
            nodeStageSecrets: sorted(provisioning.nodeStageSecrets.mapValues(\.reference.name)),
            nodePublishSecrets: sorted(provisioning.nodePublishSecrets.mapValues(\.reference.name)),
            context: sorted(provisioning.volumeContext)
        )
    }
}

private func sorted(_ table: [String: String]) -> OrderedDictionary<String, String> {
    OrderedDictionary(uniqueKeysWithValues: table.sorted { $0.key < $1.key })
}
