import Domain

/// What an agent offers, as it is used up by one task after the other.
///
/// A task's resources are cut out of the offered ones, never made up from a name and an amount: Mesos compares all that
/// makes two resources different. What is reserved for our role is used before what everybody could use; what is more
/// than a plain amount (volumes, revocable or shared resources) and reservations that carry labels, which somebody made
/// for something, are left alone. Persistent volumes are made of what nobody has reserved (``VolumeCutter``).
struct ResourcePool: Sendable {
    /// The resources that tasks ask for, each with its name in Mesos.
    enum Kind: String, CaseIterable {
        case cpus, mem, disk, gpus
    }

    /// Where the usable resources of one name stand, those that are reserved first.
    private struct Usable: Sendable {
        var indices: [Int] = []
        /// How many of them are reserved.
        var reserved = 0

        func slice(_ accepted: AcceptedRoles) -> ArraySlice<Int> {
            indices[(accepted.reserved ? 0 : reserved)..<(accepted.unreserved ? indices.count : reserved)]
        }
    }

    /// What is left, in the offers' order; what is used up stays with nothing in it.
    private(set) var resources: [MesosResource]
    /// The usable amounts that are left.
    private(set) var free: Resources = .zero
    /// How many usable ports are left.
    private(set) var portCount = 0
    /// Whether GPUs are offered, to whomever.
    let hasGPUs: Bool

    private var freeReserved: Resources = .zero
    private var reservedPortCount = 0
    private var scalars = Array(repeating: Usable(), count: Kind.allCases.count)
    private var portRanges = Usable()

    /// All that is offered on one agent for one role.
    init(_ resources: [MesosResource], role: String) {
        self.resources = resources
        self.hasGPUs = resources.contains { $0.name == Kind.gpus.rawValue && $0.value != .scalar(0) }
        let plain = resources.indices.filter { ResourcePool.isPlain(resources[$0], for: role) }
        for index in plain where !resources[index].reservations.isEmpty { take(index, isReserved: true) }
        for index in plain where resources[index].reservations.isEmpty { take(index, isReserved: false) }
    }

    private mutating func take(_ index: Int, isReserved: Bool) {
        let resource = resources[index]
        switch resource.value {
        case .scalar(let amount):
            guard let kind = Kind(rawValue: resource.name) else { return }
            scalars[kind.index].indices.append(index)
            if isReserved { scalars[kind.index].reserved += 1 }
            add(amount, of: kind, isReserved: isReserved)
        case .ranges(let ranges):
            guard resource.name == "ports" else { return }
            let count = ranges.reduce(0) { $0 + $1.count }
            portRanges.indices.append(index)
            portCount += count
            guard isReserved else { return }
            portRanges.reserved += 1
            reservedPortCount += count
        case .set: return
        }
    }

    private mutating func add(_ amount: Int64, of kind: Kind, isReserved: Bool) {
        free[kind] += amount
        if isReserved { freeReserved[kind] += amount }
    }

    // MARK: - Looking

    /// The amounts that are left of what is accepted.
    func free(_ accepted: AcceptedRoles) -> Resources {
        switch (accepted.reserved, accepted.unreserved) {
        case (true, true): free
        case (true, false): freeReserved
        case (false, true): free - freeReserved
        case (false, false): .zero
        }
    }

    /// How many ports are left of what is accepted.
    func portCount(_ accepted: AcceptedRoles) -> Int {
        (accepted.reserved ? reservedPortCount : 0) + (accepted.unreserved ? portCount - reservedPortCount : 0)
    }

    /// The free ports of what is accepted, ascending and apart.
    func ports(_ accepted: AcceptedRoles = .any) -> [ClosedRange<Int>] {
        let indices = portRanges.slice(accepted)
        if let only = indices.first, indices.count == 1, case .ranges(let ranges) = resources[only].value {
            return ranges
        }
        var ranges: [ClosedRange<Int>] = []
        for index in indices {
            if case .ranges(let some) = resources[index].value { ranges += some }
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }
    }

    // MARK: - Cutting

