import Boundary
import Synchronization

/// The commits of a term from ``admit(_:done:then:)`` to their outcome. Whatever happens, each outcome is told exactly
/// once, and in the order in which the commits came.
final class CommitLedger: Sendable {
    private struct Entry {
        let number: Int
        let ticket: CommitTicket
        let done: @Sendable (CommitOutcome) -> Void
        var outcome: CommitOutcome?
    }

    private struct Book {
        /// In the order of their admission; settled ones wait for those before them. Those before `told` have been
        /// told, and are dropped many at a time.
        var entries: [Entry] = []
        var told = 0
        var nextNumber = 1
        var isTelling = false
        var end: String?
        var waiters: [Int: CheckedContinuation<String, Never>] = [:]
        var nextWaiter = 0
    }

    private let book = Mutex(Book())

    /// Why the term is over; `nil` while it lasts.
    var end: String? { book.withLock { $0.end } }

    /// Takes a commit in; `then` gets its number under the lock, so that no other comes between. After the end the
    /// commit fails instead.
    func admit(_ ticket: CommitTicket, done: @escaping @Sendable (CommitOutcome) -> Void, then: (Int) -> Void) {
        book.withLock { book in
            let number = book.nextNumber
            book.nextNumber += 1
            let outcome = book.end.map { CommitOutcome.failed($0) }
            book.entries.append(Entry(number: number, ticket: ticket, done: done, outcome: outcome))
            if book.end == nil { then(number) }
        }
        tell()
    }

    /// Notes that a commit is durable. Nothing happens where the term ended before: its outcome has been told.
    func settle(_ number: Int) {
        book.withLock { book in
            guard let last = book.entries.last else { return }
            let index = book.entries.count - 1 - (last.number - number)
            guard index >= book.told, book.entries[index].outcome == nil else { return }
            book.entries[index].outcome = .durable(book.entries[index].ticket.durable())
        }
        tell()
    }

    /// Ends the term: what has no outcome yet fails. Only the first reason counts; with it `then` is called under the
    /// lock, before anybody can learn of the end.
    /// - Returns: whether this was the first.
    @discardableResult
    func end(_ reason: String, then: () -> Void = {}) -> Bool {
        let waiters = book.withLock { book -> [CheckedContinuation<String, Never>]? in
            guard book.end == nil else { return nil }
            book.end = reason
            then()
            // From the first open one on: a proof says that every earlier batch is durable, too.
            let open = book.entries[book.told...].firstIndex { $0.outcome == nil } ?? book.entries.endIndex
            for index in open..<book.entries.endIndex { book.entries[index].outcome = .failed(reason) }
            defer { book.waiters = [:] }
            return Array(book.waiters.values)
        }
        guard let waiters else { return false }
        tell()
        for waiter in waiters { waiter.resume(returning: reason) }
        return true
    }

    /// Returns the reason once the term is over, or when the task is cancelled.
    func ended() async -> String {
        let number = book.withLock { book in
            defer { book.nextWaiter += 1 }
            return book.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let reason = book.withLock { book -> String? in
                    if let end = book.end { return end }
                    // Looked at under the lock: the handler below either comes later and finds the waiter, or came
                    // before and is seen here.
                    if Task.isCancelled { return Self.cancelled }
                    book.waiters[number] = continuation
                    return nil
                }
                if let reason { continuation.resume(returning: reason) }
            }
        } onCancel: {
            book.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: Self.cancelled)
        }
    }

    private static let cancelled = "The wait for the end of the term was cancelled; the term may go on."

    /// Tells the outcomes that are known up to the first that is not. One thread at a time, so that they stay in order;
    /// outside the lock, since who is told may commit again.
    private func tell() {
        while let entry = nextToTell() {
            guard let outcome = entry.outcome else { preconditionFailure("commit \(entry.number) has no outcome") }
            entry.done(outcome)
            book.withLock { $0.isTelling = false }
        }
    }

    private func nextToTell() -> Entry? {
        book.withLock { book in
            guard !book.isTelling, book.told < book.entries.count else { return nil }
            let entry = book.entries[book.told]
            guard entry.outcome != nil else { return nil }
            book.told += 1
            book.isTelling = true
            if book.told == book.entries.count || book.told > 1000 {
                book.entries.removeFirst(book.told)
                book.told = 0
            }
            return entry
        }
    }
}
