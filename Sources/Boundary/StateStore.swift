package import Domain

/// The store of all state, and with it the election of the one controller that may write.
package protocol StateStore: Sendable {
    /// Stands for election and returns once this process leads: the epoch is bumped and fences every later commit.
    /// Connection losses on the way are retried with back-off and reported through `report`, one line each.
    /// - Throws: only on cancellation, or where a person is needed (a newer layout, bad credentials).
    func lead(report: @escaping @Sendable (StoreReport) -> Void) async throws -> any LeaderSession
}

/// What a candidate says of itself while it is not the leader.
package enum StoreReport: Hashable, Sendable {
    /// The store cannot be reached: why, and that it is tried again.
    case unreachable(String)
    /// Another controller leads; its API's address where it is known.
    case following(leader: String?)
}

/// One term of leadership. Ends by itself with the session or the epoch; what is in flight then has an unknown outcome.
package protocol LeaderSession: Sendable {
    /// The number of this term: greater than that of every earlier leader.
    var epoch: Int64 { get }

    /// Reads everything.
    /// - Throws: where it cannot all be read; the term is over then.
    func load() async throws -> StoreImage

    /// Writes a batch as part of the term: atomically as far as it fits into one transaction, in order after every
    /// earlier batch. `done` is called exactly once, on any thread, in the order of the commits.
    /// An empty batch is a check that the term still holds.
    func commit(_ ticket: CommitTicket, done: @escaping @Sendable (CommitOutcome) -> Void)

    /// Returns when the term is over, with the reason for a reader.
    func ended() async -> String

    /// Gives leadership up and closes the session.
    func resign() async

    /// What was written so far.
    var written: WriteStatistics { get }
}

/// What became of a commit.
package enum CommitOutcome: Sendable {
    /// It is durable.
    case durable(Persisted)
    /// It is not, or nobody knows: the term is over.
    case failed(String)
}
