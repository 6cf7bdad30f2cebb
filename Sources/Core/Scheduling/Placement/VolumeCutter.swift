import Domain

/// Finds the disk for volumes among what nobody has reserved. A volume is on one disk, whole.
///
/// Of path disks the largest is taken first, of whole disks the smallest that is large enough (Marathon's order).
struct VolumeCutter {
    /// What is left.
    private(set) var resources: [MesosResource]
    /// Where the agent's own disk stands among them.
    private let root: [Int]

    init(_ resources: [MesosResource], root: [Int]) {
        self.resources = resources
        self.root = root
    }

    /// A piece for each volume, in their order; `nil` where one of them finds none.
    mutating func cut(_ volumes: [PersistentVolume]) -> [MesosResource]? {
        var pieces: [MesosResource] = []
        for volume in volumes {
            guard let piece = cut(volume) else { return nil }
            pieces.append(piece)
        }
        return pieces
    }

    private mutating func cut(_ volume: PersistentVolume) -> MesosResource? {
        switch volume.type {
        case .root:
            guard let index = root.first(where: { amount($0) >= volume.size }) else { return nil }
            return take(volume.size, from: index)
        case .path:
            let disks = resources.indices.filter { suits($0, volume) && amount($0) >= volume.size }
            guard let index = disks.max(by: { (amount($0), -$0) < (amount($1), -$1) }) else { return nil }
            return take(volume.size, from: index)
        case .mount:
            let range = volume.size...max(volume.size, volume.maxSize ?? .max)
            let disks = resources.indices.filter { suits($0, volume) && range.contains(amount($0)) }
            guard let index = disks.min(by: { (amount($0), $0) < (amount($1), $1) }) else { return nil }
            return take(amount(index), from: index)
        }
    }

    private mutating func take(_ size: Int64, from index: Int) -> MesosResource {
        let piece = resources[index].holding(.scalar(size))
        resources[index].value = .scalar(amount(index) - size)
        return piece
    }

    private func amount(_ index: Int) -> Int64 {
        if case .scalar(let amount) = resources[index].value { amount } else { 0 }
    }

    /// Whether a resource is a free disk of the kind, the profile and the path that the volume asks for.
    private func suits(_ index: Int, _ volume: PersistentVolume) -> Bool {
        let resource = resources[index]
        guard resource.name == ResourcePool.Kind.disk.rawValue, !resource.isSpecial, resource.reservations.isEmpty,
            amount(index) > 0, let disk = resource.disk, disk.volume == nil, disk.profile == volume.profileName
        else { return false }
        let path: String?
        switch (disk.source, volume.type) {
        case (.path(let root)?, .path), (.mount(let root)?, .mount): path = root
        default: return false
        }
        return volume.constraints.allSatisfy { constraint in
            ConstraintRule(constraint).allows(path, counts: [:], wanted: 0)
        }
    }
}
