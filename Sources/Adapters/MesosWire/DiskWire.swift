import Scheduling
import SwiftProtobuf

extension MesosResource.Disk {
    /// - Returns: `nil` where the disk is of a kind that Pacer does not use, or says more than Pacer could give back to the
    ///   letter: raw and block devices, disks with an identity of their own, volumes that are not mounted read-write.
    init?(_ disk: WireResource.DiskInfo) {
        guard disk.hasSource || disk.hasPersistence else { return nil }
        self.init()
        if disk.hasSource {
            guard let source = Source(disk.source) else { return nil }
            self.source = source
            if disk.source.hasProfile { profile = disk.source.profile }
        }
        guard disk.hasPersistence else { return }
        let mount = disk.volume
        guard disk.hasVolume, mount.hasContainerPath, !mount.hasHostPath, mount.mode == .rw else { return nil }
        let persistence = disk.persistence
        volume = Volume(
            id: persistence.id,
            principal: persistence.hasPrincipal ? persistence.principal : nil,
            containerPath: mount.containerPath
        )
    }
}

extension MesosResource.Disk.Source {
    fileprivate init?(_ source: WireResource.DiskInfo.Source) {
        guard !source.hasID, !source.hasMetadata, !source.hasVendor else { return nil }
        switch source.type {
        case .path: self = .path(root: source.path.hasRoot ? source.path.root : nil)
        case .mount: self = .mount(root: source.mount.hasRoot ? source.mount.root : nil)
        case .unknown, .block, .raw: return nil
        }
    }
}

extension WireResource.DiskInfo {
    init(_ disk: MesosResource.Disk) {
        self.init()
        switch disk.source {
        case .path(let root)?:
            source.type = .path
            if let root { source.path.root = root }
        case .mount(let root)?:
            source.type = .mount
            if let root { source.mount.root = root }
        case nil: break
        }
        if let profile = disk.profile { source.profile = profile }
        guard let volume = disk.volume else { return }
        persistence.id = volume.id
        if let principal = volume.principal { persistence.principal = principal }
        self.volume.containerPath = volume.containerPath
        self.volume.mode = .rw
    }
}
