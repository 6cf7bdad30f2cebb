import Synchronization

/// What every transaction of a term begins with: it sets the epoch's znode, whose version must be the one that the term's
/// last transaction gave it.
///
/// So no transaction of an older term is carried out, and none of this one without all before it. The order in which
/// ZooKeeper carries out a session's requests does not say that much: where a connection breaks, the requests under way are
/// lost, and one that is sent while that is not known yet goes out on the next connection.
final class Fence: Sendable {
    /// The number of the term.
    let epoch: Int64
    /// The epoch's znode.
    let path: String
    /// Its version once everything is carried out that was sent.
    private let version: Mutex<Int32>

    /// - Parameter version: the znode's, as the term's first write left it.
    init(epoch: Int64, path: String, version: Int32) {
        self.epoch = epoch
        self.path = path
        self.version = Mutex(version)
    }

    /// Fails a transaction once another term has begun, or if one of this term is missing before it. To be used in the
    /// order in which transactions are sent, once for each.
    func next() -> ZNodeWrite {
        version.withLock { version in
            defer { version &+= 1 }
            return ZNodeWrite(path, .setIf(version: version, value))
        }
    }

    /// What the znode holds during the term.
    var value: [UInt8] { Array(String(epoch).utf8) }

    /// What a failed write of the term means, as a sentence for the reader.
    func story(_ error: ZooKeeperError) -> String {
        guard error.path == path else { return "A write of term \(epoch) was not acknowledged. \(error)" }
        switch error.code {
        case .badVersion:
            return "Another controller leads, or a write was lost: the epoch of ZooKeeper is beyond our term \(epoch)."
        case .noNode: return "The znode \(path) is gone: somebody removed Pacer's state from ZooKeeper."
        default: return "A write of term \(epoch) was not acknowledged. \(error)"
        }
    }
}
