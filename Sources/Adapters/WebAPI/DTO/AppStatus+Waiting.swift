package import Controller
package import Domain
import Planning
import Scheduling

extension AppStatus {
    /// What the app waits for, in words for a reader: a place, the end of a back-off, or what it depends on; `nil` where
    /// it waits for nothing.
    package func waiting(at now: Instant) -> String? {
        if let refusal {
            let last = refusal.offers == 0 ? lastEnd : ""
            guard refusal.isAsking else { return "waits for a place: \(refusal.sentence)\(last)" }
            return "\(refusal.asking) since \(Timestamp(refusal.since).text)\(last)"
        }
        if let backoff = backoff(at: now) {
            let failures = backoff.failures == 1 ? "1 task" : "\(backoff.failures) tasks in a row"
            return "waits for the next try at \(Timestamp(backoff.until).text), after \(failures) failed\(lastEnd)"
        }
        guard let rollout = record?.rollout, rollout.phase == .waiting else { return nil }
        return progress ?? rollout.reason
    }

    /// The back-off that its instances wait out; `nil` where they are all healthy, or the time is over.
    func backoff(at now: Instant) -> BackoffState? {
        guard let backoff = record?.backoff, backoff.until > now, health != .healthy, health != .suspended else {
            return nil
        }
        return backoff
    }

    /// How the last task ended of an instance that is to be started again, as an ending of a sentence; empty where none
    /// did.
    private var lastEnd: String {
        let ends = instances.filter { $0.condition == .scheduled }.compactMap(\.lastEnd)
        let last = ends.max { ($0.at, $0.task) < ($1.at, $1.task) }
        return last.map { "; the last time: \(TaskEndCause.text(of: $0))" } ?? ""
    }
}
