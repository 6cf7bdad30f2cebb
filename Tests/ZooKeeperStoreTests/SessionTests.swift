import Domain
import Synchronization
import Testing

@testable import ZooKeeperStore

extension WithZooKeeper {
    @Suite struct Session {}
}

extension WithZooKeeper.Session {
    /// A session with its root created.
    private func withRoot<Value>(_ body: (ZooKeeperSession, String) async throws -> Value) async throws -> Value {
        let address = try ZooKeeperAddress(theServer().address())
        return try await withSession(address) { session in
            try await session.create(address.path)
            return try await body(session, address.path)
        }
    }

    @Test func `every kind of request is answered`() async throws {
        try await withRoot { session, root in
            let path = try await session.create(root + "/a", Array("one".utf8))
            #expect(path == root + "/a")
            let (value, stat) = try await session.get(path)
            #expect(value == Array("one".utf8) && stat.version == 0 && stat.bytes == 3 && stat.owner == 0)
            #expect(try await session.set(path, Array("two!".utf8), version: 0).version == 1)
            #expect(try await session.exists(path)?.bytes == 4)
            #expect(try await session.exists(root + "/b") == nil)
            let numbered = try await session.create(root + "/n-", mode: .ephemeralSequential)
            #expect(numbered == root + "/n-0000000001")
            #expect(try await session.exists(numbered)?.owner != 0)
            #expect(try await session.children(root).sorted() == ["a", "n-0000000001"])
            try await session.sync(root)
            try await session.transaction([
                ZNodeWrite(path, .check(version: 1)), ZNodeWrite(root + "/b", .create([])),
                ZNodeWrite(root + "/b/c", .create([0, 1, 2])), ZNodeWrite(path, .set([])),
                ZNodeWrite(path, .setIf(version: 2, [9])), ZNodeWrite(numbered, .delete),
            ])
            #expect(try await session.get(root + "/b/c").value == [0, 1, 2])
            #expect(try await session.get(path).value == [9])
            try await session.delete(root + "/b/c")
            #expect(try await session.children(root).sorted() == ["a", "b"])
        }
    }

