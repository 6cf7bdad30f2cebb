import Domain

/// What one place offers of one reservation.
struct ReservedShare: Sendable {
    /// Whose it is.
    let mark: ReservationMark
    /// All of it that is offered.
    private(set) var resources: [MesosResource]

    /// The reservations of ours, of whatever framework, that a place offers, in the order of their first resources.
    static func all(in place: OfferTable.Place) -> [ReservedShare] {
        var shares: [ReservedShare] = []
        for resource in place.pool.resources {
            guard let mark = ReservationMark(resource) else { continue }
            if let index = shares.firstIndex(where: { $0.mark == mark }) {
                shares[index].resources.append(resource)
            } else {
                shares.append(ReservedShare(mark: mark, resources: [resource]))
            }
        }
        return shares
    }

    /// The ports for a task on it; `nil` where it is not whole: a volume, an amount or a port is missing.
    func ports(for request: LaunchRequest, on reservation: Reservation) -> [Int]? {
        let volumes = Set(resources.compactMap(\.disk?.volume?.id))
        guard reservation.volumes.allSatisfy({ volumes.contains($0.id) }) else { return nil }
        guard !resources.contains(where: \.isSpecial), amounts.covers(request.spec.app.needs) else { return nil }
        return PortAllocator.pick(request.ports, from: portRanges, startingAt: 0)
    }

    /// What gives it back: the volumes go with all that is in them, then the reservation. `nil` where a part of it is of a
    /// kind that Pacer could not name to the letter.
    var release: [OfferOperation]? {
        guard !resources.contains(where: \.isSpecial) else { return nil }
        let volumes = resources.filter { $0.disk?.volume != nil }
        let bare = resources.map(\.withoutVolume)
        return (volumes.isEmpty ? [] : [.destroy(volumes)]) + [.unreserve(bare)]
    }

    /// What a task gets beside the volumes.
    private var amounts: Resources {
        var amounts = Resources.zero
        for resource in resources where resource.disk == nil {
            guard case .scalar(let amount) = resource.value else { continue }
            guard let kind = ResourcePool.Kind(rawValue: resource.name) else { continue }
            amounts[kind] += amount
        }
        return amounts
    }

    private var portRanges: [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for resource in resources where resource.name == "ports" {
            if case .ranges(let some) = resource.value { ranges += some }
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }
    }
}

extension MesosResource {
    /// The same with one more reservation on it.
    func reserved(_ level: Reservation) -> MesosResource {
        var resource = self
        resource.reservations.append(level)
        return resource
    }

    /// The same disk with a volume on it.
    func holding(_ volume: Disk.Volume) -> MesosResource {
        var resource = self
        resource.disk = disk ?? Disk()
        resource.disk?.volume = volume
        return resource
    }

    /// The same disk without its volume.
    var withoutVolume: MesosResource {
        guard var disk, disk.volume != nil else { return self }
        var resource = self
        disk.volume = nil
        resource.disk = disk == Disk() ? nil : disk
        return resource
    }
}
