import CZooKeeper

/// What ZooKeeper answered.
enum Reply: Sendable {
    case done
    case stat(ZNodeStat)
    case value([UInt8], ZNodeStat)
    case names([String])
    case path(String)
}

/// A request on its way. The C library holds a bare pointer to it; the session's registry keeps it alive until its
/// callback came or can come no more, and whoever takes it out of there finishes it, so that it ends exactly once.
final class PendingCall: Sendable {
    let session: ZooKeeperSession
    let operation: ZooKeeperError.Operation
    let path: String?
    let results: TransactionResults?
    private let finish: @Sendable (Result<Reply, ZooKeeperError>) -> Void

    init(
        _ session: ZooKeeperSession,
        _ operation: ZooKeeperError.Operation,
        _ path: String?,
        results: TransactionResults? = nil,
        finish: @escaping @Sendable (Result<Reply, ZooKeeperError>) -> Void
    ) {
        self.session = session
        self.operation = operation
        self.path = path
        self.results = results
        self.finish = finish
    }

    /// Hands over what ZooKeeper answered; `reply` is asked only where it answered well.
    func answer(_ code: Int32, _ reply: () -> Reply) {
        guard code != ZOK.rawValue else {
            finish(.success(reply()))
            return
        }
        let culprit = results?.culprit()
        finish(.failure(ZooKeeperError(.init(code), operation, culprit ?? path)))
    }

    /// Ends a call that ZooKeeper never answers.
    func abandon(_ code: Int32) {
        finish(.failure(ZooKeeperError(.init(code), operation, path)))
    }
}

/// The memory that `zoo_amulti` writes one result per write into; it must live until the completion.
final class TransactionResults: @unchecked Sendable {
    // Unchecked: written by the C library before the completion, read by the completion, touched by nobody else.
    let memory: UnsafeMutablePointer<zoo_op_result_t>
    private let paths: [String]

    init(paths: [String]) {
        self.paths = paths
        self.memory = .allocate(capacity: max(1, paths.count))
        self.memory.initialize(repeating: zoo_op_result_t(), count: paths.count)
    }

    deinit { memory.deallocate() }

    /// The znode whose write made the transaction fail; `nil` where that is not known. The others of a failed
    /// transaction carry "runtime inconsistency", or nothing where the connection broke.
    func culprit() -> String? {
        let index = paths.indices.first { index in
            let error = memory[index].err
            return error != ZOK.rawValue && error != ZRUNTIMEINCONSISTENCY.rawValue
        }
        return index.map { paths[$0] }
    }
}

// MARK: - What the C library calls, on a thread of its own. File-scope functions only: a closure could inherit an
// actor's isolation and would then die on the foreign thread.

private func settle(_ code: Int32, _ data: UnsafeRawPointer?, _ reply: () -> Reply) {
    guard let data else { return }
    let call = Unmanaged<PendingCall>.fromOpaque(data).takeUnretainedValue()
    guard call.session.take(call) else { return }
    call.answer(code, reply)
}

func pacerDone(_ code: Int32, _ data: UnsafeRawPointer?) {
    settle(code, data) { .done }
}

func pacerStat(_ code: Int32, _ stat: UnsafePointer<Stat>?, _ data: UnsafeRawPointer?) {
    settle(code, data) { .stat(ZNodeStat(stat?.pointee ?? Stat())) }
}

func pacerValue(
    _ code: Int32,
    _ value: UnsafePointer<CChar>?,
    _ length: Int32,
    _ stat: UnsafePointer<Stat>?,
    _ data: UnsafeRawPointer?
) {
    settle(code, data) {
        let bytes = UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : max(0, Int(length)))
        return .value(Array(bytes), ZNodeStat(stat?.pointee ?? Stat()))
    }
}

func pacerNames(_ code: Int32, _ names: UnsafePointer<String_vector>?, _ data: UnsafeRawPointer?) {
    settle(code, data) {
        guard let vector = names?.pointee, let entries = vector.data else { return .names([]) }
        return .names((0..<Int(vector.count)).compactMap { index in entries[index].map { String(cString: $0) } })
    }
}

func pacerPath(_ code: Int32, _ path: UnsafePointer<CChar>?, _ data: UnsafeRawPointer?) {
    settle(code, data) { .path(path.map { String(cString: $0) } ?? "") }
}

/// The one watcher of a session: session events and watches alike.
func pacerWatch(
    _ handle: OpaquePointer?,
    _ type: Int32,
    _ state: Int32,
    _ path: UnsafePointer<CChar>?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let context else { return }
    let session = Unmanaged<ZooKeeperSession>.fromOpaque(context).takeUnretainedValue()
    if type == ZOO_SESSION_EVENT {
        session.moved(to: state)
        return
    }
    session.changed(path.map { String(cString: $0) } ?? "")
}

/// Takes the library's log lines so that they are not printed. What they tell, the session's states and the errors
/// tell as well, and a line carries nothing that says which session it belongs to.
func pacerLog(_ message: UnsafePointer<CChar>?) {}
