import Domain
package import Controller
import Scheduling

extension AppStatus {
    /// What the app waits for, in words for a reader: a place, the end of a back-off, or what it depends on; `nil` where
    /// it waits for nothing.
    package var waiting: String? {
        if let refusal { return "waits for a place: \(refusal.sentence)" }
        if let backoff = record?.backoff {
            let failures = backoff.failures == 1 ? "1 task" : "\(backoff.failures) tasks in a row"
            return "waits for the next try at \(Timestamp(backoff.until).text), after \(failures) failed"
        }
        guard let rollout = record?.rollout, rollout.phase == .waiting else { return nil }
        return progress ?? rollout.reason
    }
}
