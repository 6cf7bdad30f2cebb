import Boundary
import Domain
import Planning

/// What people should know of a source, once for each change of it: the journal and the log have nothing else to tell
/// why a commit does not arrive.
extension SourceDesk {
    /// What is news compared with `before`.
    func news(since before: SourceDesk, at now: Instant) -> [JournalEntry] {
        [failureNews(since: before, at: now), record.heldNews(since: before.record, at: now)].compactMap(\.self)
            + objectionNews(since: before, at: now)
    }

    /// What the plan cannot do, each problem once, however many apps it is about: when it comes and when it is over.
    private func objectionNews(since before: SourceDesk, at now: Instant) -> [JournalEntry] {
        let (old, new) = (before.problems, problems)
        let begun = new.filter { old[$0.key] == nil }.map { ("app.refused", $0) }
        let ended = old.filter { new[$0.key] == nil }.map { ("app.refusal_over", $0) }
        return (begun + ended).sorted { ($0.0, $0.1.key) < ($1.0, $1.1.key) }.map { type, entry in
            let (problem, apps) = entry
            var facts = ["source": name, "code": problem.code, "reason": problem.message, "hint": problem.hint]
            facts["file"] = problem.file
            if apps.count > 1 { facts["apps"] = "\(apps.count)" }
            return JournalEntry(at: now, type: type, app: apps.count == 1 ? apps.first : nil, facts: facts)
        }
    }

    /// The apps that each problem of the plan is about.
    private var problems: [Problem: [AppID]] {
        Dictionary(grouping: objections.values, by: \.problem).mapValues { $0.map(\.app).sorted() }
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
    var isWarning: Bool { JournalEntry.warnings.contains(type) }

    private static let warnings = [
        "source.failing", "source.held", "app.refused", "mesos.unreachable", "mesos.unsubscribed",
    ]
}
