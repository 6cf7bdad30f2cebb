import Synchronization

/// Where everybody leaves what the loop shall know. The loop takes all of it at once, at its own pace.
final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var urgent: [Message] = []
        var ordinary: [Message] = []
        var waiter: CheckedContinuation<Void, Never>?
        var takesOrdinary = true
    }

    private let state = Mutex(State())

    /// Leaves a message. An urgent one is taken even while ordinary ones have to wait.
    func post(_ message: Message, urgent: Bool = false) {
        let waiter = state.withLock { state in
            if urgent { state.urgent.append(message) } else { state.ordinary.append(message) }
            guard urgent || state.takesOrdinary else { return nil as CheckedContinuation<Void, Never>? }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits until there is a message and takes them: all urgent ones, and up to `limit` ordinary ones where they are
    /// wanted. Returns nothing when the task is cancelled.
    func drain(ordinary takesOrdinary: Bool, limit: Int) async -> [Message] {
        await withTaskCancellationHandler {
            await wait(takesOrdinary: takesOrdinary)
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
        return state.withLock { state in
            var taken = state.urgent
            state.urgent = []
            guard takesOrdinary else { return taken }
            taken += state.ordinary.prefix(limit)
            state.ordinary.removeFirst(min(limit, state.ordinary.count))
            return taken
        }
    }

    private func wait(takesOrdinary: Bool) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                state.takesOrdinary = takesOrdinary
                let isReady = !state.urgent.isEmpty || (takesOrdinary && !state.ordinary.isEmpty) || Task.isCancelled
                if !isReady { state.waiter = continuation }
                return isReady
            }
            if isReady { continuation.resume() }
        }
    }
}
