import Synchronization

/// What has come of a stream and has not been read. Filled by the loop, emptied by one reader.
///
///     waiting for the head ──begin──▶ open ──end──▶ ended
///              └────────────────end────────────────────┘
final class StreamBuffer: Sendable {
    typealias HeadWaiter = CheckedContinuation<Result<HTTPHead, HTTPError>, Never>
    typealias BytesWaiter = CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>

    private struct State {
        var head: HTTPHead?
        var bytes: [UInt8] = []
        /// Set when nothing more will come; with an error unless the server ended the stream in an orderly way.
        var end: End?
        var headWaiter: HeadWaiter?
        var bytesWaiter: BytesWaiter?
    }

    private struct End {
        var error: HTTPError?
    }

    let limit: Int
    private let server: String
    private let state = Mutex(State())

    /// A buffer that takes up to `limit` bytes.
    init(limit: Int, server: String) {
        self.limit = limit
        self.server = server
    }

    // MARK: - The loop's side

    func begin(_ head: HTTPHead) {
        let waiter = state.withLock { state in
            state.head = head
            return state.headWaiter.take()
        }
        waiter?.resume(returning: .success(head))
    }

    /// False where more waits than the buffer takes.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (taken, waiter) = state.withLock { state -> (Bool, BytesWaiter?) in
            if let waiter = state.bytesWaiter.take() { return (true, waiter) }
            guard state.bytes.count + bytes.count <= limit else { return (false, nil) }
            state.bytes.append(contentsOf: bytes)
            return (true, nil)
        }
        waiter?.resume(returning: .success(Array(bytes)))
        return taken
    }

    func end(_ error: HTTPError?) {
        let (head, bytes) = state.withLock { state in
            state.end = End(error: error)
            return (state.headWaiter.take(), state.bytesWaiter.take())
        }
        head?.resume(returning: .failure(error ?? noHead))
        bytes?.resume(returning: error.map { .failure($0) } ?? .success(nil))
    }

    // MARK: - The reader's side

    func head(_ waiter: HeadWaiter) {
        let answer = state.withLock { state -> Result<HTTPHead, HTTPError>? in
            if let head = state.head { return .success(head) }
            if let end = state.end { return .failure(end.error ?? noHead) }
            state.headWaiter = waiter
            return nil
        }
        if let answer { waiter.resume(returning: answer) }
    }

    /// Everything that waits, in one piece; `nil` at the end. What came before an error is handed out before it.
    /// - Precondition: nobody else is waiting.
    func next(_ waiter: BytesWaiter) {
        let answer = state.withLock { state -> Result<[UInt8]?, HTTPError>? in
            if !state.bytes.isEmpty {
                let bytes = state.bytes
                state.bytes = []
                return .success(bytes)
            }
            if let end = state.end { return end.error.map { .failure($0) } ?? .success(nil) }
            precondition(state.bytesWaiter == nil, "two readers of one stream of \(server)")
            state.bytesWaiter = waiter
            return nil
        }
        if let answer { waiter.resume(returning: answer) }
    }

    private var noHead: HTTPError { HTTPError(.broken, "\(server) sent no headers.") }
}
