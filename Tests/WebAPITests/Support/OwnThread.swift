import Glibc

/// Runs blocking work on a thread of its own: on the queues that Swift's concurrency runs on, a few blocked sockets would
/// stall every other test.
func onOwnThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let box = Unmanaged.passRetained(ThreadWork { continuation.resume(with: Swift.Result { try work() }) })
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, runThreadWork, box.toOpaque())
        guard code == 0 else {
            box.release()
            continuation.resume(throwing: ThreadFailure(code: code))
            return
        }
        pthread_detach(thread)
    }
}

struct ThreadFailure: Error {
    var code: Int32
}

private final class ThreadWork: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThreadWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<ThreadWork>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
