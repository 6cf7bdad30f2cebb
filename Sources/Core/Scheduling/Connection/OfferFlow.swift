import Domain

/// The one place that decides between REVIVE and SUPPRESS, for each role (two places that do, race).
///
///     flowing ──nothing wanted──▶ suppressed ──something wanted──▶ (rate limit) ──REVIVE──▶ flowing
///
/// While offers flow, new demand asks for a REVIVE as well: offers that were declined when nothing was wanted would stay
/// away for minutes. What becomes wanted while a REVIVE has brought no offers yet needs none of its own: those that come
/// are held against everything that waits by then. A REVIVE is repeated after a while if something still waits, since a
/// decline that crossed it has put a filter up again. REVIVEs are limited over time, for all roles together, and one
/// call names every role that is due. A call that names a role that Mesos does not know is dropped as a whole: so only
/// those are here that it surely does.
struct OfferFlow: Sendable {
    private struct Flow {
        /// Whether Mesos was told to send no offers.
        var isSuppressed: Bool
        /// Whether something became wanted since the last REVIVE.
        var isFresh = false
        /// Whether the last REVIVE has brought no offers yet.
        var isAwaiting = false
        var lastRevive: Instant
    }

    private var flows: [String: Flow] = [:]
    private var budget = CallBudget()

    /// The roles that no offers are wanted for, as Mesos was told, sorted.
    var suppressed: [String] { flows.keys.filter { flows[$0]?.isSuppressed == true }.sorted() }

    /// A subscription began, which clears every filter as a REVIVE does.
    mutating func begin(_ wishes: RoleWishes, at now: Instant) {
        flows = [:]
        follow(wishes, at: now)
    }

    /// The roles are these now. Those that stay are as they were.
    mutating func follow(_ wishes: RoleWishes, at now: Instant) {
        var kept: [String: Flow] = [:]
        for role in wishes.roles {
            kept[role] = flows[role] ?? Flow(isSuppressed: wishes.suppressed.contains(role), lastRevive: now)
        }
        flows = kept
    }

    /// Something became wanted.
    mutating func demandArose(_ role: String) { flows[role]?.isFresh = true }

    /// Mesos is told of other wishes: what a REVIVE brings that is under way is chosen by the old ones.
    mutating func wishesChanged() {
        for role in flows.keys { flows[role]?.isAwaiting = false }
    }

    /// Offers of a role came. They are held against everything that waits, also against what became wanted since the
    /// REVIVE that may have brought them; and the more that was, the longer the next one has to wait.
    mutating func offersCame(_ count: Int, for role: String, at now: Instant, _ settings: SchedulerSettings) {
        guard flows[role]?.isAwaiting == true else { return }
        flows[role]?.isAwaiting = false
        flows[role]?.isFresh = false
        budget.charge(offers: count, at: now, settings)
    }

    /// The calls that are due.
    mutating func calls(wanted: (String) -> Bool, at now: Instant, _ settings: SchedulerSettings) -> [FreeCall] {
        var idle: [String] = []
        var due: [String] = []
        for role in flows.keys.sorted() {
            guard let flow = flows[role] else { continue }
            if wanted(role) {
                if reviveDue(flow, settings) <= now { due.append(role) }
            } else {
                flows[role]?.isFresh = false
                if !flow.isSuppressed { idle.append(role) }
            }
        }
        for role in idle { flows[role]?.isSuppressed = true }
        for role in due { flows[role] = Flow(isSuppressed: false, isAwaiting: true, lastRevive: now) }
        if !due.isEmpty { budget.spend(at: now, settings) }
        return (idle.isEmpty ? [] : [.suppress(idle)]) + (due.isEmpty ? [] : [.revive(due)])
    }

    /// When the next call is due, with things as they are.
    func nextDeadline(wanted: (String) -> Bool, _ settings: SchedulerSettings) -> Instant? {
        flows.filter { wanted($0.key) }.values.map { reviveDue($0, settings) }.min()
    }

    private func reviveDue(_ flow: Flow, _ settings: SchedulerSettings) -> Instant {
        let allowed = budget.allowed(settings)
        guard !flow.isSuppressed else { return allowed }
        let wait = flow.isFresh ? (flow.isAwaiting ? settings.reviveAnswer : .zero) : settings.reviveRepeat
        return max(allowed, flow.lastRevive + wait)
    }
}
