import Domain
import Planning

/// The tasks that were lost with their agents of late: the brake of the whole cluster.
///
/// Made anew from the instances by a new leader, as far as they still show it.
struct Losses: Sendable {
    private var moments: [Instant] = []
    /// Until when replacements stand still; `nil` while the brake is off.
    private(set) var brakedUntil: Instant?

    /// Losses within the window.
    var count: Int { moments.count }

    /// When the brake may be released; `nil` while it is off.
    var nextChange: Instant? { brakedUntil }

    mutating func note(at moment: Instant) { moments.append(moment) }

    /// What the store's instances still show.
    mutating func restore(_ instance: Instance) {
        if instance.condition == .unreachable { return note(at: instance.since) }
        guard let end = instance.lastEnd, Losses.isLoss(end) else { return }
        // One whose agent was cut off before counted from then on.
        note(at: end.unreachableSince ?? end.at)
    }

    /// Forgets what is older than the window and looks whether the brake is on.
    /// - Returns: whether that has changed.
    mutating func refresh(_ brake: RolloutPolicy.Brake, instances: () -> Int, at now: Instant) -> Bool {
        guard !moments.isEmpty || brakedUntil != nil else { return false }
        moments.removeAll { $0 + brake.window <= now }
        let before = brakedUntil
        brakedUntil = nil
        if moments.count >= brake.lostTasks, let last = moments.max(),
            Int64(moments.count) * 1_000_000 >= Int64(instances()) * brake.lostShareMillionths
        {
            brakedUntil = last + brake.window
        }
        return before != brakedUntil
    }

    /// Whether a task ended with its agent, and not by the app's own doing; also where an operator marked that gone.
    static func isLoss(_ end: TaskEnd) -> Bool { TaskEndCause(end) == .agentLost }
}
