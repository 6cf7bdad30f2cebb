import Domain

/// What Mesos was told of the framework's roles, and when it is told anew (UPDATE_FRAMEWORK).
///
///     taken ──the wishes differ──▶ (rate limit) ──UPDATE_FRAMEWORK──▶ under way ──200──▶ taken
///                                                                         └──refused──▶ as before, without what was new
///
/// Mesos takes or refuses an update as a whole. So that one app whose role is not allowed costs the others nothing, a
/// refused update with several new roles is tried again role by role, and a role that is refused by itself is left out
/// for a while. A refused SUBSCRIBE is tried again with the framework's own role alone.
struct FrameworkUpdates: Sendable {
    /// A role that Mesos has refused.
    struct Refused: Sendable {
        /// Why, in words for a reader.
        var reason: String
        /// When it is asked for again.
        var until: Instant
    }

    /// What holds.
    private(set) var taken = RoleWishes(roles: [])
    /// What is under way.
    private(set) var asked: RoleWishes?
    /// The roles that Mesos has refused.
    private(set) var refused: [String: Refused] = [:]
    /// Whether the next SUBSCRIBE names the framework's own role only.
    private(set) var isPlain = false
    /// Whether roles are added one by one.
    private var isOneByOne = false
    /// Whether this master refused constraints on offers.
    private var refusesConstraints = false
    /// Whether the rate limit holds back an update.
    private var isHeldBack = false
    /// Updates rest until then: the last one was refused although there was nothing new in it.
    private var restsUntil: Instant?
    private var budget = CallBudget()

    // MARK: - The subscription

    /// The roles that a subscription may ask for, of those in use.
    func roles(for own: String, _ inUse: [String], at now: Instant) -> [String] {
        isPlain ? [own] : allowed(inUse, at: now)
    }

    /// A subscription holds that was asked for with these wishes.
    mutating func begin(_ wishes: RoleWishes) {
        taken = wishes
        asked = nil
        isPlain = false
        refusesConstraints = false
        restsUntil = nil
    }

    /// The subscription is over, with what was under way.
    mutating func end() {
        asked = nil
        isHeldBack = false
    }

    /// Mesos ended a subscription with these wishes before it began: the roles may be why.
    mutating func subscriptionRefused(_ wishes: RoleWishes) {
        guard wishes.roles.count > 1 else { return }
        isPlain = true
        isOneByOne = true
    }

    // MARK: - Updates

    /// Whether constraints may be asked for.
    func mayConstrain(_ master: MasterFacts) -> Bool { master.takesOfferConstraints && !refusesConstraints }

    /// The update that is due, if one is.
    /// - Parameter suppressed: the roles, of those that Mesos knows, that it was told to send no offers for.
    mutating func update(
        to inUse: [String],
        _ constraints: [String: RoleConstraints],
        suppressed: [String],
        wanted: (String) -> Bool,
        at now: Instant,
        _ settings: SchedulerSettings
    ) -> RoleWishes? {
        isHeldBack = false
        refused = refused.filter { now < $0.value.until }
        if let rest = restsUntil, rest <= now { restsUntil = nil }
        guard asked == nil, restsUntil == nil else { return nil }
        let roles = oneByOne(allowed(inUse, at: now))
        let constraints = constraints.filter { roles.contains($0.key) }
        guard roles != taken.roles || constraints != taken.constraints else { return nil }
        guard budget.allowed(settings) <= now else {
            isHeldBack = true
            return nil
        }
        budget.spend(at: now, settings)
        let idle = roles.filter { taken.roles.contains($0) ? suppressed.contains($0) : !wanted($0) }
        asked = RoleWishes(roles: roles, suppressed: idle, constraints: constraints)
        return asked
    }

    /// Mesos answered.
    /// - Returns: the roles that are refused now, and why; without a role it is the constraints, or an update with nothing
    ///   new in it. `nil` for nothing to tell.
    mutating func answered(
        _ answer: UpdateAnswer,
        at now: Instant,
        _ settings: SchedulerSettings
    ) -> (roles: [String], reason: String)? {
        guard let asked else { return nil }
        self.asked = nil
        guard case .refused(let reason) = answer else {
            for role in asked.roles { refused[role] = nil }
            taken = asked
            return nil
        }
        let new = asked.roles.filter { !taken.roles.contains($0) }
        if asked.constraints != taken.constraints, !asked.constraints.isEmpty {
            // Without constraints the roles may be taken: nothing is said against them yet.
            refusesConstraints = true
            return ([], reason)
        }
        guard new.count < 2 else {
            isOneByOne = true
            return nil
        }
        for role in new { refused[role] = Refused(reason: reason, until: now + settings.roleRetry) }
        if new.isEmpty { restsUntil = now + settings.roleRetry }
        return (new, reason)
    }

    /// When an update is due, or a refused role is asked for again.
    func nextDeadline(_ inUse: [String], _ settings: SchedulerSettings) -> Instant? {
        guard asked == nil else { return nil }
        let retries = inUse.compactMap { refused[$0]?.until } + (isHeldBack ? [budget.allowed(settings)] : [])
        return restsUntil ?? retries.min()
    }

    private func allowed(_ roles: [String], at now: Instant) -> [String] {
        roles.filter { role in refused[role].map { $0.until <= now } ?? true }
    }

    private func oneByOne(_ roles: [String]) -> [String] {
        guard isOneByOne, let first = roles.first(where: { !taken.roles.contains($0) }) else { return roles }
        return roles.filter { $0 == first || taken.roles.contains($0) }
    }
}
