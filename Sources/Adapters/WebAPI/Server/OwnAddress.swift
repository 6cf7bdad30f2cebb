import Controller
import Domain
import Synchronization

/// Where this process itself is reached, as it tells its followers. An election names the leader by its address, so a process
/// that was killed and started anew finds its earlier run there until that one's session is over.
final class OwnAddress: Sendable {
    private let url: Mutex<String?>
    private let session: Milliseconds?

    /// - Parameters:
    ///   - advertised: where other machines reach it; `nil` where that is the address it listens on.
    ///   - session: how long the lead of a process lasts that was killed.
    init(advertised: String?, session: Milliseconds?) {
        self.url = Mutex(advertised.map(LeaderMiddleware.base))
        self.session = session
    }

    /// Takes the real address, once it is known, where no other is advertised.
    func listens(on address: WebServer.Address) {
        url.withLock { url in
            if url == nil { url = LeaderMiddleware.base("http://\(address)") }
        }
    }

    /// Whether a leader's address is this process's own.
    func isNamed(by leader: String) -> Bool { url.withLock { $0 == LeaderMiddleware.base(leader) } }

    /// Why the controller cannot do its work, one sentence each.
    func obstacles(of snapshot: Snapshot) -> [String] {
        guard case .following(let leader?) = snapshot.leadership, isNamed(by: leader) else { return snapshot.obstacles }
        let within = session.map { " within \($0.count / 1000) s" } ?? " by itself"
        return ["an earlier run of this controller still holds the lead; its ZooKeeper session ends\(within)"]
    }
}
