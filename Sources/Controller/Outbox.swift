package import Boundary
import Scheduling

/// Calls and replies that wait for their turn's batch to be durable. Released strictly in the order of the turns.
package struct Outbox: Sendable {
    private struct Held: Sendable {
        var batchNumber: Int
        var calls: [GatedCall]
        var replies: [Turn.Reply]
    }

    private var held: [Held] = []

    /// An empty outbox.
    package init() {}

    /// Commits that were sent and are not acknowledged.
    package var inFlight: Int { held.count }

    /// Holds what waits for a turn's batch; to be called for every batch that is sent, in order.
    package mutating func hold(_ turn: Turn) {
        held.append(Held(batchNumber: turn.batch.number, calls: turn.gated, replies: turn.replies))
    }

    /// Gives out what a proof covers.
    package mutating func release(_ proof: Persisted) -> (calls: [ReleasedCall], replies: [Turn.Reply]) {
        let count = held.prefix { $0.batchNumber <= proof.batchNumber }.count
        let released = held.prefix(count)
        held.removeFirst(count)
        let calls = released.flatMap { entry in
            entry.calls.map { ReleasedCall($0, decidedIn: entry.batchNumber, proof) }
        }
        return (calls, released.flatMap(\.replies))
    }
}
