import Boundary
import Domain
import Synchronization

/// One session's way to leadership: its znode in the queue, the wait for its turn, and the bump of the epoch.
struct Candidacy {
    let session: ZooKeeperSession
    let layout: Layout
    /// Names this candidacy and no other.
    let token: String
    /// The candidacies of this process that are over.
    let retired: RetiredCandidacies
    /// The address of our API, for those who follow.
    let apiAddress: String
    /// How long to wait for the connection to come back within the session, in milliseconds.
    let patience: Milliseconds
    let report: @Sendable (StoreReport) -> Void

    /// Returns once this session leads.
    /// - Throws: where the session is lost on the way; its znode then goes with it.
    func win() async throws -> (fence: Fence, askedAt: ContinuousClock.Instant) {
        var reported: StoreReport?
        while true {
            let names = try await session.children(layout.election)
            let (standing, surplus) = Election.standing(of: token, among: names)
            for name in surplus + retired.among(names) { try await withdraw("\(layout.election)/\(name)") }
            switch standing {
            case .absent:
                try await join()
            case .leads(let own):
                let askedAt = ContinuousClock.now
                if let fence = try await takeOffice("\(layout.election)/\(own)") { return (fence, askedAt) }
            case .follows(_, let predecessor, let leader):
                try await follow(predecessor, leader, &reported)
            }
        }
    }

    private func join() async throws {
        do {
            let path = "\(layout.election)/\(token)-"
            try await session.create(path, Array(apiAddress.utf8), mode: .ephemeralSequential)
        } catch {
            guard error.outcomeIsUnknown else { throw error }
            // Our znode may stand there. The token tells, once there is a server that knows all that happened.
            try await session.connected(within: patience)
            try await session.sync(layout.election)
        }
    }

    /// Takes back a znode of ours. It may go by itself meanwhile.
    private func withdraw(_ path: String) async throws(ZooKeeperError) {
        do {
            try await session.delete(path)
        } catch {
            guard error.code == .noNode else { throw error }
        }
    }

    /// Waits for the end of the one before us. The leader, where that is another, is watched as well, only so that its
    /// address stays right for those who are sent on to it.
    private func follow(_ predecessor: String, _ leader: String, _ reported: inout StoreReport?) async throws {
        let change = ZNodeChange()
        guard try await session.exists("\(layout.election)/\(predecessor)", watch: change) != nil else { return }
        let address: [UInt8]
        do {
            address = try await session.get("\(layout.election)/\(leader)", watch: change).value
        } catch {
            guard error.code == .noNode else { throw error }
            return
        }
        let following = StoreReport.following(
            leader: address.isEmpty ? nil : String(decoding: address, as: UTF8.self)
        )
        if following != reported { report(following) }
        reported = following
        // Who was told that ZooKeeper is away is told anew who leads.
        if try await lostZooKeeper(until: change, following) { reported = nil }
        if session.state.isFinal { throw ZooKeeperError(.sessionExpired, .children, layout.election) }
    }

    /// Waits for the change. While the session has no server meanwhile, nobody knows who leads: that is told, and who
    /// leads is told again as soon as there is a server.
    /// - Returns: whether it was told.
    private func lostZooKeeper(until change: ZNodeChange, _ following: StoreReport) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { await tellOfLosses(following) }
            defer { group.cancelAll() }
            try await change.wait()
            group.cancelAll()
            return try await group.next() ?? false
        }
    }

    /// Runs until it is cancelled or the session is over.
    /// - Returns: whether a loss was told.
    private func tellOfLosses(_ following: StoreReport) async -> Bool {
        var isLost = false
        var wasTold = false
        for await state in session.states() where !state.isFinal {
            if state == .connected, isLost {
                isLost = false
                report(following)
            }
            guard state == .connecting, let loss = await loss(), !Task.isCancelled else { continue }
            isLost = true
            wasTold = true
            report(.unreachable("\(loss.description) Who leads is not known meanwhile. It is tried again."))
        }
        return wasTold
    }

    /// Why the session has no server; `nil` where it gets one again soon, as it does when a server is only restarted.
    private func loss() async -> ZooKeeperError? {
        do {
            try await session.connected(within: min(patience, .seconds(5)))
            return nil
        } catch {
            return error as? ZooKeeperError
        }
    }

    /// Bumps the epoch, provided that our znode still stands and nobody else bumped it.
    /// - Returns: `nil` where one of the two does not hold any more.
    private func takeOffice(_ own: String) async throws -> Fence? {
        let (value, stat) = try await session.get(layout.epoch)
        guard let last = Int64(String(decoding: value, as: UTF8.self)) else {
            throw StoreError.unreadable([.init(layout.epoch, "it holds no number")])
        }
        do {
            try await session.transaction([
                ZNodeWrite(own, .check(version: -1)),
                ZNodeWrite(layout.epoch, .setIf(version: stat.version, Array(String(last + 1).utf8))),
            ])
            return Fence(epoch: last + 1, path: layout.epoch, version: stat.version &+ 1)
        } catch {
            guard error.code == .badVersion || error.code == .noNode else { throw error }
            return nil
        }
    }
}

/// The candidacies of one store that are over for certain: the terms that have ended, and the tries that failed.
///
/// A session that is closed while ZooKeeper cannot be reached stays there until it times out, with its znode in the
/// queue. The next candidacy of the same process need not wait for it: nobody acts on it any more, and a write of it
/// that is still on its way meets the fence.
final class RetiredCandidacies: Sendable {
    private let tokens = Mutex<Set<String>>([])

    /// Notes that a candidacy is over.
    func add(_ token: String) { tokens.withLock { _ = $0.insert(token) } }

    /// The names of retired candidates.
    func among(_ names: [String]) -> [String] {
        tokens.withLock { tokens in names.filter { tokens.contains(String($0.dropLast(11))) } }
    }
}
