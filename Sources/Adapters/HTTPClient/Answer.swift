import Synchronization

/// Brings one answer from the loop's thread to the task that waits for it.
final class Answer: Sendable {
    typealias Waiter = CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>

    private let waiter = Mutex<Waiter?>(nil)

    /// To be called once, before the request starts.
    func wait(_ continuation: Waiter) { waiter.withLock { $0 = continuation } }

    /// To be called once, after ``wait(_:)``.
    func fill(_ result: Result<HTTPResponse, HTTPError>) {
        waiter.withLock { $0.take() }?.resume(returning: result)
    }
}
