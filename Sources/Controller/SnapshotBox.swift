import Domain
import Synchronization

/// Holds the newest snapshot for readers on any thread.
final class SnapshotBox: Sendable {
    private let state: Mutex<Snapshot>

    init(_ snapshot: Snapshot) { self.state = Mutex(snapshot) }

    /// The newest snapshot.
    var snapshot: Snapshot { state.withLock { $0 } }

    /// Publishes a snapshot under the next number.
    func publish(_ snapshot: Snapshot) {
        state.withLock { current in
            let number = current.number + 1
            current = snapshot
            current.number = number
        }
    }

    /// Publishes that this process does not lead.
    func publish(_ leadership: Leadership, at now: Instant) {
        let current = snapshot
        publish(
            Snapshot(name: current.name, environment: current.environment, leadership: leadership, at: now)
        )
    }
}
