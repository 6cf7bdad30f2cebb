import Domain
import OrderedCollections
import Scheduling
import SwiftProtobuf

extension WireVolume {
    init(_ volume: ContainerDescription.Volume) {
        self.init()
        containerPath = volume.path
        mode = volume.isReadOnly ? .ro : .rw
        switch volume.source {
        case .host(let path): hostPath = path
        case .secret(let name):
            source.type = .secret
            source.secret = WireSecret(source: name)
        case .driver(let name, let driver, let options):
            source.type = .dockerVolume
            source.dockerVolume.name = name
            source.dockerVolume.driver = driver
            if !options.isEmpty {
                source.dockerVolume.driverOptions.parameter = options.map { key, value in
                    .with { ($0.key, $0.value) = (key, value) }
                }
            }
        case .csi(let volume):
            source.type = .csiVolume
            source.csiVolume = Source.CSIVolume(volume)
        case .parentSandbox(let path):
            source.type = .sandboxPath
            source.sandboxPath.type = .parent
            source.sandboxPath.path = path
        }
    }
}

extension WireVolume.Source.CSIVolume {
    fileprivate init(_ volume: CSIVolume) {
        self.init()
        pluginName = volume.plugin
        staticProvisioning.volumeID = volume.name
        staticProvisioning.volumeCapability = VolumeCapability(volume)
        staticProvisioning.nodeStageSecrets = table(volume.nodeStageSecrets, WireSecret.init(source:))
        staticProvisioning.nodePublishSecrets = table(volume.nodePublishSecrets, WireSecret.init(source:))
        staticProvisioning.volumeContext = table(volume.context) { $0 }
    }

    private func table<Value>(
        _ texts: OrderedDictionary<String, String>,
        _ value: (String) -> Value
    ) -> [String: Value] {
        Dictionary(uniqueKeysWithValues: texts.map { ($0.key, value($0.value)) })
    }
}

extension WireVolume.Source.CSIVolume.VolumeCapability {
    fileprivate init(_ volume: CSIVolume) {
        self.init()
        switch volume.accessType {
        case .block: block = BlockVolume()
        case .mount(let type, let flags):
            mount = .with {
                if let type { $0.fsType = type }
                $0.mountFlags = flags
            }
        }
        accessMode.mode =
            switch volume.accessMode {
            case .singleNodeWriter: .singleNodeWriter
            case .singleNodeReaderOnly: .singleNodeReaderOnly
            case .multiNodeReaderOnly: .multiNodeReaderOnly
            case .multiNodeSingleWriter: .multiNodeSingleWriter
            case .multiNodeMultiWriter: .multiNodeMultiWriter
            }
    }
}
