import Domain
import Scheduling

/// An agent's resources as the master counts with them: what nobody has reserved as sums, the rest piece by piece. Two
/// pieces are of one kind where Mesos would add them up: name, reservations and disk are equal.
struct ResourceBag: Hashable, Sendable {
    /// The amounts that nobody has reserved.
    private(set) var plain: Resources
    /// The ports that nobody has reserved.
    private(set) var ports: PortMask
    /// What is reserved, without the role that it is offered to.
    private(set) var reserved: [MesosResource] = []

    /// An agent's resources before anything is reserved.
    init(_ plain: Resources, ports: PortMask) {
        self.plain = plain
        self.ports = ports
    }

    /// Whether nothing is in it that an allocator would care to offer (Mesos's `MIN_CPUS` and `MIN_MEM`).
    func isAllocatable(to role: String) -> Bool {
        var (cpus, mem) = (plain.cpus, plain.mem)
        for piece in reserved where piece.isReserved(for: role) {
            guard case .scalar(let amount) = piece.value else { continue }
            if piece.name == "cpus" { cpus += amount }
            if piece.name == "mem" { mem += amount }
        }
        return cpus >= 10 || mem >= 32_000
    }

    /// Puts something in.
    mutating func add(_ resource: MesosResource) {
        guard resource.reservations.isEmpty, resource.disk == nil else {
            let piece = resource.unallocated
            guard piece.disk?.volume == nil, let index = reserved.firstIndex(where: piece.isOfOneKind) else {
                return reserved.append(piece)
            }
            return reserved[index].value.add(piece.value)
        }
        switch resource.value {
        case .scalar(let amount): plain.add(amount, named: resource.name)
        case .ranges(let ranges): ports.formUnion(PortMask(ranges))
        case .set: break
        }
    }

    /// Takes something out.
    /// - Returns: whether all of it was there; where it was not, nothing is taken.
    mutating func take(_ resource: MesosResource) -> Bool {
        guard resource.reservations.isEmpty, resource.disk == nil else { return takeReserved(resource.unallocated) }
        switch resource.value {
        case .scalar(let amount):
            guard amount > 0, plain.amount(named: resource.name) >= amount else { return false }
            plain.add(-amount, named: resource.name)
            return true
        case .ranges(let ranges):
            guard ranges.allSatisfy(PortMask.range.contains), ports.isSuperset(of: PortMask(ranges)) else {
                return false
            }
            ports.subtract(PortMask(ranges))
            return true
        case .set: return false
        }
    }

    /// Takes several things out, or nothing where one of them is not there.
    mutating func take(_ resources: [MesosResource]) -> Bool {
        var rest = self
        guard resources.allSatisfy({ rest.take($0) }) else { return false }
        self = rest
        return true
    }

    private mutating func takeReserved(_ resource: MesosResource) -> Bool {
        guard let index = reserved.firstIndex(where: resource.isOfOneKind) else { return false }
        // A persistent volume is one thing: all of it, or nothing.
        guard resource.disk?.volume == nil || reserved[index].value == resource.value else { return false }
        guard reserved[index].value.subtract(resource.value) else { return false }
        if reserved[index].value.isNothing { reserved.remove(at: index) }
        return true
    }

    /// Whether all of `other` is in it.
    func covers(_ other: ResourceBag) -> Bool {
        guard plain.covers(other.plain), ports.isSuperset(of: other.ports) else { return false }
        var rest = self
        return other.reserved.allSatisfy { rest.takeReserved($0) }
    }

    /// What of it is offered to a role: what nobody has reserved, and what is reserved for it.
    func offered(to role: String) -> ResourceBag {
        guard !reserved.isEmpty else { return self }
        var offered = self
        offered.reserved.removeAll { !$0.isReserved(for: role) }
        return offered
    }

