import Boundary
import Domain
import StoreFakes
import Testing
import ZooKeeperStore

/// What stands behind the store in a contract test.
enum Backing: String, CaseIterable, CustomTestStringConvertible {
    case memory, zooKeeper
    var testDescription: String { rawValue }
}

/// One store with candidates, on either backing.
struct Candidates: Sendable {
    let make: @Sendable (_ apiAddress: String) throws -> any StateStore
    /// Begins another term without the leader's knowledge.
    let usurp: @Sendable () async throws -> Void
    let standing: @Sendable () async throws -> Int

    init(_ backing: Backing) throws {
        switch backing {
        case .memory: self.init(InMemoryCluster())
        case .zooKeeper: try self.init(ZooKeeperAddress(theServer().address()))
        }
    }

    private init(_ cluster: InMemoryCluster) {
        make = { InMemoryStore(cluster, apiAddress: $0) }
        usurp = { cluster.usurp() }
        standing = { cluster.candidates }
    }

    private init(_ address: ZooKeeperAddress) {
        let layout = Layout(root: address.path)
        make = { try realStore(address, $0) }
        usurp = {
            try await withSession(address) { session in
                let (value, stat) = try await session.get(layout.epoch)
                let next = (Int64(String(decoding: value, as: UTF8.self)) ?? 0) + 1
                try await session.set(layout.epoch, Array(String(next).utf8), version: stat.version)
            }
        }
        standing = { try await withSession(address) { try await $0.children(layout.election).count } }
    }
}

/// A real store. The timeout is long, so that a busy machine ends no term.
func realStore(
    _ address: ZooKeeperAddress,
    _ apiAddress: String = "127.0.0.1:8080",
    timeout: Milliseconds = .seconds(40)
) throws -> ZooKeeperStore {
    try ZooKeeperStore(
        address: address,
        apiAddress: apiAddress,
        sha256: standInDigest,
        sessionTimeout: timeout,
        logger: silent
    )
}

/// A session for as long as `body` runs.
func withSession<Value>(
    _ address: ZooKeeperAddress,
    timeout: Milliseconds = .seconds(40),
    _ body: (ZooKeeperSession) async throws -> Value
) async throws -> Value {
    let session = try await ZooKeeperSession.open(address, timeout: timeout, patience: .seconds(60))
    do {
        let value = try await body(session)
        await session.close()
        return value
    } catch {
        await session.close()
        throw error
    }
}

/// A term for as long as `body` runs.
func withTerm<Value>(
    of store: any StateStore,
    report: @escaping @Sendable (StoreReport) -> Void = { _ in },
    _ body: (any LeaderSession) async throws -> Value
) async throws -> Value {
    let term = try await store.lead(report: report)
    do {
        let value = try await body(term)
        await term.resign()
        return value
    } catch {
        await term.resign()
        throw error
    }
}

/// A real term for as long as `body` runs.
func withRealTerm<Value>(
    of store: ZooKeeperStore,
    report: @escaping @Sendable (StoreReport) -> Void = { _ in },
    _ body: (ZooKeeperTerm) async throws -> Value
) async throws -> Value {
    let term = try await store.term(report: report)
    do {
        let value = try await body(term)
        await term.resign()
        return value
    } catch {
        await term.resign()
        throw error
    }
}
