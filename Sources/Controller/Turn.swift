package import Boundary
package import Domain
package import Scheduling

/// What one pass of the engine decided. The shell carries it out in this order: the free calls and the connection at
/// once; the batch to the store; the gated calls and the replies when the batch is durable.
package struct Turn: Sendable {
    /// What is written, journal included.
    package var batch: WriteBatch
    /// Calls that wait for the batch.
    package var gated: [GatedCall] = []
    /// Calls that wait for nothing.
    package var free: [FreeCall] = []
    /// What is to be done about the connection to Mesos, in order.
    package var connection: [ConnectionCommand] = []
    /// Replies to requests, given once the batch is durable.
    package var replies: [Reply] = []
    /// Sources that are to be looked at now.
    package var looks: [WantedLook] = []
    /// Set when this process must stop leading.
    package var ending: Ending?

    /// A turn that decided nothing yet.
    package init(number: Int) { self.batch = WriteBatch(number: number) }

    /// Whether the store has to be asked: something is to be written, or something waits for the proof that this process
    /// still leads.
    package var needsCommit: Bool { !batch.isEmpty || !gated.isEmpty || !replies.isEmpty }
}

extension Turn {
    /// The turn without anything but its end. The machines stop in the middle of such a turn: what one of them has decided
    /// by then, the other may not have carried out any more, so none of it is written, called or answered.
    var onlyEnding: Turn {
        var turn = Turn(number: batch.number)
        turn.ending = ending
        turn.connection = connection
        return turn
    }

    /// A reply to the request with this number.
    package struct Reply: Sendable {
        /// The request's number.
        package var request: Int
        /// What became of it.
        package var reply: ControlReply
    }

    /// A source that is to be looked at now.
    package struct WantedLook: Hashable, Sendable {
        /// The source's name.
        package var source: String
        /// The request that asks for it.
        package var request: Int
    }

    /// Why leading ends.
    package struct Ending: Hashable, Sendable {
        /// Why, for a reader.
        package var reason: String
        /// Whether a person is needed before this framework can be scheduled for again.
        package var isFinal: Bool
    }
}

/// What is to be done about the connection to Mesos.
package enum ConnectionCommand: Hashable, Sendable {
    /// Open the subscription with this number, after the delay and some jitter.
    case connect(Int, as: FrameworkID?, RoleWishes, delay: Milliseconds)
    /// Close it.
    case disconnect(reason: String)
}
