package import Boundary
package import Domain

/// Everything that can happen to the engine. Nothing else changes it.
package enum Input: Sendable {
    /// A source was looked at. `answering` is the newest request that had been made when the look began.
    case source(String, SourceLook, answering: Int)
    /// The subscription with this number says something; an older number than the present one is void.
    case transport(Int, TransportEvent)
    /// A request with its number; numbers grow.
    case request(Int, ControlRequest)
    /// Time has passed.
    case tick
}

/// What a look at a source brought.
package enum SourceLook: Sendable {
    /// The branch is where it was.
    case unchanged
    /// A new commit: what it declares, and whether it descends from `anchor`, the revision applied when the look began.
    case found(DesiredState, anchor: Revision?, descends: Bool)
    /// It could not be read.
    case failed(SourceFailure)
}
