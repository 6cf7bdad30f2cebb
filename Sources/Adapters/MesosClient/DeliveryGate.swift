import Boundary
import Synchronization

/// Hands out what one subscription brings: in order, and after its end nothing any more. Nothing is called with the
/// lock held, so whoever is called may subscribe, send or close at once.
///
///     open ⇄ delivering ──closed by another thread──▶ closing ──delivered──▶ closed
///       └──────────────────────closed────────────────────────────────────────▲
final class DeliveryGate: Sendable {
    private enum Phase {
        case open
        case delivering
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

    /// Hands out an event; false where the gate is closed. To be called by one thread at a time.
    func pass(_ event: TransportEvent) -> Bool {
        let mayPass = phase.withLock { phase in
            guard case .open = phase else { return false }
            phase = .delivering
            return true
        }
        guard mayPass else { return false }
        deliver(number, event)
        let end = phase.withLock { phase -> SubscriptionEnd? in
            guard case .closing(let end) = phase else {
                phase = .open
                return nil
            }
            phase = .closed
            return end
        }
        guard let end else { return true }
        deliver(number, end.event)
        return false
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
