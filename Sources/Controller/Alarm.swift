import Domain
import Synchronization

/// Rings once at a moment: the loop's only use of a timer.
final class Alarm: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var moment: Instant?
    }

    private let state = Mutex(State())
    private let ring: @Sendable () -> Void

    /// An alarm that calls `ring`.
    init(ring: @escaping @Sendable () -> Void) { self.ring = ring }

    /// Rings at `moment`. An earlier moment that is set already stays: ringing too early does no harm.
    func set(_ moment: Instant?, now: Instant) {
        guard let moment else { return }
        state.withLock { state in
            if let set = state.moment, set <= moment, set > now { return }
            state.task?.cancel()
            state.moment = moment
            let delay = max(1, (moment - now).count)
            state.task = Task { [self] in
                do { try await Task.sleep(for: .milliseconds(delay)) } catch { return }
                self.state.withLock { $0.moment = nil }
                ring()
            }
        }
    }

    /// Rings no more.
    func cancel() {
        state.withLock { state in
            state.task?.cancel()
            state.moment = nil
        }
    }
}
