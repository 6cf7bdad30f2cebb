import Boundary
import Synchronization

/// Hands out what one subscription brings: in order, and after one `closed` nothing any more. Nothing is called with the
/// lock held, so whoever is called may subscribe, send or close at once.
///
///     open ⇄ delivering ──closed by another thread──▶ closing ──delivered──▶ closed
///       └──────────────────────closed────────────────────────────────────────▲
final class DeliveryGate: Sendable {
    private enum Phase {
        case open
        case delivering
        /// Closed while somebody was called: that thread says so when the call returns.
        case closing(String)
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
        let reason = phase.withLock { phase -> String? in
            guard case .closing(let reason) = phase else {
                phase = .open
                return nil
            }
            phase = .closed
            return reason
        }
        guard let reason else { return true }
        deliver(number, .closed(reason))
        return false
    }

    /// Hands out `closed`, once, whatever thread comes first.
    func close(_ reason: String) {
        let isMine = phase.withLock { phase in
            switch phase {
            case .open:
                phase = .closed
                return true
            case .delivering:
                phase = .closing(reason)
                return false
            case .closing, .closed: return false
            }
        }
        if isMine { deliver(number, .closed(reason)) }
    }
}
