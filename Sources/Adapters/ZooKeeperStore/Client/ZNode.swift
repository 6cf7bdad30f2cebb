import CZooKeeper

/// What ZooKeeper says of a znode besides its value.
package struct ZNodeStat: Hashable, Sendable {
    /// How often its value was changed.
    package let version: Int32
    /// How many children it has.
    package let children: Int
    /// How many bytes its value has.
    package let bytes: Int
    /// The session that it goes with; 0 for a znode that stays.
    package let owner: Int64

    init(_ stat: Stat) {
        self.version = stat.version
        self.children = Int(stat.numChildren)
        self.bytes = Int(stat.dataLength)
        self.owner = stat.ephemeralOwner
    }
}

/// How long a znode lives and what its name is.
package enum ZNodeMode: Hashable, Sendable {
    /// Until it is deleted.
    case persistent
    /// As long as the session.
    case ephemeral
    /// As long as the session; ZooKeeper appends ten digits that count up.
    case ephemeralSequential

    var flags: Int32 {
        switch self {
        case .persistent: ZOO_PERSISTENT
        case .ephemeral: ZOO_EPHEMERAL
        case .ephemeralSequential: ZOO_EPHEMERAL_SEQUENTIAL
        }
    }
}

/// Who may do what with the znodes that a session creates.
enum ZNodeAccess: Hashable, Sendable {
    /// Everybody may do everything: there are no credentials.
    case everybody
    /// Only who has the same credentials may do anything. Not even reading is open: specs carry environments.
    case creator

    var list: UnsafePointer<ACL_vector> {
        switch self {
        case .everybody: pacer_open_acl()
        case .creator: pacer_creator_all_acl()
        }
    }
}

/// One write of a transaction.
package struct ZNodeWrite: Hashable, Sendable {
    /// What is done.
    package enum Action: Hashable, Sendable {
        /// A znode that stays, with this value.
        case create([UInt8])
        /// The value, whatever the version.
        case set([UInt8])
        /// The value, if the znode has this version.
        case setIf(version: Int32, [UInt8])
        /// Away with it.
        case delete
        /// Nothing, but the transaction fails unless the znode has this version; -1 is any.
        case check(version: Int32)
    }

    /// The znode.
    package let path: String
    /// What is done to it.
    package let action: Action

    /// A write.
    package init(_ path: String, _ action: Action) {
        self.path = path
        self.action = action
    }

    /// The bytes of its value.
    var value: [UInt8] {
        switch action {
        case .create(let bytes), .set(let bytes), .setIf(_, let bytes): bytes
        case .delete, .check: []
        }
    }

    /// At least as many bytes as it takes in a request: its value, its path, and room for headers and an ACL.
    var cost: Int { value.count + path.utf8.count + 128 }
}
