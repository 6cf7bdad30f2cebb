import Boundary
import Domain

/// Writes a term's batches, one after the other, each without waiting for the one before: ZooKeeper carries out a
/// session's requests in order. It alone knows which znodes there are.
struct TermWriter {
    let core: TermCore

    /// Works until the term is over.
    func run(_ jobs: AsyncStream<TermCore.Job>) async {
        var catalogue: Catalogue?
        for await job in jobs {
            switch job {
            case .load(let continuation): await load(continuation, &catalogue)
            case .commit(let number, let ticket): await commit(number, ticket, &catalogue)
            }
        }
    }

    private func load(_ continuation: CheckedContinuation<StoreImage, any Error>, _ catalogue: inout Catalogue?) async {
        do {
            let image = try await read(&catalogue)
            continuation.resume(returning: image)
        } catch {
            core.end("The state could not be loaded. \(error)")
            continuation.resume(throwing: error)
        }
    }

    private func commit(_ number: Int, _ ticket: CommitTicket, _ catalogue: inout Catalogue?) async {
        // A commit of a term that is over has been answered already.
        guard core.ledger.end == nil else { return }
        do {
            if catalogue == nil { _ = try await read(&catalogue) }
            var known = catalogue ?? Catalogue()
            // Given up here so that the copy is the only one, and is changed in place.
            catalogue = nil
            let groups = try BatchEncoder(layout: core.layout, epoch: core.fence.epoch).encode(ticket.batch, &known)
            catalogue = known
            let transactions = TransactionPacker().pack(groups)
            for (index, writes) in transactions.enumerated() {
                let isLast = index == transactions.count - 1
                core.send(writes) { [core] in
                    guard isLast else { return }
                    core.counters.count { $0.commits += 1 }
                    core.ledger.settle(number)
                }
            }
        } catch {
            core.end("Batch \(ticket.batch.number) could not be written. \(error)")
        }
    }

    /// Reads everything, and clears away what broken-off writes left behind.
    private func read(_ catalogue: inout Catalogue?) async throws -> StoreImage {
        if let reason = core.ledger.end { throw StoreError.termOver(reason) }
        let reading = try await core.reader.read()
        for writes in TransactionPacker().pack(reading.leftovers.map { [ZNodeWrite($0, .delete)] }) {
            do {
                try await core.session.transaction([core.fence.next()] + writes)
            } catch {
                throw StoreError.termOver(core.fence.story(error))
            }
        }
        catalogue = reading.catalogue
        return reading.image
    }
}
