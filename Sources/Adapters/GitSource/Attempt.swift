internal import Boundary
internal import Domain
internal import Synchronization

/// One look at a repository: the thread that does it, the caller who waits for it, and the clock between them.
///
/// Its way (``Phase``):
/// - `idle` can go to `waiting`, because the caller waits and the thread may start; or to `cancelled`, because the caller
///   was cancelled before that, and then no thread starts;
/// - `waiting` can go to `answered`, because the thread is done;
/// - `waiting` can go to `abandoned`, because the repository was silent for too long, the look took too long in all, or
///   the caller was cancelled. The thread then works for nobody: it stops at the next chance it gets.
final class Attempt: Sendable {
    typealias Answer = Result<SourceUpdate?, SourceFailure>

    private enum Phase {
        case idle
        case cancelled(SourceFailure)
        case waiting(CheckedContinuation<Answer, Never>)
        case answered
        case abandoned
    }

    private let began: ContinuousClock.Instant
    /// Milliseconds from `began` to the last sign of life.
    private let lastSign = Atomic<Int64>(0)
    private let givenUp = Atomic<Bool>(false)
    private let phase = Mutex(Phase.idle)
    private let whenAbandoned: @Sendable () -> Void

    /// - Parameter whenAbandoned: called once if the thread is given up, before the caller is told.
    init(whenAbandoned: @escaping @Sendable () -> Void) {
        self.began = .now
        self.whenAbandoned = whenAbandoned
    }

    /// Whether nobody waits any more.
    var isAbandoned: Bool { givenUp.load(ordering: .relaxed) }

    /// Milliseconds since the look began.
    var age: Milliseconds { Self.milliseconds(.now - began) }

    /// Something came from the repository.
    /// - Returns: whether to go on.
    func signOfLife() -> Bool {
        lastSign.store(age.count, ordering: .relaxed)
        return !isAbandoned
    }

    /// The caller waits from now on.
    /// - Returns: whether the thread is to be started; where it is not, the caller has been told already.
    func wait(with continuation: CheckedContinuation<Answer, Never>) -> Bool {
        let cancelled = phase.withLock { phase -> SourceFailure? in
            if case .cancelled(let failure) = phase { return failure }
            phase = .waiting(continuation)
            return nil
        }
        guard let cancelled else { return true }
        continuation.resume(returning: .failure(cancelled))
        return false
    }

    /// The thread is done.
    /// - Returns: whether anybody was still waiting.
    func answer(_ answer: Answer) -> Bool {
        let waiting = phase.withLock { phase -> CheckedContinuation<Answer, Never>? in
            guard case .waiting(let continuation) = phase else { return nil }
            phase = .answered
            return continuation
        }
        waiting?.resume(returning: answer)
        return waiting != nil
    }

    /// Gives the thread up and tells the caller `failure`; does nothing where the answer is there already.
    func abandon(_ failure: SourceFailure) {
        let waiting = phase.withLock { phase -> CheckedContinuation<Answer, Never>? in
            switch phase {
            case .idle:
                phase = .cancelled(failure)
                return nil
            case .cancelled, .answered, .abandoned:
                return nil
            case .waiting(let continuation):
                phase = .abandoned
                givenUp.store(true, ordering: .relaxed)
                whenAbandoned()
                return continuation
            }
        }
        waiting?.resume(returning: .failure(failure))
    }

    /// Sleeps until the look is too long without a sign of life, or in all.
    /// - Returns: how long that was; `nil` where the task was cancelled, because the answer came.
    func overdue(silence: Milliseconds, longest: Milliseconds) async -> Overdue? {
        while true {
            let now = age
            let quiet = Milliseconds(now.count - lastSign.load(ordering: .relaxed))
            if now >= longest { return .tooLong(now) }
            if quiet >= silence { return .silent(quiet) }
            let pause = min(longest.count - now.count, silence.count - quiet.count)
            do {
                try await Task.sleep(for: .milliseconds(pause))
            } catch {
                return nil
            }
        }
    }

    enum Overdue { case silent(Milliseconds), tooLong(Milliseconds) }

    private static func milliseconds(_ duration: Duration) -> Milliseconds {
        let (seconds, attoseconds) = duration.components
        return Milliseconds(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
