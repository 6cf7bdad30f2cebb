package import Boundary
package import Domain
import Synchronization

/// The store's one truth, in memory, shared by the candidates of a test: what ZooKeeper is to the real ones. Faults are
/// made from here.
package final class InMemoryCluster: Sendable {
    /// What a commit that is made to fail leaves behind; its sender cannot tell.
    package enum Loss: Hashable, Sendable {
        /// The request never arrived.
        case request
        /// The request was carried out and its answer was lost.
        case answer
    }

    private struct Waiter {
        let candidate: Int
        let turn: CheckedContinuation<Void, Never>
    }

    private struct Truth {
        var image = StoreImage()
        var journal: [JournalEntry] = []
        var epoch: Int64 = 0
        /// The candidates in the order in which they came; the first leads.
        var queue: [(candidate: Int, address: String)] = []
        var waiters: [Waiter] = []
        var nextCandidate = 1
        var term: InMemoryTerm?
        var nextLoss: Loss?
        var isHeld = false
        var isReachable = true
        var comeback: [CheckedContinuation<Void, Never>] = []
    }

    private let truth = Mutex(Truth())

    /// A store that holds what is given.
    package init(holding image: StoreImage = StoreImage()) {
        truth.withLock { $0.image = image }
    }
}

// MARK: - What a test sees and does

extension InMemoryCluster {
    /// What the store holds.
    package var image: StoreImage { truth.withLock { $0.image } }

    /// Every event that was ever committed.
    package var journal: [JournalEntry] { truth.withLock { $0.journal } }

    /// The number of the newest term; 0 before the first.
    package var epoch: Int64 { truth.withLock { $0.epoch } }

    /// Makes the next commit fail, and with it the term.
    package func failNextCommit(losing loss: Loss) { truth.withLock { $0.nextLoss = loss } }

    /// Lets commits be carried out, but keeps their outcomes back until ``release()``.
    package func hold() { truth.withLock { $0.isHeld = true } }

    /// Tells the outcomes that were kept back.
    package func release() {
        let term = truth.withLock { truth in
            truth.isHeld = false
            return truth.term
        }
        term?.tellWhatIsKnown()
    }

    /// Ends the leader's session, as ZooKeeper does with one that it has not heard of; the next candidate leads.
    package func expireLeader() {
        truth.withLock { $0.term }?.end("The session expired.")
    }

    /// Begins another term although the present leader knows nothing of it yet: it notices by the fence, with its next
    /// commit.
    package func usurp() {
        truth.withLock { truth in truth.epoch += 1 }
    }

    /// Cuts off every candidate that asks for leadership from now on, until ``comeBack()``.
    package func goAway() { truth.withLock { $0.isReachable = false } }

    /// Lets candidates in again.
    package func comeBack() {
        let waiting = truth.withLock { truth in
            truth.isReachable = true
            defer { truth.comeback = [] }
            return truth.comeback
        }
        for candidate in waiting { candidate.resume() }
    }

    /// How many candidates stand, the leader among them.
    package var candidates: Int { truth.withLock { $0.queue.count } }
}

// MARK: - What the candidates ask

extension InMemoryCluster {
    var isReachable: Bool { truth.withLock { $0.isReachable } }

    var isHeld: Bool { truth.withLock { $0.isHeld } }

    func reachable() async {
        await withCheckedContinuation { continuation in
            let isReachable = truth.withLock { truth in
                if !truth.isReachable { truth.comeback.append(continuation) }
                return truth.isReachable
            }
            if isReachable { continuation.resume() }
        }
    }

    /// Joins the queue.
    /// - Returns: the candidate's number.
    func join(_ address: String) -> Int {
        truth.withLock { truth in
            defer { truth.nextCandidate += 1 }
            truth.queue.append((truth.nextCandidate, address))
            return truth.nextCandidate
        }
    }

    /// The address of the leader, where it is not the candidate itself.
    func leader(before candidate: Int) -> String? {
        truth.withLock { truth in
            guard let first = truth.queue.first, first.candidate != candidate else { return nil }
            return first.address
        }
    }

    /// Returns when something about the queue has changed since the candidate was not the first, or its wait was ended.
    func turn(of candidate: Int) async {
        await withCheckedContinuation { continuation in
            let waits = truth.withLock { truth in
                guard let first = truth.queue.first, first.candidate != candidate,
                    truth.queue.contains(where: { $0.candidate == candidate })
                else { return false }
                truth.waiters.append(Waiter(candidate: candidate, turn: continuation))
                return true
            }
            if !waits { continuation.resume() }
        }
    }

    /// Leaves the queue; whoever waits looks again.
    func leave(_ candidate: Int) {
        let waiters = truth.withLock { truth in
            truth.queue.removeAll { $0.candidate == candidate }
            if truth.term?.candidate == candidate { truth.term = nil }
            defer { truth.waiters = [] }
            return truth.waiters
        }
        for waiter in waiters { waiter.turn.resume() }
    }

    /// Begins a term, provided that the candidate is the first.
    func begin(_ candidate: Int) -> InMemoryTerm? {
        truth.withLock { truth in
            guard truth.queue.first?.candidate == candidate else { return nil }
            truth.epoch += 1
            let term = InMemoryTerm(cluster: self, candidate: candidate, epoch: truth.epoch)
            truth.term = term
            return term
        }
    }

    /// Reads everything as part of a term.
    func read(in epoch: Int64) -> StoreImage? {
        truth.withLock { $0.epoch == epoch ? $0.image : nil }
    }

    /// Carries a batch out as part of a term.
    /// - Returns: why not, where it was not or where its sender is not to know.
    func carryOut(_ batch: WriteBatch, in epoch: Int64) -> String? {
        truth.withLock { truth in
            guard truth.epoch == epoch else {
                return "Another controller leads: the epoch is beyond our term \(epoch)."
            }
            let loss = truth.nextLoss
            truth.nextLoss = nil
            if loss != .request {
                truth.image.apply(batch)
                truth.journal += batch.journal
            }
            return loss == nil ? nil : "The connection was lost before batch \(batch.number) was acknowledged."
        }
    }
}
