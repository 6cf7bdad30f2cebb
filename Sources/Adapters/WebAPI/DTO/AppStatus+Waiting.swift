import Domain
package import Controller
import Planning
import Scheduling

extension AppStatus {
    /// What the app waits for, in words for a reader: a place, the end of a back-off, or what it depends on; `nil` where
    /// it waits for nothing.
    package var waiting: String? {
        if let refusal {
            let last = refusal.offers == 0 ? lastEnd : ""
            return "waits for a place: \(refusal.sentence)\(last)"
        }
        if let backoff = record?.backoff {
            let failures = backoff.failures == 1 ? "1 task" : "\(backoff.failures) tasks in a row"
            return "waits for the next try at \(Timestamp(backoff.until).text), after \(failures) failed\(lastEnd)"
        }
        guard let rollout = record?.rollout, rollout.phase == .waiting else { return nil }
        return progress ?? rollout.reason
    }

    /// How the last task ended of an instance that is to be started again, as an ending of a sentence; empty where none
    /// did.
    private var lastEnd: String {
        let ends = instances.filter { $0.condition == .scheduled }.compactMap(\.lastEnd)
        let last = ends.max { ($0.at, $0.task) < ($1.at, $1.task) }
        return last.map { "; the last time: \(TaskEndCause.text(of: $0))" } ?? ""
    }
}

extension RefusalReport {
    /// The reasons, most frequent first, then by reason.
    var ranked: [(reason: Refusal, offers: Int)] {
        reasons.map { (reason: $0.key, offers: $0.value) }
            .sorted { $0.offers == $1.offers ? $0.reason < $1.reason : $0.offers > $1.offers }
    }

    /// What is missing: `not enough cpus in 3 of 3 offers (asks for 64, the best offer has 8)`.
    var sentence: String {
        guard offers > 0 else { return "no offer has come yet" }
        return ranked.map(phrase).joined(separator: "; ")
    }

    private func phrase(_ entry: (reason: Refusal, offers: Int)) -> String {
        let share = "\(entry.offers) of \(offers) offers"
        switch entry.reason {
        case .resource(let name):
            let amounts = amounts(of: entry.reason).map { " (asks for \($0.asked), the best offer has \($0.best))" }
            return "not enough \(name) in \(share)\(amounts ?? "")"
        case .constraint(let triple): return "constraint \(triple) rules out \(share)"
        case .ports: return "the ports are not free in \(share)"
        case .maintenance: return "\(share) are of agents that go into maintenance"
        }
    }

    /// What was asked and what the best offer had, where the reason is a resource: as decimals, MiB for memory and disk.
    func amounts(of reason: Refusal) -> (asked: String, best: String)? {
        guard case .resource(let name) = reason else { return nil }
        let pair: (Int64, Int64)? =
            switch name {
            case "cpus": (asked.cpus, best.cpus)
            case "mem": (asked.mem, best.mem)
            case "disk": (asked.disk, best.disk)
            case "gpus": (asked.gpus, best.gpus)
            default: nil
            }
        return pair.map { (FieldValue(milli: $0.0).description, FieldValue(milli: $0.1).description) }
    }
}
