import Domain
import Scheduling
import SwiftProtobuf

extension MesosResource {
    /// - Returns: `nil` where it is of a kind that resources cannot have or that Pacer does not know; such a resource is
    ///   never used, so Mesos gets it back with the rest of the offer.
    init?(_ resource: WireResource) {
        guard resource.hasType, let value = Value(resource) else { return nil }
        let disk = resource.hasDisk ? Disk(resource.disk) : nil
        let hasStrangeDisk = resource.hasDisk && disk == nil
        self.init(
            name: resource.name,
            value: value,
            allocationRole: resource.hasAllocationInfo ? resource.allocationInfo.role : nil,
            reservations: resource.reservationLevels.map(Reservation.init),
            disk: disk,
            isSpecial: hasStrangeDisk || resource.hasRevocable || resource.hasShared || resource.hasProviderID
        )
    }
}

extension MesosResource.Value {
    init?(_ resource: WireResource) {
        switch resource.type {
        case .scalar: self = .scalar(thousandths(resource.scalar.value))
        case .ranges: self = .ranges(ascendingRanges(resource.ranges))
        case .set: self = .set(resource.set.item)
        case .text: return nil
        }
    }
}

extension MesosResource.Reservation {
    init(_ reservation: WireResource.ReservationInfo) {
        self.init(
            role: reservation.role,
            isDynamic: reservation.type == .dynamic,
            principal: reservation.hasPrincipal ? reservation.principal : nil,
            labels: reservation.labels.labels.map(Label.init)
        )
    }
}

extension WireResource {
    /// The reservations, outermost first. A master sends `reservations` to whom can read them, as Pacer says it can; the
    /// older form (`role` and `reservation`) is read all the same.
    fileprivate var reservationLevels: [ReservationInfo] {
        guard reservations.isEmpty, hasRole, role != "*" else { return reservations }
        var level = hasReservation ? reservation : ReservationInfo()
        level.role = role
        level.type = hasReservation ? .dynamic : .static
        return [level]
    }

    /// - Precondition: the resource is one that Pacer knows whole: only those are used, and only what is used is sent.
    init(_ resource: MesosResource) {
        precondition(!resource.isSpecial, "a revocable, shared or provider's resource was used: \(resource)")
        self.init()
        name = resource.name
        switch resource.value {
        case .scalar(let amount):
            type = .scalar
            scalar.value = Double(amount) / 1000
        case .ranges(let numbers):
            type = .ranges
            ranges = WireValue.Ranges(numbers)
        case .set(let names):
            type = .set
            set.item = names
        }
        if let role = resource.allocationRole { allocationInfo.role = role }
        if let disk = resource.disk { self.disk = DiskInfo(disk) }
        reservations = resource.reservations.map(ReservationInfo.init)
    }
}

extension WireResource.ReservationInfo {
    init(_ reservation: MesosResource.Reservation) {
        self.init()
        type = reservation.isDynamic ? .dynamic : .static
        role = reservation.role
        if let principal = reservation.principal { self.principal = principal }
        if !reservation.labels.isEmpty { labels = WireLabels(reservation.labels) }
    }
}

extension WireValue.Ranges {
    init(_ numbers: [ClosedRange<Int>]) {
        self.init()
        range = numbers.map { numbers in
            .with {
                $0.begin = UInt64(clamping: numbers.lowerBound)
                $0.end = UInt64(clamping: numbers.upperBound)
            }
        }
    }
}

/// Ranges as the core has them: ascending, apart, not touching. One that ends before it begins holds nothing.
func ascendingRanges(_ ranges: WireValue.Ranges) -> [ClosedRange<Int>] {
    var result: [ClosedRange<Int>] = []
    result.reserveCapacity(ranges.range.count)
    let nonempty = ranges.range.filter { $0.begin <= $0.end }
    for range in nonempty.sorted(by: { $0.begin < $1.begin }) {
        let numbers = Int(clamping: range.begin)...Int(clamping: range.end)
        if let last = result.last, last.upperBound == .max || numbers.lowerBound <= last.upperBound + 1 {
            result[result.count - 1] = last.lowerBound...max(last.upperBound, numbers.upperBound)
        } else {
            result.append(numbers)
        }
    }
    return result
}

extension Label {
    init(_ label: WireLabel) { self.init(key: label.key, value: label.hasValue ? label.value : nil) }
}

extension WireLabels {
    init(_ labels: [Label]) {
        self.init()
        self.labels = labels.map { label in
            .with {
                $0.key = label.key
                if let value = label.value { $0.value = value }
            }
        }
    }
}
