import Dispatch
import Domain

/// Calls something again and again on a thread of its own, also while every thread of Swift's concurrency is busy: a
/// leader that computes for seconds must still notice that its lease runs out.
final class Pulse: @unchecked Sendable {
    // Unchecked: a dispatch source may be used from any thread, and nothing else is kept.
    private let timer: any DispatchSourceTimer

    /// Begins at once.
    init(every interval: Milliseconds, _ beat: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "ZooKeeper lease", qos: .userInteractive)
        timer = DispatchSource.makeTimerSource(flags: .strict, queue: queue)
        timer.schedule(deadline: .now(), repeating: .milliseconds(Int(interval.count)), leeway: .milliseconds(1))
        timer.setEventHandler(handler: beat)
        timer.activate()
    }

    /// No call begins after this; one may still be running.
    func stop() { timer.cancel() }
}
