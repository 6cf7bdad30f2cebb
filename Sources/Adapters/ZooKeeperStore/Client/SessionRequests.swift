import CZooKeeper

// The requests. Those without `async` hand their answer to a closure on the library's thread, where nothing may block;
// they are for many requests at once, which ZooKeeper answers in the order they were made.

extension ZooKeeperSession {
    /// Creates a znode.
    /// - Returns: its path, with the number that ZooKeeper appended to a sequential one.
    /// - Throws: `nodeExists` where there is one, `noNode` where its parent is missing.
    @discardableResult
    package func create(
        _ path: String,
        _ value: [UInt8] = [],
        mode: ZNodeMode = .persistent
    ) async throws(ZooKeeperError) -> String {
        let reply = try await ask(.create, path) { handle, call in
            path.withCString { name in
                withCharacters(value) { bytes, length in
                    zoo_acreate(handle, name, bytes, length, self.access.list, mode.flags, pacerPath, call)
                }
            }
        }
        guard case .path(let created) = reply else { return path }
        return created
    }

    /// Reads a znode, and with `watch` learns of its next change or removal.
    /// - Throws: `noNode` where there is none; nothing is watched then.
    package func get(
        _ path: String,
        watch: ZNodeChange? = nil
    ) async throws(ZooKeeperError) -> (value: [UInt8], stat: ZNodeStat) {
        if let watch { self.watch(path, watch) }
        let reply = try await ask(.get, path) { handle, call in
            zoo_aget(handle, path, watch == nil ? 0 : 1, pacerValue, call)
        }
        guard case .value(let bytes, let stat) = reply else { preconditionFailure("get was answered by \(reply)") }
        return (bytes, stat)
    }

    /// Writes a znode; only if it has the given version, where one is given.
    /// - Throws: `badVersion` where it has another, `noNode` where there is none.
    @discardableResult
    package func set(
        _ path: String,
        _ value: [UInt8],
        version: Int32 = -1
    ) async throws(ZooKeeperError) -> ZNodeStat {
        let reply = try await ask(.set, path) { handle, call in
            path.withCString { name in
                withCharacters(value) { bytes, length in
                    zoo_aset(handle, name, bytes, length, version, pacerStat, call)
                }
            }
        }
        guard case .stat(let stat) = reply else { preconditionFailure("set was answered by \(reply)") }
        return stat
    }

    /// Deletes a znode without children.
    /// - Throws: `noNode` where there is none, `notEmpty` where it has children.
    package func delete(_ path: String, version: Int32 = -1) async throws(ZooKeeperError) {
        _ = try await ask(.delete, path) { handle, call in zoo_adelete(handle, path, version, pacerDone, call) }
    }

    /// Looks whether a znode is there, and with `watch` learns when it comes, changes or goes.
    /// - Returns: `nil` where there is none.
    package func exists(_ path: String, watch: ZNodeChange? = nil) async throws(ZooKeeperError) -> ZNodeStat? {
        if let watch { self.watch(path, watch) }
        do {
            let reply = try await ask(.exists, path) { handle, call in
                zoo_aexists(handle, path, watch == nil ? 0 : 1, pacerStat, call)
            }
            guard case .stat(let stat) = reply else { preconditionFailure("exists was answered by \(reply)") }
            return stat
        } catch {
            guard error.code == .noNode else { throw error }
            return nil
        }
    }

    /// Lists a znode's children, in no order, and with `watch` learns when one comes or goes.
    /// - Throws: `noNode` where there is no such znode; nothing is watched then.
    package func children(_ path: String, watch: ZNodeChange? = nil) async throws(ZooKeeperError) -> [String] {
        if let watch { self.watch(path, watch) }
        let reply = try await ask(.children, path) { handle, call in
            zoo_aget_children(handle, path, watch == nil ? 0 : 1, pacerNames, call)
        }
        guard case .names(let names) = reply else { preconditionFailure("children was answered by \(reply)") }
        return names
    }

    /// Waits until the server knows everything that was decided before.
    package func sync(_ path: String) async throws(ZooKeeperError) {
        _ = try await ask(.sync, path) { handle, call in zoo_async(handle, path, pacerPath, call) }
    }

    /// Carries out several writes, all or none.
    /// - Throws: the first failure, naming its znode.
    package func transaction(_ writes: [ZNodeWrite]) async throws(ZooKeeperError) {
        let result = await withCheckedContinuation { continuation in
            submit(writes) { continuation.resume(returning: $0) }
        }
        try result.get()
    }

    /// Presents credentials of the scheme `digest`. The library repeats them at every connection.
    func authenticate(_ credentials: ZooKeeperAddress.Credentials) async throws(ZooKeeperError) {
        let proof = "\(credentials.user):\(credentials.password)"
        _ = try await ask(.authenticate, nil) { handle, call in
            zoo_add_auth(handle, "digest", proof, Int32(proof.utf8.count), pacerDone, call)
        }
    }

