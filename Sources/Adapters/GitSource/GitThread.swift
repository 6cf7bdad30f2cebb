internal import CGit2
internal import Glibc

/// A thread of our own for calls that block: libgit2 has no network timeout, and the threads that Swift's tasks share
/// must never hang in it. One thread serves one look and ends; at rest there is none.
///
/// Every handle of libgit2 is opened and closed on one such thread, so none is ever shared between two.
enum GitThread {
    /// Starts a thread that runs `body` and ends.
    /// - Returns: whether the system gave us one.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
        var thread = pthread_t()
        guard pthread_create(&thread, nil, runThread, start.toOpaque()) == 0 else {
            start.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Runs `body` on a thread of its own and waits for its value; `nil` where the system gives no thread.
    static func value<Value: Sendable>(_ name: String, _ body: @escaping @Sendable () -> Value) async -> Value? {
        await withCheckedContinuation { continuation in
            let started = start(name) { continuation.resume(returning: body()) }
            if !started { continuation.resume(returning: nil) }
        }
    }
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    // A peer that hangs up must be an error of the call, not the end of the process (SIGPIPE); and a signal meant for
    // the process must not be taken by a thread that may hang.
    var everySignal = sigset_t()
    sigfillset(&everySignal)
    pthread_sigmask(SIG_SETMASK, &everySignal, nil)
    pacer_name_thread(start.name)
    start.body()
    return nil
}
