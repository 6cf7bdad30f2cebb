package import Boundary
package import Domain
import Synchronization

/// One candidate at an ``InMemoryCluster``: the store's fake, with the semantics of the real one.
package struct InMemoryStore: StateStore {
    private let cluster: InMemoryCluster
    private let apiAddress: String

    /// A candidate.
    package init(_ cluster: InMemoryCluster, apiAddress: String) {
        self.cluster = cluster
        self.apiAddress = apiAddress
    }

    /// Returns once this candidate is the first of the queue and has begun a term.
    /// - Throws: only `CancellationError`.
    package func lead(report: @escaping @Sendable (StoreReport) -> Void) async throws -> any LeaderSession {
        if !cluster.isReachable {
            report(.unreachable("The store in memory was told to be away. It is tried again."))
            try await untilCancelled {
                await cluster.reachable()
            } onCancel: {
                cluster.comeBack()
            }
        }
        let candidate = cluster.join(apiAddress)
        var reported: String?
        do {
            while true {
                try Task.checkCancellation()
                if let term = cluster.begin(candidate) { return term }
                if let leader = cluster.leader(before: candidate), leader != reported {
                    report(.following(leader: leader))
                    reported = leader
                }
                try await untilCancelled {
                    await cluster.turn(of: candidate)
                } onCancel: {
                    cluster.leave(candidate)
                }
            }
        } catch {
            cluster.leave(candidate)
            throw error
        }
    }

    private func untilCancelled(
        _ wait: () async -> Void,
        onCancel: @escaping @Sendable () -> Void
    ) async throws {
        await withTaskCancellationHandler(operation: wait, onCancel: onCancel)
        try Task.checkCancellation()
    }
}

/// One term of leadership at an ``InMemoryCluster``.
package final class InMemoryTerm: LeaderSession {
    private struct Book {
        var written = WriteStatistics()
        var outcomes: [(done: @Sendable (CommitOutcome) -> Void, outcome: CommitOutcome)] = []
        var isTelling = false
        var end: String?
        var waiters: [Int: CheckedContinuation<String, Never>] = [:]
        var nextWaiter = 0
    }

    /// The number of this term.
    package let epoch: Int64
    let candidate: Int
    private let cluster: InMemoryCluster
    private let book = Mutex(Book())

    init(cluster: InMemoryCluster, candidate: Int, epoch: Int64) {
        self.cluster = cluster
        self.candidate = candidate
        self.epoch = epoch
    }

    /// Reads everything.
    /// - Throws: ``InMemoryTermOver``.
    package func load() async throws -> StoreImage {
        if let end = book.withLock({ $0.end }) { throw InMemoryTermOver(reason: end) }
        guard let image = cluster.read(in: epoch) else {
            let reason = "Another controller leads: the epoch is beyond our term \(epoch)."
            end(reason)
            throw InMemoryTermOver(reason: reason)
        }
        return image
    }

    /// Carries the batch out at once and tells the outcome from another task, as long as nothing holds it back.
    package func commit(_ ticket: CommitTicket, done: @escaping @Sendable (CommitOutcome) -> Void) {
        let failure = book.withLock { book -> String? in
            if let end = book.end {
                book.outcomes.append((done, .failed(end)))
                return nil
            }
            // Under the lock, so that commits of several threads are carried out in the order they are told.
            if let failure = cluster.carryOut(ticket.batch, in: epoch) {
                book.outcomes.append((done, .failed(failure)))
                return failure
            }
            book.written.commits += 1
            book.written.transactions += 1
            book.written.nodes += ticket.batch.writes.count
            book.outcomes.append((done, .durable(ticket.durable())))
            return nil
        }
        if let failure { end(failure) }
        Task { self.tellWhatIsKnown() }
    }

    /// What this term has written; nothing is encoded in memory, so there are no bytes.
    package var written: WriteStatistics { book.withLock { $0.written } }

    /// Returns when the term is over, or when the task is cancelled.
    package func ended() async -> String {
        let number = book.withLock { book in
            defer { book.nextWaiter += 1 }
            return book.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let reason = book.withLock { book -> String? in
                    if let end = book.end { return end }
                    if Task.isCancelled { return "The wait was cancelled." }
                    book.waiters[number] = continuation
                    return nil
                }
                if let reason { continuation.resume(returning: reason) }
            }
        } onCancel: {
            book.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: "The wait was cancelled.")
        }
    }

    /// Gives leadership up; the next candidate leads.
    package func resign() async { end("Leadership of term \(epoch) was given up.") }

    /// Ends the term; what was not told yet has an unknown outcome, which its sender sees as a failure.
    func end(_ reason: String) {
        let waiters = book.withLock { book -> [CheckedContinuation<String, Never>]? in
            guard book.end == nil else { return nil }
            book.end = reason
            for index in book.outcomes.indices { book.outcomes[index].outcome = .failed(reason) }
            defer { book.waiters = [:] }
            return Array(book.waiters.values)
        }
        guard let waiters else { return }
        cluster.leave(candidate)
        for waiter in waiters { waiter.resume(returning: reason) }
        Task { self.tellWhatIsKnown() }
    }

    /// Tells outcomes in order, one thread at a time. Held back are those of a term that lasts.
    func tellWhatIsKnown() {
        while let (done, outcome) = next() {
            done(outcome)
            book.withLock { $0.isTelling = false }
        }
    }

    private func next() -> (@Sendable (CommitOutcome) -> Void, CommitOutcome)? {
        let isHeld = cluster.isHeld
        return book.withLock { book in
            guard !book.isTelling, !book.outcomes.isEmpty, !isHeld || book.end != nil else { return nil }
            book.isTelling = true
            let first = book.outcomes.removeFirst()
            return (first.done, first.outcome)
        }
    }
}

/// A term that is over cannot be read from.
package struct InMemoryTermOver: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why it is over.
    package let reason: String

    /// The reason.
    package var description: String { reason }
}
