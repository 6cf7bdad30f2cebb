import Boundary

/// How a subscription ended, and why, in words for a reader.
enum SubscriptionEnd: Hashable {
    /// Another one may be asked for.
    case closed(String)
    /// Another subscriber has the framework.
    case takenOver(String)

    /// What is delivered of it.
    var event: TransportEvent {
        switch self {
        case .closed(let reason): .closed(reason)
        case .takenOver(let reason): .takenOver(reason)
        }
    }
}
