import Boundary
import Domain

/// What people should know of a source, once for each change of it: the journal and the log have nothing else to tell
/// why a commit does not arrive.
extension SourceDesk {
    /// What is news compared with `before`.
    func news(since before: SourceDesk, at now: Instant) -> [JournalEntry] {
        [failureNews(since: before, at: now), record.heldNews(since: before.record, at: now)].compactMap(\.self)
    }

    private func failureNews(since before: SourceDesk, at now: Instant) -> JournalEntry? {
        guard failure?.message != before.failure?.message else { return nil }
        if let failure {
            return entry("source.failing", ["reason": failure.message, "hint": failure.hint], at: now)
        }
        let failed = before.failure.map { ["was": $0.message] } ?? [:]
        return entry("source.readable", failed, at: now)
    }

    private func entry(_ type: String, _ facts: [String: String], at now: Instant) -> JournalEntry {
        record.entry(type, facts, at: now)
    }
}

extension SourceRecord {
    /// What is news of the plan that waits for a person, compared with `before`.
    func heldNews(since before: SourceRecord, at now: Instant) -> JournalEntry? {
        guard held != before.held else { return nil }
        if let held {
            let facts = ["reason": held.reason, "plan": held.planHash.hex, "revision": held.revision.rawValue]
            return entry("source.held", facts, at: now)
        }
        return entry("source.released", ["revision": applied?.rawValue ?? ""], at: now)
    }

    fileprivate func entry(_ type: String, _ facts: [String: String], at now: Instant) -> JournalEntry {
        JournalEntry(at: now, type: type, app: nil, facts: facts.merging(["source": name]) { fact, _ in fact })
    }
}

extension JournalEntry {
    /// Whether somebody should look: the log shows it as a warning.
    var isWarning: Bool { ["source.failing", "source.held", "mesos.unreachable", "mesos.unsubscribed"].contains(type) }
}
