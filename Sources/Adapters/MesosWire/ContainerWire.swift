import Domain
import Scheduling
import SwiftProtobuf

extension WireContainerInfo {
    /// A container as Marathon 1.11 describes it.
    init(_ container: ContainerDescription) {
        self.init()
        switch container.engine {
        case .docker:
            type = .docker
            docker = DockerInfo(container)
        case .mesos:
            type = .mesos
            if let image = container.image { mesos.image = WireImage(image) }
        }
        volumes = container.volumes.map(WireVolume.init)
        networkInfos = container.networks.map(WireNetworkInfo.init)
        if container.linuxInfo != nil || container.sharesCgroups != nil {
            linuxInfo = WireLinuxInfo(container.linuxInfo ?? LinuxInfo(), sharesCgroups: container.sharesCgroups)
        }
        if container.tty { ttyInfo = WireTTYInfo() }
    }
}

extension WireContainerInfo.DockerInfo {
    fileprivate init(_ container: ContainerDescription) {
        self.init()
        guard let image = container.image else { preconditionFailure("a container of the Docker daemon has an image") }
        self.image = image.name
        privileged = image.privileged
        forcePullImage = image.forcePull
        parameters = image.parameters.map(WireParameter.init)
        switch container.dockerNetwork {
        case .host?: network = .host
        case .bridge?: network = .bridge
        case .user?: network = .user
        case nil: break
        }
        portMappings = container.dockerPorts.map { port in
            .with {
                $0.hostPort = UInt32(clamping: port.host)
                $0.containerPort = UInt32(clamping: port.container)
                $0.protocol = port.transport
            }
        }
    }
}

extension WireParameter {
    fileprivate init(_ parameter: DockerParameter) {
        self.init()
        key = parameter.key
        value = parameter.value
    }
}

extension WireImage {
    fileprivate init(_ image: ContainerImage) {
        self.init()
        type = .docker
        docker.name = image.name
        if let secret = image.pullSecret { docker.config = WireSecret(source: secret) }
        cached = !image.forcePull
    }
}

extension WireSecret {
    /// A secret that the agents' resolver finds; its value never passes through Pacer.
    init(source: String) {
        self.init()
        type = .reference
        reference.name = source
    }
}

extension WireNetworkInfo {
    fileprivate init(_ network: ContainerDescription.JoinedNetwork) {
        self.init()
        name = network.name
        if !network.labels.isEmpty { labels = WireLabels(network.labels) }
        portMappings = network.ports.map { port in
            .with {
                $0.hostPort = UInt32(clamping: port.host)
                $0.containerPort = UInt32(clamping: port.container)
                $0.protocol = port.transport
            }
        }
    }
}

extension WireLinuxInfo {
    fileprivate init(_ info: LinuxInfo, sharesCgroups: Bool?) {
        self.init()
        switch info.seccomp {
        case .profile(let name)?: seccomp.profileName = name
        case .unconfined?: seccomp.unconfined = true
        case nil: break
        }
        switch info.ipcMode {
        case .isPrivate?: ipcMode = .private
        case .shareParent?: ipcMode = .shareParent
        case nil: break
        }
        if let size = info.shmSize { shmSize = UInt32(clamping: size) }
        if let sharesCgroups { shareCgroups = sharesCgroups }
    }
}
