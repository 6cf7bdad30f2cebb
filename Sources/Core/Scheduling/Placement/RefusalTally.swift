import Domain

/// What stood in the way of one spec at the offers of one search. Every reason is counted at every place that it rules
/// out: a place that is too small and has the wrong rack is counted for both.
struct RefusalTally: Sendable {
    /// Offers looked at.
    private(set) var looked = 0
    /// How often each reason stood in the way.
    private(set) var reasons: [Refusal: Int] = [:]
    /// The most of each resource that any one place had.
    private(set) var best: Resources = .zero

    /// A place was looked at that has this much.
    mutating func look(at free: Resources) {
        looked += 1
        best = best.orMore(free)
    }

    /// A place was refused for this reason.
    mutating func refuse(_ reason: Refusal, times: Int = 1) {
        guard times > 0 else { return }
        reasons[reason, default: 0] += times
    }
}

extension RefusalReport {
    /// Takes in what one more search found.
    mutating func add(_ tally: RefusalTally) {
        offers += tally.looked
        reasons.merge(tally.reasons) { $0 + $1 }
        best = best.orMore(tally.best)
    }
}

extension Resources {
    /// Of each resource the larger amount.
    func orMore(_ other: Resources) -> Resources {
        Resources(
            cpus: max(cpus, other.cpus),
            mem: max(mem, other.mem),
            disk: max(disk, other.disk),
            gpus: max(gpus, other.gpus)
        )
    }
}
