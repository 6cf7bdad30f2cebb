package import Scheduling

/// A batch on its way to the store. The store calls ``durable()`` once the batch is, and nobody else does.
package struct CommitTicket: Sendable {
    /// What is to be written.
    package let batch: WriteBatch

    /// A ticket for a batch.
    package init(_ batch: WriteBatch) { self.batch = batch }

    /// For stores only: says that the batch, and every batch before it, is durable under the leader's own epoch.
    package func durable() -> Persisted { Persisted(batchNumber: batch.number) }
}

/// The proof that a batch is durable. Only a store can make one, through ``CommitTicket/durable()``.
package struct Persisted: Hashable, Sendable {
    /// The batch, and with it every earlier one.
    package let batchNumber: Int

    fileprivate init(batchNumber: Int) { self.batchNumber = batchNumber }
}

/// A call that is allowed to go out to Mesos. A call that launches, kills or acknowledges needs the proof that what it
/// rests on is durable; that is the only way to make one.
package struct ReleasedCall: Sendable {
    /// What goes out.
    package enum Call: Hashable, Sendable {
        /// A call that need not wait.
        case free(FreeCall)
        /// A call that had to wait.
        case gated(GatedCall)
    }

    /// What goes out.
    package let call: Call

    /// A call that need not wait.
    package init(_ call: FreeCall) { self.call = .free(call) }

    /// A call that had to wait for `batchNumber`.
    /// - Precondition: `proof` is for that batch or a later one.
    package init(_ call: GatedCall, decidedIn batchNumber: Int, _ proof: Persisted) {
        precondition(
            proof.batchNumber >= batchNumber,
            "a call of batch \(batchNumber) was released by the proof of batch \(proof.batchNumber): \(call)"
        )
        self.call = .gated(call)
    }
}
