import Domain

/// What an agent offers, as it is used up by one task after the other.
///
/// A task's resources are cut out of the offered ones, never made up from a name and an amount: Mesos compares all that
/// makes two resources different. What is reserved for our role is used before what everybody could use; what is more
/// than a plain amount (volumes, revocable or shared resources) and reservations that carry labels, which somebody made
/// for something, are left alone.
struct ResourcePool: Sendable {
    /// What is left, in the offers' order; what is used up stays with nothing in it.
    private(set) var resources: [MesosResource]
    /// The usable amounts that are left.
    private(set) var free: Resources = .zero
    /// How many usable ports are left.
    private(set) var portCount = 0
    /// The usable resources, those that are reserved first.
    private let usable: [Int]

    /// All that is offered on one agent for one role.
    init(_ resources: [MesosResource], role: String) {
        self.resources = resources
        let plain = resources.indices.filter { ResourcePool.isPlain(resources[$0], for: role) }
        self.usable =
            plain.filter { !resources[$0].reservations.isEmpty }
            + plain.filter { resources[$0].reservations.isEmpty }
        for index in usable {
            switch resources[index].value {
            case .scalar(let amount): free[resources[index].name] += amount
            case .ranges(let ranges) where resources[index].name == "ports":
                portCount += ranges.reduce(0) { $0 + $1.count }
            case .ranges, .set: break
            }
        }
    }

    /// The usable free ports, ascending and apart.
    var ports: [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for index in usable where resources[index].name == "ports" {
            if case .ranges(let some) = resources[index].value { ranges += some }
        }
        return ranges.count > 1 ? ranges.sorted { $0.lowerBound < $1.lowerBound } : ranges
    }

    /// Cuts out amounts and ports.
    /// - Precondition: ``free`` covers the amounts, and ``ports`` hold the ports.
    mutating func cut(_ asked: Resources, ports: [Int]) -> [MesosResource] {
        precondition(free.covers(asked), "\(asked) is cut out of \(free)")
        var pieces: [MesosResource] = []
        for name in ["cpus", "mem", "disk", "gpus"] where asked[name] > 0 {
            cutScalar(name, asked[name], into: &pieces)
            free[name] -= asked[name]
        }
        cutPorts(ports, into: &pieces)
        portCount -= ports.count
        return pieces
    }

    private mutating func cutScalar(_ name: String, _ amount: Int64, into pieces: inout [MesosResource]) {
        var rest = amount
        for index in usable where rest > 0 && resources[index].name == name {
            guard case .scalar(let left) = resources[index].value, left > 0 else { continue }
            let piece = min(left, rest)
            var resource = resources[index]
            resource.value = .scalar(piece)
            pieces.append(resource)
            resources[index].value = .scalar(left - piece)
            rest -= piece
        }
        precondition(rest == 0, "\(rest) thousandths of \(name) are missing, though the sum held them")
    }

    private mutating func cutPorts(_ ports: [Int], into pieces: inout [MesosResource]) {
        var open = ports
        for index in usable where !open.isEmpty && resources[index].name == "ports" {
            guard case .ranges(var left) = resources[index].value else { continue }
            var cut: [Int] = []
            open.removeAll { port in
                guard let rest = PortAllocator.removing(port, from: left) else { return false }
                left = rest
                cut.append(port)
                return true
            }
            guard !cut.isEmpty else { continue }
            var resource = resources[index]
            resource.value = .ranges(PortAllocator.ranges(of: cut))
            pieces.append(resource)
            resources[index].value = .ranges(left)
        }
        precondition(open.isEmpty, "ports \(open) are not free")
    }

    private static func isPlain(_ resource: MesosResource, for role: String) -> Bool {
        guard !resource.isSpecial else { return false }
        guard let reserved = resource.reservations.last else { return true }
        return reserved.role == role && resource.reservations.allSatisfy { $0.labels.isEmpty }
    }
}

extension Resources {
    /// The amount of the resource that Mesos calls this; names that tasks do not ask for are always zero.
    subscript(name: String) -> Int64 {
        get {
            switch name {
            case "cpus": cpus
            case "mem": mem
            case "disk": disk
            case "gpus": gpus
            default: 0
            }
        }
        set {
            switch name {
            case "cpus": cpus = newValue
            case "mem": mem = newValue
            case "disk": disk = newValue
            case "gpus": gpus = newValue
            default: break
            }
        }
    }

    /// How many times `other` goes in; what `other` does not ask for does not count.
    func count(of other: Resources) -> Int64 {
        var count = Int64.max
        if other.cpus > 0 { count = min(count, cpus / other.cpus) }
        if other.mem > 0 { count = min(count, mem / other.mem) }
        if other.disk > 0 { count = min(count, disk / other.disk) }
        if other.gpus > 0 { count = min(count, gpus / other.gpus) }
        return count
    }
}
