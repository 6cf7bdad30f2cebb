/// A name that somebody outside gave, typed by what it names so that two kinds cannot be mixed up.
package struct Identifier<Named>: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The name as it stands on the wire.
    package let rawValue: String

    /// Wraps a name.
    package init(_ rawValue: String) { self.rawValue = rawValue }

    /// Reads the bare string.
    package init(from decoder: any Decoder) throws {
        self.rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the bare string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// By bytes.
    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }

    /// The name itself.
    package var description: String { rawValue }
}

/// What ``Identifier`` can name.
package enum Named {
    /// A task of Mesos.
    package enum Task {}
    /// An agent of Mesos.
    package enum Agent {}
    /// An offer of Mesos.
    package enum Offer {}
    /// A framework of Mesos.
    package enum Framework {}
    /// A commit of git: its hash in hexadecimal.
    package enum Commit {}
    /// A deployment: one applied plan.
    package enum Batch {}
    /// What is reserved for one instance.
    package enum Reserved {}
}

/// One incarnation of an instance on an agent. Unique for ever: made of the leader's epoch and a counter.
package typealias TaskID = Identifier<Named.Task>
/// An agent of Mesos.
package typealias AgentID = Identifier<Named.Agent>
/// An offer of Mesos.
package typealias OfferID = Identifier<Named.Offer>
/// A framework of Mesos.
package typealias FrameworkID = Identifier<Named.Framework>
/// A commit of the tracked branch.
package typealias Revision = Identifier<Named.Commit>
/// What is reserved for one instance. Unique for ever, as task ids are.
package typealias ReservationID = Identifier<Named.Reserved>
/// A deployment.
package typealias DeploymentID = Identifier<Named.Batch>
