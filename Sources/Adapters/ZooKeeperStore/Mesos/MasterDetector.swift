package import Domain

/// Follows who leads a Mesos cluster, through ZooKeeper.
///
/// Losing ZooKeeper does not end a stream or change its last answer: whoever is connected to a master stays connected
/// until the master itself goes.
package struct MasterDetector: Sendable {
    private let address: ZooKeeperAddress
    private let sessionTimeout: Milliseconds

    /// How long to look for a server, and for a missing path, before trying again, in milliseconds.
    private static let patience = Milliseconds.seconds(10)

    /// A detector for `zk://…/mesos`; nothing is connected before ``masters(report:)``.
    package init(address: ZooKeeperAddress, sessionTimeout: Milliseconds = .seconds(10)) {
        self.address = address
        self.sessionTimeout = sessionTimeout
    }

    /// The leading master now, and again at every change; `nil` while there is none. Ends when the reader stops reading.
    /// - Parameter report: gets what is wrong with ZooKeeper or an announcement, as sentences, each once.
    package func masters(report: @escaping @Sendable (String) -> Void) -> AsyncStream<MesosMaster?> {
        let (stream, continuation) = AsyncStream.makeStream(of: MesosMaster?.self, bufferingPolicy: .bufferingNewest(1))
        let task = Task(name: "Mesos master detector") { await follow(continuation, report) }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func follow(
        _ masters: AsyncStream<MesosMaster?>.Continuation,
        _ report: @escaping @Sendable (String) -> Void
    ) async {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var watch = Watch(masters: masters, report: report)
        while !Task.isCancelled {
            do {
                let session = try await ZooKeeperSession.open(
                    address,
                    timeout: sessionTimeout,
                    patience: Self.patience
                )
                backoff.reset()
                do {
                    try await follow(session, &watch)
                } catch {
                    await session.close()
                    throw error
                }
            } catch let error as ZooKeeperError {
                watch.complain(error.description)
            } catch {
                // Cancelled: nobody reads any more.
                break
            }
            try? await Task.sleep(for: .milliseconds(backoff.next(using: &random).count))
        }
        masters.finish()
    }

    private func follow(_ session: ZooKeeperSession, _ watch: inout Watch) async throws {
        while true {
            let change = ZNodeChange()
            try await look(session, change, &watch)
            try await change.wait()
            if session.state.isFinal { throw ZooKeeperError(.sessionExpired, .children, address.path) }
        }
    }

    /// One look: who leads now; `change` fires when that may be different.
    private func look(_ session: ZooKeeperSession, _ change: ZNodeChange, _ watch: inout Watch) async throws {
        let names: [String]
        do {
            names = try await session.children(address.path, watch: change)
        } catch {
            guard error.code == .noNode else { throw error }
            watch.complain("There is no \(address.path) in ZooKeeper yet: no Mesos master ever registered there.")
            watch.tell(nil, znode: nil)
            guard try await session.exists(address.path, watch: change) != nil else { return }
            return change.fire()
        }
        guard let name = MasterGroup.leader(among: names) else { return watch.tell(nil, znode: nil) }
        guard name != watch.znode else { return }
        do {
            let value = try await session.get("\(address.path)/\(name)").value
            watch.tell(try MasterGroup.master(named: name, value: value), znode: name)
        } catch let error as ZooKeeperError where error.code == .noNode {
            change.fire()
        } catch let error as MasterGroup.Unusable {
            watch.complain(error.reason)
            watch.tell(nil, znode: nil)
        }
    }

    /// What the reader was told last.
    private struct Watch {
        let masters: AsyncStream<MesosMaster?>.Continuation
        let report: @Sendable (String) -> Void
        private(set) var znode: String?
        private var told: MesosMaster??
        private var complaint = Complaint()

        init(masters: AsyncStream<MesosMaster?>.Continuation, report: @escaping @Sendable (String) -> Void) {
            self.masters = masters
            self.report = report
        }

        mutating func tell(_ master: MesosMaster?, znode: String?) {
            self.znode = znode
            guard told != .some(master) else { return }
            told = .some(master)
            masters.yield(master)
        }

        mutating func complain(_ reason: String) {
            if complaint.isNews(reason, at: .now) { report(reason) }
        }
    }
}
