import Domain
import Synchronization

/// For how long a term can be relied on without a word from the server.
///
/// The server keeps a session for its whole timeout after it last heard of us, and it heard of us no earlier than when
/// we sent the newest request that it answered. Two thirds of the timeout after that moment, by our own clock, the term
/// counts as over: before any other controller can lead, with a third to spare for stopping. (The library's own notice
/// of a lost connection comes later, and is no measure: it starts counting when it notices.)
final class Lease: Sendable {
    private let span: Duration
    private let start: Mutex<ContinuousClock.Instant>

    /// A lease on a session with a timeout, whose newest answered request was sent at `start`.
    init(timeout: Milliseconds, start: ContinuousClock.Instant) {
        self.span = .milliseconds(timeout.count * 2 / 3)
        self.start = Mutex(start)
    }

    /// Notes that a request that was sent at `moment` has been answered.
    func renew(sentAt moment: ContinuousClock.Instant) {
        start.withLock { $0 = max($0, moment) }
    }

    /// Whether it ran out.
    func isOver(at now: ContinuousClock.Instant) -> Bool {
        start.withLock { now >= $0 + span }
    }
}
