import CZooKeeper
import Dispatch
package import Domain
import Synchronization

/// A session with ZooKeeper: the C library's handle, made safe.
///
/// The rules, each paid for once: requests are only enqueued by the library, so they are issued under the lock and no
/// request meets a freed handle; every request stands in a registry, since closing may drop callbacks; a callback only
/// hands over; closing happens outside the lock and never in a callback; an expired session is over for good.
///
/// Whoever opens a session closes it: the library's threads keep it alive until then.
package final class ZooKeeperSession: Sendable {
    /// Where a session is.
    ///
    ///     connecting ⇄ connected      both ──▶ expired · authFailed · closed, which are final
    package enum State: Hashable, Sendable {
        /// It has no server at the moment. The library looks for one; the session may or may not still be alive.
        case connecting
        /// It has a server.
        case connected
        /// The server ended it.
        case expired
        /// The server refused the credentials.
        case authFailed
        /// We closed it.
        case closed

        /// Whether nothing follows.
        package var isFinal: Bool { self != .connecting && self != .connected }
    }

    private struct Handle: @unchecked Sendable {
        // Unchecked: used under the lock only, but for closing it after it was taken out.
        let raw: OpaquePointer
    }

    private struct Watch { weak let change: ZNodeChange? }

    private struct Interior {
        var handle: Handle?
        var state = State.connecting
        var calls: [ObjectIdentifier: PendingCall] = [:]
        var watches: [String: [Watch]] = [:]
        var listeners: [Int: AsyncStream<State>.Continuation] = [:]
        var nextListener = 0
    }

    /// Where the servers are. The path is not applied to requests: they name whole paths.
    package let address: ZooKeeperAddress
    private let interior = Mutex(Interior())

    private init(_ address: ZooKeeperAddress) { self.address = address }

    /// Who may use what this session creates.
    var access: ZNodeAccess { address.credentials == nil ? .everybody : .creator }
}

// MARK: - Opening and closing

extension ZooKeeperSession {
    /// What names a session at the server: who has it can take the session over, or end it.
    package struct Identity: Sendable {
        fileprivate let client: clientid_t
    }

    /// Opens a session and presents the address's credentials.
    /// - Parameters:
    ///   - timeout: how long the server keeps the session without hearing of us, in milliseconds; the server may set
    ///     another within 2 to 20 of its ticks (``timeout`` tells).
    ///   - patience: how long to look for a server, in milliseconds.
    ///   - identity: an existing session to take over.
    /// - Throws: ``ZooKeeperError`` with `unreachable` where no server answers in time, and `CancellationError`.
    package static func open(
        _ address: ZooKeeperAddress,
        timeout: Milliseconds,
        patience: Milliseconds,
        takingOver identity: Identity? = nil
    ) async throws -> ZooKeeperSession {
        let session = ZooKeeperSession(address)
        // Host names are resolved right here, and the resolver blocks.
        let started = await offPool { session.start(timeout: timeout, identity: identity) }
        guard started else {
            throw ZooKeeperError(.unreachable, .connect, detail: await ServerProbe.story(of: address.servers))
        }
        do {
            try await session.connected(within: patience)
            if let credentials = address.credentials { try await session.authenticate(credentials) }
            return session
        } catch {
            await session.close()
            throw error
        }
    }

    private func start(timeout: Milliseconds, identity: Identity?) -> Bool {
        let context = Unmanaged.passRetained(self)
        func open(_ client: UnsafePointer<clientid_t>?) -> OpaquePointer? {
            let milliseconds = Int32(clamping: timeout.count)
            return zookeeper_init2(
                address.connectString,
                pacerWatch,
                milliseconds,
                client,
                context.toOpaque(),
                0,
                pacerLog
            )
        }
        let raw = identity.map { withUnsafePointer(to: $0.client, open) } ?? open(nil)
        guard let raw else {
            context.release()
            return false
        }
        // Left alone the library resolves the servers' names with every turn of its loop, which takes a tenth of all
        // time under load. -1 leaves it at once for each lost connection.
        zoo_set_servers_resolution_delay(raw, -1)
        let handle = Handle(raw: raw)
        interior.withLock { $0.handle = handle }
        return true
    }

