package import Boundary
package import Domain
package import Logging

/// The store of all state in ZooKeeper (DESIGN §10).
package struct ZooKeeperStore: StateStore {
    private let address: ZooKeeperAddress
    private let layout: Layout
    private let apiAddress: String
    private let sha256: SHA256
    private let sessionTimeout: Milliseconds
    private let logger: Logger
    private let counters = StoreCounters()
    private let retired = RetiredCandidacies()

    /// How long to look for a server before the failure is reported, in milliseconds.
    private static let patience = Milliseconds.seconds(5)

    /// A store; nothing is connected before ``lead(report:)``.
    /// - Parameters:
    ///   - address: where ZooKeeper is, and the path that is Pacer's.
    ///   - apiAddress: where this controller's API answers, for the followers.
    ///   - sha256: checks specs against their names.
    ///   - sessionTimeout: how long the server waits for a sign of life, in milliseconds; the server keeps it within 2
    ///     to 20 of its ticks. A leader stops by itself after two thirds of it.
    /// - Throws: `StoreError.noPath` where the address names no path.
    package init(
        address: ZooKeeperAddress,
        apiAddress: String,
        sha256: @escaping SHA256,
        sessionTimeout: Milliseconds = .seconds(10),
        logger: Logger
    ) throws(StoreError) {
        guard address.path != "/" else { throw .noPath("\(address)") }
        self.address = address
        self.layout = Layout(root: address.path)
        self.apiAddress = apiAddress
        self.sha256 = sha256
        self.sessionTimeout = sessionTimeout
        self.logger = logger
    }

    /// What was written since the store was made.
    package var statistics: WriteStatistics { counters.snapshot }

    /// Stands for election until this process leads.
    /// - Throws: `CancellationError`; `StoreError` or ``ZooKeeperError`` where a person is needed: a newer layout, a
    ///   path that is not Pacer's, credentials that are refused.
    package func lead(report: @escaping @Sendable (StoreReport) -> Void) async throws -> any LeaderSession {
        try await term(report: report)
    }

    /// As ``lead(report:)``, with the type that has more to tell.
    package func term(report: @escaping @Sendable (StoreReport) -> Void) async throws -> ZooKeeperTerm {
        var backoff = Backoff()
        var complaint = Complaint()
        var random = SystemRandomNumberGenerator()
        while true {
            try Task.checkCancellation()
            let reason: String
            do {
                let session = try await ZooKeeperSession.open(
                    address,
                    timeout: sessionTimeout,
                    patience: Self.patience
                )
                backoff.reset()
                let token = Self.token()
                do {
                    return try await win(session, token, report)
                } catch {
                    await session.close()
                    retired.add(token)
                    throw error
                }
            } catch let error as ZooKeeperError where !error.needsAPerson {
                reason = error.description
            } catch let error as StoreError where !error.needsAPerson {
                reason = error.description
            }
            if complaint.isNews(reason, at: .now) { report(.unreachable("\(reason) It is tried again.")) }
            try await Task.sleep(for: .milliseconds(backoff.next(using: &random).count))
        }
    }

    private func win(
        _ session: ZooKeeperSession,
        _ token: String,
        _ report: @escaping @Sendable (StoreReport) -> Void
    ) async throws -> ZooKeeperTerm {
        try await LayoutGuard(session: session, layout: layout).ensure()
        let candidacy = Candidacy(
            session: session,
            layout: layout,
            token: token,
            retired: retired,
            apiAddress: apiAddress,
            patience: sessionTimeout,
            report: report
        )
        let (fence, askedAt) = try await candidacy.win()
        let reader = StoreReader(session: session, layout: layout, sha256: sha256, logger: logger)
        return ZooKeeperTerm(
            TermCore(session: session, fence: fence, wonAt: askedAt, reader: reader, counters: counters) { [retired] in
                retired.add(token)
            }
        )
    }

    /// 128 random bits in hexadecimal.
    private static func token() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// One term of leadership in ZooKeeper.
package final class ZooKeeperTerm: LeaderSession {
    private let core: TermCore

    init(_ core: TermCore) { self.core = core }

    /// The session that the term lives on.
    var session: ZooKeeperSession { core.session }

    deinit { core.end("Nobody holds term \(core.fence.epoch) any more.") }

    /// The number of this term.
    package var epoch: Int64 { core.fence.epoch }

    /// Reads everything, many requests at once, after every commit that came before.
    /// - Throws: `StoreError.unreadable` with the znodes that cannot be read and must be, or what ZooKeeper says. The
    ///   term is over then.
    package func load() async throws -> StoreImage { try await core.load() }

    /// Writes a batch in one transaction or more, without waiting for the batch before (see `BatchEncoder` for the
    /// order within a batch that needs several). A batch with a value that is too large fails before anything of it is
    /// sent; every failure ends the term.
    package func commit(_ ticket: CommitTicket, done: @escaping @Sendable (CommitOutcome) -> Void) {
        core.commit(ticket, done: done)
    }

    /// What the store has written, in this term and those before.
    package var written: WriteStatistics { core.counters.snapshot }

    /// Returns when the term is over, with the reason; or when the task is cancelled.
    package func ended() async -> String { await core.ledger.ended() }

    /// Gives leadership up and returns once the session is closed; another candidate can lead at once.
    package func resign() async {
        core.end("Leadership of term \(core.fence.epoch) was given up.")
        await core.closed()
    }

    /// The journal's segments that can be read, oldest first. Others are logged.
    /// - Throws: ``ZooKeeperError`` where they cannot be fetched.
    package func journal() async throws -> [(number: Int, segment: JournalSegment)] {
        try await core.reader.readJournal()
    }
}
