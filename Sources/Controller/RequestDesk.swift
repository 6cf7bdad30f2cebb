import Synchronization

/// Requests that wait for the loop. Each is answered exactly once: by the loop, or when the term ends.
final class RequestDesk: Sendable {
    private struct State {
        var counter = 0
        var waiting: [Int: CheckedContinuation<ControlReply, Never>] = [:]
        var post: (@Sendable (Int, ControlRequest) -> Void)?
    }

    private let state = Mutex(State())

    /// From now on requests go to this term.
    func open(_ post: @escaping @Sendable (Int, ControlRequest) -> Void) {
        state.withLock { $0.post = post }
    }

    /// The term is over: what waits is refused.
    func close(_ reason: String) {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.post = nil
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: .refused(reason)) }
    }

    /// Hands a request over and waits for its reply.
    func request(_ request: ControlRequest) async -> ControlReply {
        await withCheckedContinuation { continuation in
            let hand = state.withLock { state -> (@Sendable () -> Void)? in
                guard let post = state.post else { return nil }
                state.counter += 1
                let number = state.counter
                state.waiting[number] = continuation
                return { post(number, request) }
            }
            guard let hand else {
                continuation.resume(returning: .refused("this controller does not lead; ask the one that does"))
                return
            }
            hand()
        }
    }

    /// Answers a request.
    func answer(_ number: Int, _ reply: ControlReply) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: reply)
    }
}