    /// Cuts out the disk for volumes, one piece for each; `nil`, and nothing is cut, where it is not there.
    mutating func cutVolumes(_ volumes: [PersistentVolume]) -> [MesosResource]? {
        let disks = scalars[Kind.disk.index]
        var cutter = VolumeCutter(resources, root: Array(disks.indices[disks.reserved...]))
        guard let pieces = cutter.cut(volumes) else { return nil }
        resources = cutter.resources
        for (piece, volume) in zip(pieces, volumes) where volume.type == .root {
            if case .scalar(let amount) = piece.value { add(-amount, of: .disk, isReserved: false) }
        }
        return pieces
    }

    /// Cuts out amounts and ports.
    /// - Precondition: what is free of the accepted covers the amounts and holds the ports.
    mutating func cut(_ asked: Resources, ports: [Int], _ accepted: AcceptedRoles = .any) -> [MesosResource] {
        precondition(free(accepted).covers(asked), "\(asked) is cut out of \(free(accepted))")
        var pieces: [MesosResource] = []
        pieces.reserveCapacity(Kind.allCases.count + 1)
        for kind in Kind.allCases where asked[kind] > 0 { cut(asked[kind], of: kind, accepted, into: &pieces) }
        if !ports.isEmpty { cutPorts(ports, accepted, into: &pieces) }
        return pieces
    }

    private mutating func cut(
        _ amount: Int64,
        of kind: Kind,
        _ accepted: AcceptedRoles,
        into pieces: inout [MesosResource]
    ) {
        var rest = amount
        let usable = scalars[kind.index]
        for position in usable.slice(accepted).indices where rest > 0 {
            let index = usable.indices[position]
            guard case .scalar(let left) = resources[index].value, left > 0 else { continue }
            let piece = min(left, rest)
            pieces.append(resources[index].holding(.scalar(piece)))
            resources[index].value = .scalar(left - piece)
            add(-piece, of: kind, isReserved: position < usable.reserved)
            rest -= piece
        }
        precondition(rest == 0, "\(rest) thousandths of \(kind) are missing, though the sum held them")
    }

    private mutating func cutPorts(_ ports: [Int], _ accepted: AcceptedRoles, into pieces: inout [MesosResource]) {
        var open = ports
        for position in portRanges.slice(accepted).indices where !open.isEmpty {
            let index = portRanges.indices[position]
            guard case .ranges(var left) = resources[index].value else { continue }
            var cut: [Int] = []
            open.removeAll { port in
                guard let rest = PortAllocator.removing(port, from: left) else { return false }
                left = rest
                cut.append(port)
                return true
            }
            guard !cut.isEmpty else { continue }
            pieces.append(resources[index].holding(.ranges(PortAllocator.ranges(of: cut))))
            resources[index].value = .ranges(left)
            portCount -= cut.count
            if position < portRanges.reserved { reservedPortCount -= cut.count }
        }
        precondition(open.isEmpty, "ports \(open) are not free")
    }

    /// A reservation for a role is offered to the roles below it as well (Mesos's hierarchical roles).
    private static func isPlain(_ resource: MesosResource, for role: String) -> Bool {
        guard !resource.isSpecial, resource.disk == nil else { return false }
        guard let reserved = resource.reservations.last else { return true }
        guard reserved.role == role || role.hasPrefix(reserved.role + "/") else { return false }
        return resource.reservations.allSatisfy { $0.labels.isEmpty }
    }
}

extension ResourcePool.Kind {
    fileprivate var index: Int {
        switch self {
        case .cpus: 0
        case .mem: 1
        case .disk: 2
        case .gpus: 3
        }
    }
}

extension MesosResource {
    /// The same kind of resource with another amount.
    func holding(_ value: Value) -> MesosResource {
        var resource = self
        resource.value = value
        return resource
    }
}

extension Resources {
    /// The amount of one kind.
    subscript(kind: ResourcePool.Kind) -> Int64 {
        get {
            switch kind {
            case .cpus: cpus
            case .mem: mem
            case .disk: disk
            case .gpus: gpus
            }
        }
        set {
            switch kind {
            case .cpus: cpus = newValue
            case .mem: mem = newValue
            case .disk: disk = newValue
            case .gpus: gpus = newValue
            }
        }
    }
}
