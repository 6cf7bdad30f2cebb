import Domain

/// Limits calls of one kind: one for each interval in the long run, with a small reserve for a few in a row.
struct CallBudget: Sendable {
    /// The moment up to which calls are used up: one interval for each, never before now.
    private var spentUntil = Instant(milliseconds: 0)

    /// From when the next call is allowed.
    func allowed(_ settings: SchedulerSettings) -> Instant {
        let reserve = settings.reviveInterval * max(0, settings.reviveBurst - 1)
        return Instant(milliseconds: spentUntil.milliseconds - reserve.count)
    }

    /// A call goes out.
    mutating func spend(at now: Instant, _ settings: SchedulerSettings) {
        spentUntil = max(spentUntil, now) + settings.reviveInterval
    }

    /// The offers that a call brought count as well, each as its part of a call, up to the longest interval.
    mutating func charge(offers: Int, at now: Instant, _ settings: SchedulerSettings) {
        let most = max(0, settings.reviveLongest.count - settings.reviveInterval.count)
        let cost = settings.reviveInterval.count * Int64(offers) / max(1, settings.reviveOffers)
        spentUntil = max(spentUntil, now) + Milliseconds(min(cost, most))
    }
}
