import Boundary
import Domain
import Logging
import Synchronization

/// What the tasks of a term share: its session, its fence, its lease, its commits and its end.
final class TermCore: Sendable {
    /// Work for the writer, which does one after the other.
    enum Job: Sendable {
        /// Write a batch: its number in the ledger.
        case commit(Int, CommitTicket)
        /// Read everything, after the commits before it.
        case load(CheckedContinuation<StoreImage, any Error>)
    }

    let session: ZooKeeperSession
    let layout: Layout
    let fence: Fence
    let reader: StoreReader
    let counters: StoreCounters
    let ledger = CommitLedger()
    private let onEnd: @Sendable () -> Void
    private let lease: Lease
    private let pulse = Mutex<Pulse?>(nil)
    private let work: AsyncStream<Job>.Continuation
    private let closing = Mutex<Task<Void, Never>?>(nil)

    /// Begins a term: writer, pulse and the watch over the session run until its end, which `onEnd` is told.
    init(
        session: ZooKeeperSession,
        fence: Fence,
        wonAt: ContinuousClock.Instant,
        reader: StoreReader,
        counters: StoreCounters,
        onEnd: @escaping @Sendable () -> Void
    ) {
        self.session = session
        self.layout = reader.layout
        self.fence = fence
        self.reader = reader
        self.counters = counters
        self.onEnd = onEnd
        let timeout = session.timeout
        self.lease = Lease(timeout: timeout, start: wonAt)
        let (jobs, work) = AsyncStream.makeStream(of: Job.self)
        self.work = work
        let beat = Milliseconds(max(1, timeout.count / 12))
        pulse.withLock { $0 = Pulse(every: beat) { [weak self] in self?.keepAlive() } }
        let writer = TermWriter(core: self)
        Task(name: "ZooKeeper writer of term \(fence.epoch)") { await writer.run(jobs) }
        Task(name: "ZooKeeper session of term \(fence.epoch)") { await watchSession() }
    }

    /// Takes a commit in.
    func commit(_ ticket: CommitTicket, done: @escaping @Sendable (CommitOutcome) -> Void) {
        endIfLeaseIsOver()
        ledger.admit(ticket, done: done) { work.yield(.commit($0, ticket)) }
    }

    /// Reads everything, after every commit that came before.
    func load() async throws -> StoreImage {
        try await withCheckedThrowingContinuation { continuation in
            if case .terminated = work.yield(.load(continuation)) {
                continuation.resume(throwing: StoreError.termOver(ledger.end ?? "The term is over."))
            }
        }
    }

    /// Sends one transaction of the term, behind the fence.
    func send(_ writes: [ZNodeWrite], then: @escaping @Sendable () -> Void) {
        let sentAt = ContinuousClock.now
        session.submit([fence.next()] + writes) { [self] result in
            switch result {
            case .success:
                lease.renew(sentAt: sentAt)
                counters.count { statistics in
                    statistics.transactions += 1
                    statistics.nodes += writes.count
                    statistics.bytes += writes.reduce(0) { $0 + $1.path.utf8.count + $1.value.count }
                }
                then()
            case .failure(let error):
                end(fence.story(error))
            }
        }
    }

    /// Ends the term: what is in flight fails, the session is closed, and with it the candidate's znode goes.
    func end(_ reason: String) {
        guard ledger.end(reason, then: onEnd) else { return }
        work.finish()
        pulse.withLock { $0?.stop() }
        closing.withLock { $0 = Task(name: "ZooKeeper end of term \(fence.epoch)") { await session.close() } }
    }

    /// Returns when the session of a term that has ended is closed.
    func closed() async { await closing.withLock { $0 }?.value }
}

// MARK: - Noticing the end

extension TermCore {
    private func endIfLeaseIsOver() {
        guard lease.isOver(at: .now) else { return }
        end(
            """
            ZooKeeper has not answered for two thirds of the session's timeout (\(session.timeout.count) ms): \
            term \(fence.epoch) counts as over, before another controller can lead.
            """
        )
    }

    /// Looks at the lease, and asks for the epoch: the answer renews the lease, and tells whether another term has begun.
    private func keepAlive() {
        endIfLeaseIsOver()
        if ledger.end == nil { askForEpoch() }
    }

    private func askForEpoch() {
        let sentAt = ContinuousClock.now
        session.get(fence.path) { [self] result in
            switch result {
            case .success(fence.value): lease.renew(sentAt: sentAt)
            case .success(nil): end(fence.story(ZooKeeperError(.noNode, .get, fence.path)))
            case .success: end(fence.story(ZooKeeperError(.badVersion, .get, fence.path)))
            case .failure(let error) where error.outcomeIsUnknown:
                // The connection is being restored or the session is over: the lease and its states tell which.
                break
            case .failure(let error): end(fence.story(error))
            }
        }
    }

    private func watchSession() async {
        for await state in session.states() where state.isFinal {
            switch state {
            case .expired: end("ZooKeeper let the session of term \(fence.epoch) expire.")
            case .authFailed: end("ZooKeeper refused the credentials when the connection was restored.")
            case .connecting, .connected, .closed: end("The session of term \(fence.epoch) was closed.")
            }
        }
    }
}
