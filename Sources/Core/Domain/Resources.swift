/// Amounts of what an agent has, as fixed-point thousandths, which is how Mesos itself compares them
/// (`llround(value * 1000)`). Sums are exact.
package struct Resources: Hashable, Sendable, Codable {
    /// Milli-CPUs.
    package var cpus: Int64
    /// Thousandths of a MiB of memory.
    package var mem: Int64
    /// Thousandths of a MiB of disk.
    package var disk: Int64
    /// Thousandths of a GPU.
    package var gpus: Int64

    /// Amounts in thousandths.
    package init(cpus: Int64 = 0, mem: Int64 = 0, disk: Int64 = 0, gpus: Int64 = 0) {
        self.cpus = cpus
        self.mem = mem
        self.disk = disk
        self.gpus = gpus
    }

    /// Nothing.
    package static let zero = Resources()

    /// Both together.
    package static func + (left: Resources, right: Resources) -> Resources {
        Resources(
            cpus: left.cpus + right.cpus,
            mem: left.mem + right.mem,
            disk: left.disk + right.disk,
            gpus: left.gpus + right.gpus
        )
    }

    /// What is left of one after the other is taken out; may be negative.
    package static func - (left: Resources, right: Resources) -> Resources {
        Resources(
            cpus: left.cpus - right.cpus,
            mem: left.mem - right.mem,
            disk: left.disk - right.disk,
            gpus: left.gpus - right.gpus
        )
    }

    /// Whether every amount is at least that of `other`.
    package func covers(_ other: Resources) -> Bool {
        cpus >= other.cpus && mem >= other.mem && disk >= other.disk && gpus >= other.gpus
    }
}
