import Boundary
import Domain
import SeededRandom

/// One transaction of a batch, on its way to the store.
struct WritePart: Sendable {
    let batch: WriteBatch
    let steps: [WriteStep]
    let isFirst: Bool
    let isLast: Bool
    /// Whether the connection breaks with it.
    let isLost: Bool
}

/// What the store had before a batch of which a part is carried out.
struct OpenBatch: Sendable {
    let number: Int
    let before: SimulatedStore
}

/// The way of a batch to the store: cut into transactions, carried out in order, each for itself.
extension World {
    /// Sends a batch. Where it breaks off, by a lost connection, the death of its writer or another leader, what arrived
    /// before stays carried out.
    mutating func send(_ batch: WriteBatch, from process: Int) {
        let life = processes[process].life
        let epoch = processes[process].epoch
        let packer = TransactionPacker<WriteStep>(writes: shape.writesPerTransaction, budget: .max) { _ in 0 }
        let transactions = packer.pack(batch.groups)
        if transactions.count > 1 { see("batch cut into transactions") }
        let breaks = isChaos && hasFaults && random.oneIn(transactions.count > 1 ? 80 : 400)
        let lost = breaks ? random.int(0...(transactions.count - 1)) : nil
        for (index, steps) in transactions.enumerated() {
            let arrival = max(now + delay(1...15), processes[process].lastArrival)
            processes[process].lastArrival = arrival
            let part = WritePart(
                batch: batch,
                steps: steps,
                isFirst: index == 0,
                isLast: index == transactions.count - 1,
                isLost: index == lost
            )
            agenda.add(.arrives(part, process: process, life: life, epoch: epoch), at: arrival)
        }
    }

    /// A part of a batch arrives at the store. A lost one may or may not have been carried out before the connection broke;
    /// none that was sent after it is.
    mutating func write(_ part: WritePart, process: Int, life: Int, epoch: Int64) {
        let writer = Life(process: process, number: life)
        if let moment = severed[writer], moment < now { return noteTorn(writer) }
        if processes[process].life == life, processes[process].isCutOff { return noteTorn(writer) }
        if part.isLost { count("connection to the store lost with a write under way") }
        let arrives = !brokenOff.contains(writer) && (!part.isLost || random.oneIn(2))
        let isApplied = arrives && carryOut(part, of: writer, epoch: epoch)
        if part.isLost || !isApplied { brokenOff.insert(writer) }
        if !isApplied || (part.isLost && !part.isLast) { noteTorn(writer) }
        guard part.isLast || part.isLost || !isApplied else { return }
        let moment = max(now + delay(1...10), processes[process].lastOutcome)
        processes[process].lastOutcome = moment
        let outcome: CommitOutcome =
            isApplied && !part.isLost
            ? .durable(CommitTicket(part.batch).durable()) : .failed(part.isLost ? "connection lost" : "another epoch")
        agenda.add(.committed(process, life: life, outcome), at: moment)
    }

    /// A batch of which a part is carried out gets no further: the next leader begins from there.
    private mutating func noteTorn(_ writer: Life) {
        guard let open = openBatches.removeValue(forKey: writer) else { return }
        count("batch carried out in part")
        note("only a part of batch \(open.number) of process \(writer.process) is carried out")
    }

    /// Carries a part out, and checks the whole batch with its last one. A part must leave what a leader can begin from.
    private mutating func carryOut(_ part: WritePart, of writer: Life, epoch: Int64) -> Bool {
        let before = store
        guard store.apply(part.steps, epoch: epoch, isLast: part.isLast) else {
            see("write of an old leader refused")
            return false
        }
        if epoch != store.epoch { violations.append("a write of epoch \(epoch) was taken in epoch \(store.epoch)") }
        if part.isFirst { openBatches[writer] = OpenBatch(number: part.batch.number, before: before) }
        guard part.isLast else {
            checkReferences(in: part.steps)
            return true
        }
        guard let open = openBatches.removeValue(forKey: writer) else { return true }
        checkCommit(part.batch, before: open.before)
        return true
    }
}
