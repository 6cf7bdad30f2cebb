/// An ordered way to one server: each request starts when the answer to the one before has come, over a connection that
/// is kept. So what arrives there arrives in the order of the calls, and a request that fails does not stop the others.
package final class Lane: Sendable {
    private let loop: CurlLoop
    // For the loop's thread only.
    nonisolated(unsafe) private var waiting: [Transfer] = []
    nonisolated(unsafe) private var taken = 0
    nonisolated(unsafe) private var current: Transfer?
    nonisolated(unsafe) private var isClosed = false

    init(_ loop: CurlLoop) { self.loop = loop }

    /// Puts a request at the end of the lane. `done` is called exactly once, on the client's thread, before the next
    /// request starts: it must not wait for anything.
    package func submit(
        _ request: HTTPRequest,
        done: @escaping @Sendable (Result<HTTPResponse, HTTPError>) -> Void
    ) {
        loop.start(Transfer(request, lane: self, sink: .whole(done)))
    }

    /// Gives up the request that is under way and all that wait; those that come later fail at once.
    package func close() { loop.close(self) }

    // MARK: - For the loop

    /// Takes a request in; returns it where it can start now.
    func enter(_ transfer: Transfer) -> Transfer? {
        guard !isClosed else {
            transfer.fail(.cancelled(transfer.request))
            return nil
        }
        guard current == nil else {
            waiting.append(transfer)
            return nil
        }
        current = transfer
        return transfer
    }

    /// The next request, the one before being over.
    func advance() -> Transfer? {
        current = nil
        guard taken < waiting.count else { return nil }
        let next = waiting[taken]
        taken += 1
        if taken == waiting.count || taken >= 1024 {
            waiting.removeFirst(taken)
            taken = 0
        }
        current = next
        return next
    }

    /// Everything that is to be given up, the one under way first.
    func shut() -> (current: Transfer?, waiting: [Transfer]) {
        isClosed = true
        // Nothing is kept: lane and transfer hold each other.
        defer { (current, waiting, taken) = (nil, [], 0) }
        return (current, Array(waiting[taken...]))
    }
}