    @Test func `an error names the request, the znode and the reason`() async throws {
        try await withRoot { session, root in
            let missing = await #expect(throws: ZooKeeperError.self) { try await session.get(root + "/no") }
            #expect(missing?.description == "ZooKeeper: get of \(root)/no failed: there is no such znode.")
            let there = await #expect(throws: ZooKeeperError.self) { try await session.create(root) }
            #expect(there?.code == .nodeExists)
            try await session.create(root + "/a")
            let full = await #expect(throws: ZooKeeperError.self) { try await session.delete(root) }
            #expect(full?.code == .notEmpty)
            let changed = await #expect(throws: ZooKeeperError.self) { try await session.set(root, [], version: 7) }
            #expect(changed?.code == .badVersion)
            let failed = await #expect(throws: ZooKeeperError.self) {
                try await session.transaction([
                    ZNodeWrite(root + "/b", .create([])), ZNodeWrite(root + "/a", .check(version: 4)),
                    ZNodeWrite(root + "/c", .create([])),
                ])
            }
            #expect(failed?.code == .badVersion && failed?.path == root + "/a")
            #expect(try await session.children(root) == ["a"], "all or nothing")
        }
    }

    @Test func `a watch tells a change, a removal, a new child and a creation`() async throws {
        try await withRoot { session, root in
            let path = try await session.create(root + "/a")
            try await expectChange({ try await session.get(path, watch: $0).stat.version == 0 }) {
                try await session.set(path, [1])
            }
            try await expectChange({ try await session.children(root, watch: $0) == ["a"] }) {
                try await session.create(root + "/b")
            }
            try await expectChange({ try await session.exists(root + "/c", watch: $0) == nil }) {
                try await session.create(root + "/c")
            }
            try await expectChange({ try await session.exists(path, watch: $0) != nil }) {
                try await session.delete(path)
            }
        }
    }

    private func expectChange(
        _ look: (ZNodeChange) async throws -> Bool,
        _ act: () async throws -> Void
    ) async throws {
        let change = ZNodeChange()
        #expect(try await look(change))
        try await act()
        try await change.wait()
    }

    @Test func `a wait for a change ends with the session and with the task`() async throws {
        try await withRoot { session, root in
            let change = ZNodeChange()
            _ = try await session.children(root, watch: change)
            let waiting = Task { try await change.wait() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }

            let other = ZNodeChange()
            _ = try await session.children(root, watch: other)
            await session.close()
            try await other.wait()
            #expect(session.state == .closed)
            let late = ZNodeChange()
            await #expect(throws: ZooKeeperError.self) { try await session.children(root, watch: late) }
            try await late.wait()
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: 0..<5)
    func `closing with thousands of requests under way answers each exactly once`(_ attempt: Int) async throws {
        try await withRoot { session, root in
            let answers = Mutex<[Int: Int]>([:])
            let count = 5000
            for index in 0..<count {
                session.submit([ZNodeWrite(root, .set([UInt8](repeating: 7, count: 200)))]) { _ in
                    answers.withLock { $0[index, default: 0] += 1 }
                }
            }
            await session.close()
            #expect(answers.withLock { $0.count } == count)
            #expect(answers.withLock { $0.values.allSatisfy { $0 == 1 } })
        }
    }

    @Test func `a session that is over answers at once`() async throws {
        try await withRoot { session, root in
            await session.close()
            await session.close()
            let error = await #expect(throws: ZooKeeperError.self) { try await session.get(root) }
            #expect(error?.code == .closing && error?.outcomeIsUnknown == true)
            let states = Notes<ZooKeeperSession.State>()
            for await state in session.states() { states.add(state) }
            #expect(states.all == [.closed])
        }
    }

    @Test func `a session that was taken over and closed is expired for who had it`() async throws {
        try await withRoot { session, root in
            try await expire(session)
            let states = Notes<ZooKeeperSession.State>()
            for await state in session.states() { states.add(state) }
            #expect(states.all == [.expired])
            let error = await #expect(throws: ZooKeeperError.self) { try await session.get(root) }
            #expect(error?.code == .sessionExpired)
        }
    }

    @Test func `many znodes are read at once, those that are missing as nothing`() async throws {
        try await withRoot { session, root in
            for index in 0..<20 { try await session.create("\(root)/\(index)", [UInt8(index)]) }
            let paths = (0..<500).map { "\(root)/\($0 % 25)" }
            let values = try await session.values(of: paths, window: 16)
            #expect(values.count == 500)
            for (index, value) in values.enumerated() {
                #expect(value == (index % 25 < 20 ? [UInt8(index % 25)] : nil))
            }
            let lists = try await session.lists(of: [root, root + "/0", root + "/none"], window: 1)
            #expect(lists.map { $0?.count } == [20, 0, nil])
            await session.close()
            await #expect(throws: ZooKeeperError.self) { try await session.values(of: paths, window: 16) }
        }
    }

    @Test func `a server that is not there is named, with the reason`() async throws {
        let port = try ZooKeeperServer.freePort()
        let address = try ZooKeeperAddress("zk://127.0.0.1:\(port)/p")
        let error = await #expect(throws: ZooKeeperError.self) {
            try await ZooKeeperSession.open(address, timeout: .seconds(5), patience: Milliseconds(300))
        }
        #expect(error?.code == .unreachable)
        #expect(
            error?.description.contains("127.0.0.1:\(port): Connection refused.") == true,
            "\(String(describing: error))"
        )
        let nowhere = try ZooKeeperAddress("zk://no-such-host.invalid/p")
        let unresolved = await #expect(throws: ZooKeeperError.self) {
            try await ZooKeeperSession.open(nowhere, timeout: .seconds(5), patience: Milliseconds(300))
        }
        #expect(unresolved?.description.contains("its name cannot be resolved") == true)
    }

    @Test func `looking for a server can be cancelled`() async throws {
        let address = try ZooKeeperAddress("zk://127.0.0.1:\(ZooKeeperServer.freePort())/p")
        let opening = Task {
            try await ZooKeeperSession.open(address, timeout: .seconds(5), patience: .seconds(600))
        }
        opening.cancel()
        await #expect(throws: CancellationError.self) { try await opening.value }
    }
}

/// Ends a session at the server, as its time-out would: somebody else takes it over and closes it. Its owner may take
/// it back before that, so it is done until it worked.
func expire(_ session: ZooKeeperSession) async throws {
    let identity = try #require(session.identity)
    try await until("the session is over") {
        do {
            let thief = try await ZooKeeperSession.open(
                session.address,
                timeout: .seconds(40),
                patience: .seconds(60),
                takingOver: identity
            )
            await thief.close()
        } catch let error as ZooKeeperError where error.code == .sessionExpired {
            // It is over at the server, and its owner is about to learn of it.
        }
        try? await session.connected(within: .seconds(10))
        return session.state.isFinal
    }
}
