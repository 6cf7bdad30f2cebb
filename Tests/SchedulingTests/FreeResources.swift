import Testing

@testable import Scheduling

/// What is free on an agent, as a master keeps it: resources that are alike are one, and operations are held against what
/// is there (mesos.md §3.4, §3.5).
struct FreeResources {
    private(set) var all: [MesosResource]

    init(_ resources: [MesosResource]) {
        all = []
        add(resources)
    }

    /// The volumes that are there.
    var volumes: [String] { all.compactMap(\.disk?.volume?.id) }

    /// The reservations that are there.
    var reservations: Set<ReservationMark> { Set(all.compactMap { ReservationMark($0) }) }

    mutating func add(_ more: [MesosResource]) {
        for resource in more {
            guard let index = all.firstIndex(where: { kind($0) == kind(resource) }), isDivisible(resource) else {
                all.append(resource)
                continue
            }
            all[index].value = sum(all[index].value, resource.value)
        }
    }

    /// What can be offered for a role, allocated to it, and the rest: what is reserved for others.
    func split(for role: String) -> (offered: [MesosResource], rest: [MesosResource]) {
        let isOpen = { (resource: MesosResource) in resource.reservations.allSatisfy { $0.role == role } }
        let offered = all.filter(isOpen).map { resource in
            var allocated = resource
            allocated.allocationRole = role
            return allocated
        }
        return (offered, all.filter { !isOpen($0) })
    }

    /// Takes some out.
    /// - Returns: whether all of it was there; otherwise nothing is taken.
    mutating func take(_ some: [MesosResource]) -> Bool {
        var rest = self
        for resource in some {
            guard let index = rest.all.firstIndex(where: { rest.kind($0) == rest.kind(resource) }) else { return false }
            guard rest.isDivisible(resource) || rest.all[index].value == resource.value else { return false }
            guard let value = rest.difference(rest.all[index].value, resource.value) else { return false }
            rest.all[index].value = value
            if value == .scalar(0) || value == .ranges([]) { rest.all.remove(at: index) }
        }
        self = rest
        return true
    }

    /// Carries out one step that launches nothing.
    /// - Returns: what is wrong with it; nothing is changed then.
    mutating func apply(_ operation: OfferOperation) -> String? {
        switch operation {
        case .reserve(let resources):
            let before = resources.map { resource in
                var resource = resource
                resource.reservations.removeLast()
                return resource
            }
            return replace(before, by: resources)
        case .unreserve(let resources):
            guard !resources.contains(where: { $0.disk?.volume != nil }) else { return "a volume is unreserved" }
            let after = resources.map { resource in
                var resource = resource
                resource.reservations.removeLast()
                return resource
            }
            return replace(resources, by: after)
        case .create(let volumes):
            guard volumes.allSatisfy({ $0.disk?.volume != nil && !$0.reservations.isEmpty }) else {
                return "a volume is created that is none, or on disk that is not reserved"
            }
            return replace(volumes.map(\.withoutVolume), by: volumes)
        case .destroy(let volumes): return replace(volumes, by: volumes.map(\.withoutVolume))
        case .launch, .launchGroup: return nil
        }
    }

    private mutating func replace(_ before: [MesosResource], by after: [MesosResource]) -> String? {
        guard take(before) else { return "\(before) is not all there: \(all)" }
        add(after)
        return nil
    }

    /// The resource without its amount.
    private func kind(_ resource: MesosResource) -> MesosResource {
        var kind = resource
        // For whom something was offered the last time makes it no other thing.
        kind.allocationRole = nil
        kind.value = .set([])
        return kind
    }

    private func isDivisible(_ resource: MesosResource) -> Bool {
        guard let disk = resource.disk else { return true }
        if case .mount? = disk.source { return false }
        return disk.volume == nil
    }

    private func sum(_ left: MesosResource.Value, _ right: MesosResource.Value) -> MesosResource.Value {
        switch (left, right) {
        case (.scalar(let left), .scalar(let right)): return .scalar(left + right)
        case (.ranges(let left), .ranges(let right)):
            let ports = (left + right).flatMap { Array($0) }
            #expect(Set(ports).count == ports.count, "a port comes back twice")
            return .ranges(PortAllocator.ranges(of: ports))
        default: return left
        }
    }

    private func difference(_ left: MesosResource.Value, _ right: MesosResource.Value) -> MesosResource.Value? {
        switch (left, right) {
        case (.scalar(let left), .scalar(let right)): return left >= right ? .scalar(left - right) : nil
        case (.ranges(let left), .ranges(let right)):
            let (all, gone) = (Set(left.flatMap { Array($0) }), Set(right.flatMap { Array($0) }))
            return gone.isSubset(of: all) ? .ranges(PortAllocator.ranges(of: Array(all.subtracting(gone)))) : nil
        default: return nil
        }
    }
}
