/// How much of a resource a task may take at the most, where that is more than what is set aside for it.
package struct ResourceLimits: Hashable, Sendable, Codable {
    /// One limit.
    package enum Limit: Hashable, Sendable, Codable {
        /// Whatever the agent has.
        case unlimited
        /// An amount in thousandths; never less than what is set aside.
        case amount(Int64)
    }

    /// Of CPUs; what is set aside where absent.
    package var cpus: Limit?
    /// Of memory in MiB; what is set aside where absent.
    package var mem: Limit?

    /// Limits.
    package init(cpus: Limit? = nil, mem: Limit? = nil) {
        self.cpus = cpus
        self.mem = mem
    }

    var fieldValues: [(path: String, value: FieldValue)] {
        [("resourceLimits.cpus", cpus), ("resourceLimits.mem", mem)].compactMap { path, limit in
            limit.map { (path, $0.fieldValue) }
        }
    }
}

extension ResourceLimits.Limit {
    var fieldValue: FieldValue {
        switch self {
        case .unlimited: .text("unlimited")
        case .amount(let milli): FieldValue(milli: milli)
        }
    }
}
