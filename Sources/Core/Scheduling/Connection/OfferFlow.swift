import Domain

/// The one place that decides between REVIVE and SUPPRESS (two places that do, race).
///
///     flowing ──nothing wanted──▶ suppressed ──something wanted──▶ (rate limit) ──REVIVE──▶ flowing
///
/// While offers flow, new demand asks for a REVIVE as well: offers that were declined when nothing was wanted would stay
/// away for minutes. A REVIVE is repeated after a while if something still waits, since a decline that crossed it has
/// put a filter up again. REVIVEs are limited over time, with a small reserve for a few in a row.
struct OfferFlow: Sendable {
    /// Whether Mesos was told to send no offers.
    private(set) var isSuppressed = false
    /// Whether something became wanted since the last REVIVE.
    private var isFresh = false
    private var lastRevive = Instant(milliseconds: .min)
    /// The moment up to which REVIVEs are used up: one interval for each, never before now.
    private var spentUntil = Instant(milliseconds: 0)

    /// A subscription began, which clears every filter as a REVIVE does.
    mutating func begin(suppressed: Bool, at now: Instant) {
        isSuppressed = suppressed
        isFresh = false
        lastRevive = now
    }

    /// Something became wanted.
    mutating func demandArose() { isFresh = true }

    /// The call that is due, if one is.
    mutating func call(wanted: Bool, at now: Instant, _ settings: SchedulerSettings) -> FreeCall? {
        guard wanted else {
            isFresh = false
            guard !isSuppressed else { return nil }
            isSuppressed = true
            return .suppress
        }
        guard let due = reviveDue(settings), due <= now else { return nil }
        spentUntil = max(spentUntil, now) + settings.reviveInterval
        lastRevive = now
        isSuppressed = false
        isFresh = false
        return .revive
    }

    /// When the next call is due, with things as they are.
    func nextDeadline(wanted: Bool, _ settings: SchedulerSettings) -> Instant? {
        wanted ? reviveDue(settings) : nil
    }

    private func reviveDue(_ settings: SchedulerSettings) -> Instant? {
        let reserve = settings.reviveInterval * max(0, settings.reviveBurst - 1)
        let allowed = Instant(milliseconds: spentUntil.milliseconds - reserve.count)
        guard !isSuppressed, !isFresh else { return allowed }
        return max(allowed, lastRevive + settings.reviveRepeat)
    }
}
