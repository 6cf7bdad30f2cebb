/// A resource as Mesos offers it. Everything that makes two resources different is kept, because a task's resources must
/// be cut out of the offer's own.
package struct MesosResource: Hashable, Sendable {
    /// How much of it.
    package enum Value: Hashable, Sendable {
        /// An amount in thousandths.
        case scalar(Int64)
        /// Numbers, as ranges with both ends included, ascending and apart.
        case ranges([ClosedRange<Int>])
        /// Names.
        case set([String])
    }

    /// One level of a reservation.
    package struct Reservation: Hashable, Sendable {
        /// For whom.
        package var role: String
        /// Whether a framework or operator made it at run time; otherwise the agent was started with it.
        package var isDynamic: Bool
        /// Who made it.
        package var principal: String?
        /// Labels, in order.
        package var labels: [Label]

        /// A level.
        package init(role: String, isDynamic: Bool, principal: String?, labels: [Label] = []) {
            self.role = role
            self.isDynamic = isDynamic
            self.principal = principal
            self.labels = labels
        }
    }

    /// `cpus`, `mem` (MiB), `disk` (MiB), `gpus`, `ports`, or a name of the operator's own.
    package var name: String
    /// How much.
    package var value: Value
    /// The role that the offer allocated it to.
    package var allocationRole: String?
    /// The reservations on it, outermost first; empty is unreserved.
    package var reservations: [Reservation]
    /// Whether it is more than a plain amount: a volume, a disk of its own, revocable, shared, or a provider's.
    /// Such a resource is never cut.
    package var isSpecial: Bool

    /// A resource.
    package init(
        name: String,
        value: Value,
        allocationRole: String? = nil,
        reservations: [Reservation] = [],
        isSpecial: Bool = false
    ) {
        self.name = name
        self.value = value
        self.allocationRole = allocationRole
        self.reservations = reservations
        self.isSpecial = isSpecial
    }
}

/// A key with a value, as Mesos's labels are: in order, keys may repeat.
package struct Label: Hashable, Sendable {
    /// The key.
    package var key: String
    /// The value.
    package var value: String?

    /// A label.
    package init(key: String, value: String?) {
        self.key = key
        self.value = value
    }
}
