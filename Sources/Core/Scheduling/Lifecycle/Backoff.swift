import Domain

/// How failing tasks are slowed down (Marathon §3.3): each failure of a definition makes the wait before its next launch
/// longer by the factor, up to the longest.
///
/// The wait is forgotten when a task that was launched after the last failure has been healthy for the present delay, or
/// for ``SchedulerSettings/backoffForget`` if that is longer: older instances that go on well prove nothing about new
/// ones. It is forgotten as well when the app gets another definition.
struct Backoff: Sendable {
    /// What is known about one app.
    struct Entry: Sendable {
        /// The wait.
        var state: BackoffState
        /// The task that may prove that it is over.
        var proving: TaskID?

        /// When the last failure was.
        var failed: Instant { Instant(milliseconds: state.until.milliseconds - state.delay.count) }
    }

    private(set) var entries: [AppID: Entry] = [:]
    private var proofs = Agenda<AppID>()

    /// The waits of an earlier leader.
    init(_ states: [AppID: BackoffState]) { entries = states.mapValues { Entry(state: $0) } }

    /// When the next wait may be forgotten.
    var nextDeadline: Instant? { proofs.next }

    /// An app's wait.
    subscript(app: AppID) -> BackoffState? { entries[app]?.state }

    /// A task failed.
    mutating func raise(_ app: AppID, _ digest: Digest, isSame: Bool, _ policy: BackoffPolicy, at now: Instant) {
        let previous = isSame ? entries[app]?.state : nil
        let delay = Backoff.delay(after: previous?.delay, policy)
        let state = BackoffState(
            digest: digest,
            delay: delay,
            until: now + delay,
            failures: (previous?.failures ?? 0) + 1
        )
        entries[app] = Entry(state: state)
        proofs.remove(app)
    }

    /// The definition goes by another digest now.
    mutating func rename(_ app: AppID, to digest: Digest) { entries[app]?.state.digest = digest }

    /// The wait is over.
    mutating func clear(_ app: AppID) {
        entries[app] = nil
        proofs.remove(app)
    }

    /// A task of the slowed-down definition is healthy, or is not.
    mutating func observe(_ app: AppID, _ task: TaskRecord, isHealthy: Bool, _ forget: Milliseconds, at now: Instant) {
        guard let entry = entries[app] else { return }
        if isHealthy, entry.proving == nil, task.launched > entry.failed {
            entries[app]?.proving = task.id
            proofs.set(app, at: now + max(entry.state.delay, forget))
        } else if !isHealthy, entry.proving == task.id {
            entries[app]?.proving = nil
            proofs.remove(app)
        }
    }

    /// A task is over: it proves nothing any more.
    mutating func ended(_ app: AppID, _ task: TaskID) {
        guard entries[app]?.proving == task else { return }
        entries[app]?.proving = nil
        proofs.remove(app)
    }

    /// The next app whose wait is proved to be over; it is forgotten.
    mutating func takeProved(at now: Instant) -> AppID? {
        guard let app = proofs.takeDue(at: now) else { return nil }
        entries[app] = nil
        return app
    }

    /// The delay after one of `previous`, or the first one.
    static func delay(after previous: Milliseconds?, _ policy: BackoffPolicy) -> Milliseconds {
        guard let previous else { return min(policy.first, policy.longest) }
        let (product, overflow) = previous.count.multipliedReportingOverflow(by: policy.factorMillionths)
        let next = overflow ? policy.longest : Milliseconds(product / 1_000_000)
        return min(max(next, previous), policy.longest)
    }
}
