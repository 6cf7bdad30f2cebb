import Boundary
import Synchronization

/// Hands out what one subscription brings: in order, and after its end nothing any more. Nothing is called with the
/// lock held, so whoever is called may subscribe, send or close at once. Whatever comes while somebody is called waits
/// for the thread that called.
///
///     open ⇄ delivering ──closed by another thread──▶ closing ──delivered──▶ closed
///       └──────────────────────closed────────────────────────────────────────▲
final class DeliveryGate: Sendable {
    private enum Phase {
        case open
        /// Somebody is called; what came meanwhile.
        case delivering([TransportEvent])
        /// Closed while somebody was called: that thread says so when the call returns.
        case closing(SubscriptionEnd)
        case closed
    }

    private let number: Int
    private let deliver: @Sendable (Int, TransportEvent) -> Void
    private let phase = Mutex(Phase.open)

    init(_ number: Int, _ deliver: @escaping @Sendable (Int, TransportEvent) -> Void) {
        self.number = number
        self.deliver = deliver
    }

    /// Hands out an event; false where the gate is closed.
    func pass(_ event: TransportEvent) -> Bool {
        let isMine = phase.withLock { phase -> Bool? in
            switch phase {
            case .open:
                phase = .delivering([])
                return true
            case .delivering(let waiting):
                phase = .delivering(waiting + [event])
                return false
            case .closing, .closed: return nil
            }
        }
        guard let isMine else { return false }
        guard isMine else { return true }
        deliver(number, event)
        while let next = next() {
            deliver(number, next.event)
            if next.isLast { return false }
        }
        return true
    }

    /// What is to be handed out after an event; `nil` for nothing more at present.
    private func next() -> (event: TransportEvent, isLast: Bool)? {
        phase.withLock { phase in
            switch phase {
            case .delivering(var waiting) where !waiting.isEmpty:
                let event = waiting.removeFirst()
                phase = .delivering(waiting)
                return (event, false)
            case .closing(let end):
                phase = .closed
                return (end.event, true)
            case .open, .delivering, .closed:
                phase = .open
                return nil
            }
        }
    }

    /// Hands out the end, once, whatever thread comes first.
    func close(_ end: SubscriptionEnd) {
        let isMine = phase.withLock { phase in
            switch phase {
            case .open:
                phase = .closed
                return true
            case .delivering:
                phase = .closing(end)
                return false
            case .closing, .closed: return false
            }
        }
        if isMine { deliver(number, end.event) }
    }
}
