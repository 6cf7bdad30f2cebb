import Domain

/// What stood in the way of one spec at the offers of one search.
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
        best = Resources(
            cpus: max(best.cpus, free.cpus),
            mem: max(best.mem, free.mem),
            disk: max(best.disk, free.disk),
            gpus: max(best.gpus, free.gpus)
        )
    }

    /// A place was refused for this reason.
    mutating func refuse(_ reason: Refusal, times: Int = 1) {
        guard times > 0 else { return }
        reasons[reason, default: 0] += times
    }

    /// A place has too little of something.
    mutating func refuse(_ free: Resources, _ ports: Int, for request: LaunchRequest) {
        for name in ["cpus", "mem", "disk", "gpus"] where free[name] < request.asked[name] {
            refuse(.resource(name))
        }
        if ports < request.ports.count { refuse(.ports) }
    }
}

extension RefusalReport {
    /// Takes in what one more search found.
    mutating func add(_ tally: RefusalTally) {
        offers += tally.looked
        reasons.merge(tally.reasons) { $0 + $1 }
        best = Resources(
            cpus: max(best.cpus, tally.best.cpus),
            mem: max(best.mem, tally.best.mem),
            disk: max(best.disk, tally.best.disk),
            gpus: max(best.gpus, tally.best.gpus)
        )
    }
}
