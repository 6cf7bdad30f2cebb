import Domain

/// Which roles instances have, so that Mesos is told of a role before the first offer for it is wanted, and until the
/// last instance of it is gone.
struct RoleUse: Sendable {
    /// The role of instances that are of no spec that names one: it is always in use, and not counted.
    let own: String
    private var byInstance: [InstanceID: String] = [:]
    private var counts: [String: Int] = [:]

    /// No instance yet.
    init(own: String) { self.own = own }

    /// The roles in use, sorted.
    var roles: [String] { ([own] + counts.keys).sorted() }

    /// Notes an instance's role; `nil` for an instance that is gone.
    mutating func set(_ id: InstanceID, _ role: String?) {
        let new = role == own ? nil : role
        let old = byInstance[id]
        guard new != old else { return }
        byInstance[id] = new
        if let old {
            let count = (counts[old] ?? 0) - 1
            counts[old] = count > 0 ? count : nil
        }
        if let new { counts[new, default: 0] += 1 }
    }
}
