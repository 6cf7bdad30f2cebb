import Synchronization

/// Waits for a change of any of the znodes that it was given to as a watch, or for the end of the session.
///
/// One change is enough: it fires once, and whoever waited looks again and makes a new one. It may fire without a
/// change that matters, never the other way round.
package final class ZNodeChange: Sendable {
    private enum Phase {
        /// Nothing happened, nobody waits. Goes to `waiting` with ``wait()`` and to `fired` with the event.
        case armed
        /// Somebody waits. Goes to `fired` with the event or when the wait is cancelled.
        case waiting(CheckedContinuation<Void, Never>)
        /// It happened.
        case fired
    }

    private let phase = Mutex(Phase.armed)

    /// A watch that nothing was given to yet.
    package init() {}

    /// Returns after the change, at once where it has happened already.
    /// - Precondition: nobody else waits for the same one.
    /// - Throws: only when the task is cancelled.
    package func wait() async throws(CancellationError) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let happened = phase.withLock { phase in
                    switch phase {
                    case .armed:
                        phase = .waiting(continuation)
                        return false
                    case .waiting: preconditionFailure("two tasks wait for one change of a znode")
                    case .fired: return true
                    }
                }
                if happened { continuation.resume() }
            }
        } onCancel: {
            fire()
        }
        if Task.isCancelled { throw CancellationError() }
    }

    /// Says that it happened.
    func fire() {
        let waiter = phase.withLock { phase -> CheckedContinuation<Void, Never>? in
            defer { phase = .fired }
            guard case .waiting(let continuation) = phase else { return nil }
            return continuation
        }
        waiter?.resume()
    }
}