    /// Returns once the session has a server.
    /// - Throws: ``ZooKeeperError`` where it gets none in time or is over, and `CancellationError`.
    package func connected(within patience: Milliseconds) async throws {
        let state = await withTaskGroup(of: State?.self) { group in
            group.addTask {
                for await state in self.states() where state != .connecting { return state }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(patience.count))
                return nil
            }
            let first = await group.next()
            group.cancelAll()
            return first.flatMap(\.self)
        }
        try Task.checkCancellation()
        switch state {
        case .connected: return
        case .expired: throw ZooKeeperError(.sessionExpired, .connect)
        case .authFailed: throw ZooKeeperError(.authFailed, .connect)
        case .closed: throw ZooKeeperError(.closing, .connect)
        case .connecting, nil:
            throw ZooKeeperError(.unreachable, .connect, detail: await ServerProbe.story(of: address.servers))
        }
    }

    /// Ends the session: its ephemeral znodes go, what is outstanding fails, all waits end. Harmless when repeated.
    package func close() async {
        let handle = interior.withLock { interior -> Handle? in
            defer { interior.handle = nil }
            return interior.handle
        }
        guard let handle else { return }
        await offPool {
            // Joins the library's threads: after this line no callback comes any more.
            _ = zookeeper_close(handle.raw)
        }
        let (calls, end) = interior.withLock { interior in
            defer { interior.calls = [:] }
            return (Array(interior.calls.values), Self.enter(.closed, &interior))
        }
        for call in calls { call.abandon(ZCLOSING.rawValue) }
        end()
        Unmanaged.passUnretained(self).release()
    }

    /// How long the server keeps the session without hearing of us, in milliseconds: what it granted, not what was
    /// asked for. 0 before the first connection and after the end.
    package var timeout: Milliseconds {
        Milliseconds(interior.withLock { $0.handle.map { Int64(zoo_recv_timeout($0.raw)) } ?? 0 })
    }

    /// The session's name at the server, while it is connected.
    package var identity: Identity? {
        interior.withLock { interior in
            interior.handle.flatMap { zoo_client_id($0.raw) }.map { Identity(client: $0.pointee) }
        }
    }
}

// MARK: - States and watches

extension ZooKeeperSession {
    /// The state now.
    package var state: State { interior.withLock { $0.state } }

    /// The state now and every later one, up to the final one. Who reads slowly misses states in between.
    package func states() -> AsyncStream<State> {
        let (stream, continuation) = AsyncStream.makeStream(of: State.self, bufferingPolicy: .bufferingNewest(4))
        let listener = interior.withLock { interior -> Int? in
            continuation.yield(interior.state)
            guard !interior.state.isFinal else { return nil }
            defer { interior.nextListener += 1 }
            interior.listeners[interior.nextListener] = continuation
            return interior.nextListener
        }
        guard let listener else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.interior.withLock { $0.listeners[listener] = nil }
        }
        return stream
    }

    /// Takes over what the library says of the session.
    func moved(to number: Int32) {
        let state: State
        switch number {
        case ZOO_CONNECTED_STATE: state = .connected
        case ZOO_EXPIRED_SESSION_STATE: state = .expired
        case ZOO_AUTH_FAILED_STATE: state = .authFailed
        default: state = .connecting
        }
        interior.withLock { Self.enter(state, &$0) }()
    }

    /// Enters a state; what is returned is to be called outside the lock.
    private static func enter(_ state: State, _ interior: inout Interior) -> @Sendable () -> Void {
        guard !interior.state.isFinal, state != interior.state else { return {} }
        interior.state = state
        let listeners = Array(interior.listeners.values)
        guard state.isFinal else { return { for listener in listeners { listener.yield(state) } } }
        let changes = interior.watches.values.joined().compactMap(\.change)
        interior.listeners = [:]
        interior.watches = [:]
        return {
            for change in changes { change.fire() }
            for listener in listeners {
                listener.yield(state)
                listener.finish()
            }
        }
    }

    /// Tells everybody who watches a znode.
    func changed(_ path: String) {
        let watches = interior.withLock { $0.watches.removeValue(forKey: path) ?? [] }
        for watch in watches { watch.change?.fire() }
    }

    /// Notes who is to be told of a znode's change. Before the request that sets the watch, so that none is missed.
    func watch(_ path: String, _ change: ZNodeChange) {
        let isOver = interior.withLock { interior in
            guard !interior.state.isFinal else { return true }
            interior.watches = interior.watches.compactMapValues { watches in
                let alive = watches.filter { $0.change != nil }
                return alive.isEmpty ? nil : alive
            }
            interior.watches[path, default: []].append(Watch(change: change))
            return false
        }
        if isOver { change.fire() }
    }
}

// MARK: - Requests

extension ZooKeeperSession {
    /// Issues a request: registers it, hands it to the library, and ends it at once where the library does not take it.
    func issue(_ call: PendingCall, _ request: (OpaquePointer, UnsafeRawPointer) -> Int32) {
        let refusal = interior.withLock { interior -> Int32? in
            guard let handle = interior.handle else { return ZCLOSING.rawValue }
            interior.calls[ObjectIdentifier(call)] = call
            let code = request(handle.raw, UnsafeRawPointer(Unmanaged.passUnretained(call).toOpaque()))
            guard code != ZOK.rawValue else { return nil }
            interior.calls[ObjectIdentifier(call)] = nil
            return code
        }
        if let refusal { call.abandon(refusal) }
    }

    /// Takes a call out of the registry; false where somebody was quicker.
    func take(_ call: PendingCall) -> Bool {
        interior.withLock { $0.calls.removeValue(forKey: ObjectIdentifier(call)) != nil }
    }
}

/// Runs something that blocks on a thread where that hurts nobody.
func offPool<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: work()) }
    }
}
