/// Why the store cannot be used, or a batch not be written. Where a person has to act, trying again is no use.
package enum StoreError: Error, Hashable, Sendable {
    /// The layout was written by a newer Pacer.
    case newerLayout(path: String, found: String, supported: Int)
    /// The path holds something that is not Pacer's.
    case foreignPath(String, children: [String])
    /// The address names no path.
    case noPath(String)
    /// Znodes hold what cannot be read, and going on without it could do damage.
    case unreadable([Damage])
    /// A value does not fit into a znode.
    case tooLarge(path: String, bytes: Int, limit: Int)
    /// The term of leadership ended.
    case termOver(String)

    /// One znode that cannot be read.
    package struct Damage: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// The znode.
        package let path: String
        /// Why, to be read after "it cannot be read".
        package let reason: String

        init(_ path: String, _ reason: String) {
            self.path = path
            self.reason = reason
        }

        /// By path.
        package static func < (left: Damage, right: Damage) -> Bool { left.path < right.path }

        /// The znode and why.
        package var description: String { "\(path): \(reason)" }
    }

    /// Whether a person has to act before it can work.
    var needsAPerson: Bool {
        switch self {
        case .newerLayout, .foreignPath, .noPath: true
        case .unreadable, .tooLarge, .termOver: false
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// What happened, where, and what to do.
    package var description: String {
        switch self {
        case .newerLayout(let path, let found, let supported):
            """
            ZooKeeper holds state of a newer layout: \(path) says \(found), this Pacer knows \(supported). \
            Run the newer Pacer, or give this one another path; nothing was changed.
            """
        case .foreignPath(let path, let children):
            """
            ZooKeeper's \(path) is not Pacer's: it has no version, but holds \(children.joined(separator: ", ")). \
            Give Pacer a path of its own; nothing was changed.
            """
        case .noPath(let address):
            "The ZooKeeper address \(address) names no path. Give Pacer one of its own: \(address)/pacer."
        case .unreadable(let damages):
            """
            State in ZooKeeper cannot be read: \(Self.list(damages)). Nothing is started or stopped before a person \
            has looked at it: restore it from a backup of ZooKeeper, or delete it if what it names is gone for good.
            """
        case .tooLarge(let path, let bytes, let limit):
            """
            The value for the znode \(path) has \(bytes) bytes, more than the \(limit) that a znode may have; \
            nothing of its batch was written. Make what it describes smaller.
            """
        case .termOver(let reason): reason
        }
    }

    private static func list(_ damages: [Damage]) -> String {
        let shown = damages.sorted().prefix(10).map(\.description)
        let rest = damages.count - shown.count
        return (shown + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: "; ")
    }
}
