package import Domain

/// Compares a source's desired state with what there is.
package struct Planner: Sendable {
    /// What a plan may do.
    package struct Policy: Hashable, Sendable {
        /// Whether apps that git no longer has are removed.
        package var prune: Bool

        /// A policy.
        package init(prune: Bool = true) { self.prune = prune }
    }

    /// The policy of this planner.
    package var policy: Policy
    private let sha256: SHA256

    /// A planner.
    package init(policy: Policy, sha256: @escaping SHA256) {
        self.policy = policy
        self.sha256 = sha256
    }

    /// The plan that leads from `actual` to `desired`, for the apps of the desired state's source.
    ///
    /// Apps that a broken file declares or declared are left alone; where a broken file's claims are not complete, or the
    /// desired state is empty, nothing is removed and a problem says so.
    package func plan(desired: DesiredState, actual: ActualState) -> Plan {
        Plan(changes: [], problems: [], hash: sha256([]))
    }
}
