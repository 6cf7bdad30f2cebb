package import Domain
package import Scheduling

/// The scheduler's session with Mesos. At most one subscription is open at a time; every message carries the number of
/// the subscription it belongs to, so that what arrives late from an old one is told apart.
package protocol MesosTransport: Sendable {
    /// Finds the leading master and subscribes, after `delay`. An open subscription is closed first. Returns at once;
    /// what happens is delivered through `deliver`, in order, on any thread, ending with one `closed` or `takenOver`.
    func subscribe(
        _ number: Int,
        as framework: FrameworkID?,
        _ wishes: RoleWishes,
        delay: Milliseconds,
        deliver: @escaping @Sendable (Int, TransportEvent) -> Void
    )

    /// Sends a call over the subscription, in order with the others. Failures close the subscription where Mesos says
    /// that it is over, and are logged otherwise. What Mesos says to an UPDATE_FRAMEWORK is delivered.
    func send(_ call: ReleasedCall)

    /// Closes the subscription.
    func close()
}

/// What a subscription brings.
package enum TransportEvent: Sendable {
    /// The stream is open.
    case opened
    /// Mesos says something.
    case event(MesosEvent)
    /// The subscription is over or could not be had: why, for a reader.
    case closed(String)
    /// The subscription is over because another subscriber has the framework now: how that was seen, for a reader.
    case takenOver(String)
    /// Mesos answered the UPDATE_FRAMEWORK that was sent.
    case answered(UpdateAnswer)
}