    private func ask(
        _ operation: ZooKeeperError.Operation,
        _ path: String?,
        _ request: (OpaquePointer, UnsafeRawPointer) -> Int32
    ) async throws(ZooKeeperError) -> Reply {
        let result = await withCheckedContinuation { continuation in
            issue(PendingCall(self, operation, path) { continuation.resume(returning: $0) }, request)
        }
        return try result.get()
    }
}

extension ZooKeeperSession {
    /// Enqueues several writes, all or none. `then` is called exactly once, in the order of the submissions for as long
    /// as ZooKeeper answers.
    package func submit(
        _ writes: [ZNodeWrite],
        then: @escaping @Sendable (Result<Void, ZooKeeperError>) -> Void
    ) {
        let results = TransactionResults(paths: writes.map(\.path))
        let call = PendingCall(self, .transaction, nil, results: results) { then($0.map { _ in () }) }
        let operations = TransactionOperations(writes, access: access)
        issue(call) { handle, data in
            // The library copies paths and values before it returns, and keeps the results' memory, which is the call's.
            zoo_amulti(handle, Int32(writes.count), operations.memory, results.memory, pacerDone, data)
        }
    }

    /// Enqueues a read of a znode; `nil` where there is none.
    func get(_ path: String, then: @escaping @Sendable (Result<[UInt8]?, ZooKeeperError>) -> Void) {
        let call = PendingCall(self, .get, path) { result in
            switch result {
            case .success(.value(let bytes, _)): then(.success(bytes))
            case .success(let reply): preconditionFailure("get was answered by \(reply)")
            case .failure(let error): then(error.code == .noNode ? .success(nil) : .failure(error))
            }
        }
        issue(call) { handle, data in zoo_aget(handle, path, 0, pacerValue, data) }
    }

    /// Enqueues a list of a znode's children; `nil` where there is no such znode.
    func children(_ path: String, then: @escaping @Sendable (Result<[String]?, ZooKeeperError>) -> Void) {
        let call = PendingCall(self, .children, path) { result in
            switch result {
            case .success(.names(let names)): then(.success(names))
            case .success(let reply): preconditionFailure("children was answered by \(reply)")
            case .failure(let error): then(error.code == .noNode ? .success(nil) : .failure(error))
            }
        }
        issue(call) { handle, data in zoo_aget_children(handle, path, 0, pacerNames, data) }
    }

    /// Enqueues a look at a znode; `nil` where there is none.
    func exists(_ path: String, then: @escaping @Sendable (Result<ZNodeStat?, ZooKeeperError>) -> Void) {
        let call = PendingCall(self, .exists, path) { result in
            switch result {
            case .success(.stat(let stat)): then(.success(stat))
            case .success(let reply): preconditionFailure("exists was answered by \(reply)")
            case .failure(let error): then(error.code == .noNode ? .success(nil) : .failure(error))
            }
        }
        issue(call) { handle, data in zoo_aexists(handle, path, 0, pacerStat, data) }
    }
}

/// The C form of a transaction's writes: one block of memory for all paths and values.
private final class TransactionOperations {
    let memory: UnsafeMutablePointer<zoo_op_t>
    private let text: UnsafeMutablePointer<CChar>

    init(_ writes: [ZNodeWrite], access: ZNodeAccess) {
        memory = .allocate(capacity: max(1, writes.count))
        memory.initialize(repeating: zoo_op_t(), count: writes.count)
        text = .allocate(capacity: writes.reduce(1) { $0 + $1.path.utf8.count + 1 + $1.value.count })
        var free = text
        func place(_ bytes: some Collection<UInt8>) -> UnsafeMutablePointer<CChar> {
            let start = free
            for byte in bytes {
                free.initialize(to: CChar(bitPattern: byte))
                free += 1
            }
            return start
        }
        for (index, write) in writes.enumerated() {
            let path = place(write.path.utf8)
            _ = place(CollectionOfOne(0))
            let value = write.value
            let bytes = place(value)
            let length = Int32(value.count)
            let operation = memory + index
            switch write.action {
            case .create: zoo_create_op_init(operation, path, bytes, length, access.list, ZOO_PERSISTENT, nil, 0)
            case .set: zoo_set_op_init(operation, path, bytes, length, -1, nil)
            case .setIf(let version, _): zoo_set_op_init(operation, path, bytes, length, version, nil)
            case .delete: zoo_delete_op_init(operation, path, -1)
            case .check(let version): zoo_check_op_init(operation, path, version)
            }
        }
    }

    deinit {
        memory.deallocate()
        text.deallocate()
    }
}

private func withCharacters(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>?, Int32) -> Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
        body(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
    }
}
