import CZooKeeper

/// Why a request to ZooKeeper failed.
package struct ZooKeeperError: Error, Hashable, Sendable {
    /// What was asked.
    package enum Operation: String, Hashable, Sendable {
        /// Opening a session.
        case connect
        /// Presenting credentials.
        case authenticate
        /// Creating a znode.
        case create
        /// Reading a znode.
        case get
        /// Writing a znode.
        case set
        /// Deleting a znode.
        case delete
        /// Looking whether a znode is there.
        case exists
        /// Listing a znode's children.
        case children
        /// Waiting until the server has caught up.
        case sync
        /// Several writes, all or none.
        case transaction
    }

    /// ZooKeeper's own reasons, as far as anybody decides by them.
    package enum Code: Hashable, Sendable {
        /// The connection broke: whether the request was carried out is unknown. Also a request that is too large.
        case connectionLoss
        /// No answer in time: whether the request was carried out is unknown.
        case operationTimeout
        /// The session is over for good.
        case sessionExpired
        /// We closed the session ourselves.
        case closing
        /// There is no such znode.
        case noNode
        /// There is one already.
        case nodeExists
        /// The znode has another version than the one that was expected.
        case badVersion
        /// The znode has children.
        case notEmpty
        /// The znode belongs to somebody else.
        case noAuth
        /// The credentials were refused.
        case authFailed
        /// No server of the address could be reached in time.
        case unreachable
        /// Any other, by its number in `zookeeper.h`.
        case other(Int32)
    }

    /// The reason.
    package let code: Code
    /// What was asked.
    package let operation: Operation
    /// The znode, where there is one.
    package let path: String?
    /// What else is known, as a sentence.
    package let detail: String?

    /// A failure.
    init(_ code: Code, _ operation: Operation, _ path: String? = nil, detail: String? = nil) {
        self.code = code
        self.operation = operation
        self.path = path
        self.detail = detail
    }

    /// Whether the request may have been carried out all the same.
    package var outcomeIsUnknown: Bool {
        switch code {
        case .connectionLoss, .operationTimeout, .sessionExpired, .closing: true
        default: false
        }
    }

    /// Whether a person has to act: trying again cannot help.
    package var needsAPerson: Bool { code == .noAuth || code == .authFailed }
}

extension ZooKeeperError.Code {
    /// ZooKeeper's number.
    init(_ number: Int32) {
        self =
            switch ZOO_ERRORS(number) {
            case ZCONNECTIONLOSS: .connectionLoss
            case ZOPERATIONTIMEOUT: .operationTimeout
            // A handle whose session expired answers every later call with "invalid state".
            case ZSESSIONEXPIRED, ZINVALIDSTATE: .sessionExpired
            case ZCLOSING: .closing
            case ZNONODE: .noNode
            case ZNODEEXISTS: .nodeExists
            case ZBADVERSION: .badVersion
            case ZNOTEMPTY: .notEmpty
            case ZNOAUTH: .noAuth
            case ZAUTHFAILED: .authFailed
            default: .other(number)
            }
    }

    fileprivate var what: String {
        switch self {
        case .connectionLoss: "the connection was lost, and nobody knows whether it was carried out"
        case .operationTimeout: "no answer came in time, and nobody knows whether it was carried out"
        case .sessionExpired: "the session has expired"
        case .closing: "the session was being closed"
        case .noNode: "there is no such znode"
        case .nodeExists: "the znode exists already"
        case .badVersion: "the znode was changed by somebody else meanwhile"
        case .notEmpty: "the znode still has children"
        case .noAuth: "the znode belongs to other credentials"
        case .authFailed: "the credentials were refused"
        case .unreachable: "no server could be reached"
        case .other(let number): "\(String(cString: zerror(number))) (ZooKeeper's error \(number))"
        }
    }

    fileprivate var hint: String? {
        switch self {
        case .noAuth: "Give the credentials that created it in the address: zk://user:password@host:port/path."
        case .authFailed: "Check the user and the password in the address."
        case .unreachable: "Check that ZooKeeper runs and that the address names its client port."
        default: nil
        }
    }
}

extension ZooKeeperError: CustomStringConvertible {
    /// What was asked of which znode, what came of it, and what to do.
    package var description: String {
        let asked = path.map { "\(operation.rawValue) of \($0)" } ?? operation.rawValue
        let sentences = ["ZooKeeper: \(asked) failed: \(code.what).", detail, code.hint]
        return sentences.compactMap(\.self).joined(separator: " ")
    }
}
