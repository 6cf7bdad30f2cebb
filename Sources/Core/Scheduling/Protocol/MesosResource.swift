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

    /// What a resource of the name `disk` is besides an amount (DiskInfo).
    package struct Disk: Hashable, Sendable {
        /// Where it is, if it is not on the agent's own disk.
        package enum Source: Hashable, Sendable {
            /// A folder on a disk of its own, which several volumes can share.
            case path(root: String?)
            /// A whole file system: used as one, or not at all.
            case mount(root: String?)
        }

        /// A persistent volume on it.
        package struct Volume: Hashable, Sendable {
            /// Its name, unique for the role and the agent.
            package var id: String
            /// Who made it.
            package var principal: String?
            /// Where tasks find it, read-write: a path in their sandbox.
            package var containerPath: String

            /// A volume.
            package init(id: String, principal: String?, containerPath: String) {
                self.id = id
                self.principal = principal
                self.containerPath = containerPath
            }
        }

        /// Where it is; `nil` for the agent's own disk.
        package var source: Source?
        /// The profile that the operator gave it.
        package var profile: String?
        /// The persistent volume on it.
        package var volume: Volume?

        /// A disk.
        package init(source: Source? = nil, profile: String? = nil, volume: Volume? = nil) {
            self.source = source
            self.profile = profile
            self.volume = volume
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
    /// What a disk is besides an amount; `nil` for a plain amount of the agent's own disk, and for all other names.
    package var disk: Disk?
    /// Whether it is more than Pacer carries: revocable, shared, a provider's, or a disk of a strange kind. Such a resource
    /// is never used.
    package var isSpecial: Bool

    /// A resource.
    package init(
        name: String,
        value: Value,
        allocationRole: String? = nil,
        reservations: [Reservation] = [],
        disk: Disk? = nil,
        isSpecial: Bool = false
    ) {
        self.name = name
        self.value = value
        self.allocationRole = allocationRole
        self.reservations = reservations
        self.disk = disk
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
