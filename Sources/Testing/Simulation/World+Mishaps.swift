import Boundary
import Controller
import Domain
import Scheduling
import SeededRandom

/// What can become of a single call, although the connection that it goes over is fine.
enum Mishap: Hashable, Sendable {
    /// Mesos takes it, hands it on to an agent that cannot be reached just then, and tries no second time: nobody hears of
    /// it. So it goes with what concerns one task.
    case lostOnTheWay
    /// It is answered with an error or not at all (5xx, a time-out), and was not carried out.
    case failed
    /// As ``failed``, but it was carried out. Since nobody can tell, the subscription ends in both cases: offers that a call
    /// names may be anybody's by now.
    case answerLost
}

extension World {
    /// Every kind of mishap, as it is counted.
    static let mishapKinds =
        ["ACCEPT", "ACKNOWLEDGE", "DECLINE", "KILL", "RECONCILE", "REVIVE"].map { "\($0) lost" }
        + ["call carried out, but answered with an error"]

    /// What goes wrong with a call; `nil` for nothing.
    mutating func mishap(of call: ReleasedCall.Call, on stream: Int) -> Mishap? {
        guard isChaos, hasFaults, master.stream == stream, streams[stream]?.isClosed == false else { return nil }
        let (name, odds, reachesAgent) = World.risk(of: call)
        guard let name, random.oneIn(odds) else { return nil }
        if reachesAgent, random.oneIn(2) {
            count("\(name) lost")
            return .lostOnTheWay
        }
        guard random.oneIn(3) else {
            count("\(name) lost")
            return .failed
        }
        count("call carried out, but answered with an error")
        return .answerLost
    }

    /// How often a call is lost: one in so many, so that each kind is lost about as often as the others.
    private static func risk(of call: ReleasedCall.Call) -> (name: String?, odds: Int, reachesAgent: Bool) {
        switch call {
        case .gated(.accept): ("ACCEPT", 120, false)
        case .gated(.kill): ("KILL", 60, true)
        case .gated(.acknowledge): ("ACKNOWLEDGE", 400, true)
        case .free(.decline): ("DECLINE", 400, false)
        case .free(.reconcile): ("RECONCILE", 120, false)
        case .free(.revive): ("REVIVE", 120, false)
        case .free(.suppress), .free(.updateFramework), .free(.acceptInverseOffers): (nil, 1, false)
        }
    }
}