    /// What is in it as Mesos offers it to a role.
    func resources(for role: String) -> [MesosResource] {
        var resources: [MesosResource] = []
        for name in ["cpus", "mem", "disk", "gpus"] where plain.amount(named: name) > 0 {
            let amount = plain.amount(named: name)
            resources.append(MesosResource(name: name, value: .scalar(amount), allocationRole: role))
        }
        if !ports.isEmpty {
            resources.append(MesosResource(name: "ports", value: .ranges(ports.ranges), allocationRole: role))
        }
        return resources
            + reserved.map { piece in
                var piece = piece
                piece.allocationRole = role
                return piece
            }
    }
}

/// Some of the ports that simulated agents give out.
struct PortMask: Hashable, Sendable {
    /// All ports that there are.
    static let range = 31_000...31_063
    private var bits: UInt64 = 0

    /// The first so many ports.
    init(first count: Int) { bits = count >= 64 ? .max : (1 << UInt64(count)) - 1 }

    /// Some ports; others than there are do not count.
    init(_ ranges: [ClosedRange<Int>]) {
        for range in ranges where PortMask.range.overlaps(range) {
            for port in range.clamped(to: PortMask.range) { bits |= 1 << UInt64(port - PortMask.range.lowerBound) }
        }
    }

    var isEmpty: Bool { bits == 0 }

    func isSuperset(of other: PortMask) -> Bool { bits & other.bits == other.bits }

    mutating func formUnion(_ other: PortMask) { bits |= other.bits }

    mutating func subtract(_ other: PortMask) { bits &= ~other.bits }

    /// Ascending and apart.
    var ranges: [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        var rest = bits
        while rest != 0 {
            let skip = rest.trailingZeroBitCount
            let length = (~(rest >> UInt64(skip))).trailingZeroBitCount
            let start = PortMask.range.lowerBound + skip
            ranges.append(start...(start + length - 1))
            rest = skip + length >= 64 ? 0 : rest & (.max << UInt64(skip + length))
        }
        return ranges
    }
}

extension Resources {
    fileprivate func amount(named name: String) -> Int64 {
        switch name {
        case "cpus": cpus
        case "mem": mem
        case "disk": disk
        case "gpus": gpus
        default: 0
        }
    }

    fileprivate mutating func add(_ amount: Int64, named name: String) {
        switch name {
        case "cpus": cpus += amount
        case "mem": mem += amount
        case "disk": disk += amount
        case "gpus": gpus += amount
        default: break
        }
    }
}

extension MesosResource.Value {
    fileprivate var isNothing: Bool { self == .scalar(0) || self == .ranges([]) }

    fileprivate mutating func add(_ other: MesosResource.Value) {
        switch (self, other) {
        case (.scalar(let left), .scalar(let right)): self = .scalar(left + right)
        case (.ranges(let left), .ranges(let right)): self = .ranges(PortMask(left + right).ranges)
        default: break
        }
    }

    /// - Returns: whether all of `other` was there.
    fileprivate mutating func subtract(_ other: MesosResource.Value) -> Bool {
        switch (self, other) {
        case (.scalar(let left), .scalar(let right)):
            guard right > 0, left >= right else { return false }
            self = .scalar(left - right)
            return true
        case (.ranges(let left), .ranges(let right)):
            var mask = PortMask(left)
            guard mask.isSuperset(of: PortMask(right)), right.allSatisfy(PortMask.range.contains) else { return false }
            mask.subtract(PortMask(right))
            self = .ranges(mask.ranges)
            return true
        default: return false
        }
    }
}

extension MesosResource {
    /// The same as it lies on its agent.
    var unallocated: MesosResource {
        var resource = self
        resource.allocationRole = nil
        return resource
    }

    fileprivate func isOfOneKind(_ other: MesosResource) -> Bool {
        name == other.name && reservations == other.reservations && disk == other.disk
    }

    /// A reservation for a role is offered to the roles below it as well.
    fileprivate func isReserved(for role: String) -> Bool {
        reservations.last.map { $0.role == role || role.hasPrefix($0.role + "/") } ?? true
    }
}
