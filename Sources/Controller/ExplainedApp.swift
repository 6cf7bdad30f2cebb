import Domain
import Planning

/// The steps of one app's explanation.
struct ExplainedApp {
    typealias Step = Explanation.Step

    let status: AppStatus
    let snapshot: Snapshot

    var id: AppID { status.id }

    /// From git to the rollout.
    var beforeInstances: [Step] {
        guard let source else {
            return [
                step(
                    .source,
                    .stopped,
                    "no source of the configuration declares it",
                    next: "add its source to the controller's configuration"
                )
            ] + rolloutSteps
        }
        guard source.isConfigured else { return [withoutSource(source)] + exceptions + scaled + rolloutSteps }
        return [reading(source)] + fileSteps(source) + planSteps(source) + scaled + rolloutSteps
    }

    func step(
        _ stage: Explanation.Stage,
        _ state: Explanation.State,
        _ text: String,
        since: Instant? = nil,
        until: Instant? = nil,
        next: String = ""
    ) -> Step {
        Step(id, stage, state, text, since: since, until: until, next: next)
    }

    // MARK: - Source and file

    /// The source that the record names, or for an app without one the source whose plan or problems have it, or whose
    /// group it lies in.
    private var source: SourceStatus? {
        if let record = status.record { return snapshot.sources.first { $0.name == record.source } }
        let planned = snapshot.sources.first { $0.plan?.changes.contains { $0.app == id } == true }
        let broken = snapshot.sources.first { source in
            status.problems.contains { problem in source.record.problems.contains(problem) }
        }
        let around = snapshot.sources.filter { $0.isConfigured && $0.group.contains(id) }
            .max { $0.group.path.utf8.count < $1.group.path.utf8.count }
        return planned ?? broken ?? around
    }

    /// Nothing is read of it any more; what becomes of the app, drift knows.
    private func withoutSource(_ source: SourceStatus) -> Step {
        let text = "its source \(source.name) is not in the configuration"
        guard status.record?.desired != nil else { return step(.source, .done, text) }
        let drift = snapshot.drift.first { $0.kind == .unmanaged && $0.app == id }
        return step(
            .source,
            .stopped,
            text,
            since: drift?.firstSeen,
            next: "add the source to the controller's configuration again"
                + (drift.map { "; otherwise: \($0.action)" } ?? "")
        )
    }

    private func reading(_ source: SourceStatus) -> Step {
        if let failure = source.failure {
            return step(
                .source,
                .stopped,
                "source \(source.name) cannot be read: \(failure.message)",
                since: failure.since,
                next: "\(failure.hint); it is tried again by itself, and what runs is left as it is"
            )
        }
        guard source.lookedAt != nil else {
            return step(
                .source,
                .waiting,
                "source \(source.name) was not read yet since this controller leads",
                next: "it is read in a moment"
            )
        }
        let seen = source.record.seen.map { "is at commit \($0.short)" } ?? "has no commit yet"
        return step(.source, .done, "source \(source.name) \(seen)")
    }

    private func fileSteps(_ source: SourceStatus) -> [Step] {
        let errors = status.problems.filter { $0.severity == .error }
        guard errors.isEmpty else {
            let shown = errors.prefix(3).map { problem in
                step(
                    .file,
                    .stopped,
                    "\(problem.place): \(problem.message) [\(problem.code)]",
                    since: brokenSince(problem.file, of: source),
                    next: "mend \(problem.file)" + (problem.hint.isEmpty ? "" : " (\(problem.hint))") + untilMended
                )
            }
            guard errors.count > shown.count else { return shown }
            let more = "and \(errors.count - shown.count) more errors"
            return shown + [step(.file, .stopped, more, next: "mend the file: `pacer lint` shows all of its errors")]
        }
        guard let record = status.record else { return [step(.file, .done, "its file can be used")] }
        guard record.desired != nil, unmanaged == nil else {
            return [step(.file, .done, "git has the app no more (it was in \(record.file))")]
        }
        return [step(.file, .done, "\(record.file) can be used")]
    }

    private var untilMended: String {
        status.record == nil ? "; until then there is no such app" : "; until then the app keeps what it runs"
    }

    /// Drift counts broken files: it knows since when.
    private func brokenSince(_ file: String, of source: SourceStatus) -> Instant? {
        snapshot.drift.first { $0.kind == .manifestProblem && $0.subject == "\(source.name):\(file)" }?.firstSeen
    }

    // MARK: - Plan

    private func planSteps(_ source: SourceStatus) -> [Step] {
        let waits = [waitingCommit(source), withheldRemoval(source)].compactMap { $0 } + refused + exceptions
        guard waits.isEmpty else { return waits }
        guard let record = status.record else {
            let isBroken = status.problems.contains { $0.severity == .error }
            let next = isBroken ? "it is applied when its file can be used" : "it is applied with the next sync"
            return [step(.plan, .waiting, "nothing of it was applied yet", next: next)]
        }
        let deployment = record.rollout.map { " in deployment \($0.deployment)" } ?? ""
        let what = record.desired == nil ? "its removal is applied" : "commit \(record.revision.short) is applied to it"
        let since = record.revision == source.record.applied ? source.record.at : nil
        return [step(.plan, .done, what + deployment, since: since)]
    }

    /// What sources want of it and plans cannot do.
    private var refused: [Step] {
        status.objections.map { objection in
            let subject = "\(objection.source):\(objection.problem.file)"
            let drift = snapshot.drift.first { episode in
                episode.app == id && episode.kind == .manifestProblem && episode.subject == subject
            }
            let place = objection.problem.place.isEmpty ? "" : "\(objection.problem.place) of "
            return step(
                .plan,
                .stopped,
                "\(place)source \(objection.source) is not applied to it: \(objection.words)",
                since: (drift ?? unmanaged)?.firstSeen,
                next: objection.problem.hint
            )
        }
    }

    /// The drift that it is, where git has it no more and it is there all the same.
    var unmanaged: DriftEpisode? { snapshot.drift.first { $0.kind == .unmanaged && $0.app == id } }

    /// Git has it no more, and its removal does not come with the newest commit.
    private func withheldRemoval(_ source: SourceStatus) -> Step? {
        guard let unmanaged, source.record.held == nil, status.record?.desired != nil, status.objections.isEmpty
        else { return nil }
        if let broken = source.record.problems.first(where: { $0.severity == .error }) {
            return step(
                .plan,
                .stopped,
                "its removal is withheld: source \(source.name) has a file that cannot be used, \(broken.file)",
                since: unmanaged.firstSeen,
                next:
                    "mend \(broken.file) (`pacer lint` shows what is wrong); until then nothing of the source is removed that"
                    + " may stand in it"
            )
        }
        // What keeps it is its pin, which says so itself.
        guard source.record.seen == source.record.applied, status.record?.pin == nil else { return nil }
        return step(
            .plan,
            .stopped,
            "git has it no more: \(unmanaged.action)",
            since: unmanaged.firstSeen,
            next: "put it into git again, or let removals be applied (`sync.prune` of the controller's configuration)"
        )
    }

    /// The source's newest commit waits for a person, and would change this app, or nobody can say whether it would.
    private func waitingCommit(_ source: SourceStatus) -> Step? {
        let isAffected = source.plan.map { $0.changes.contains { $0.app == id } } ?? true
        guard isAffected else { return nil }
        let behindSince =
            snapshot.drift.first { $0.kind == .sourceBehind && $0.subject == source.name }?.firstSeen
        if let held = source.record.held {
            return step(
                .plan,
                .stopped,
                "commit \(held.revision.short) is not applied: \(held.reason)",
                since: behindSince,
                next: "look at it with `pacer plan --server URL`, and let it go with"
                    + " `pacer sync --source \(source.name) --confirm \(held.planHash)`"
            )
        }
        guard let seen = source.record.seen, seen != source.record.applied, source.failure == nil else { return nil }
        return step(
            .plan,
            .waiting,
            "commit \(seen.short) was seen and is not applied yet",
            since: behindSince,
            next: "it is applied in the next turn, or with `pacer sync --source \(source.name)` where syncing is manual"
        )
    }
}

extension Revision {
    /// The first 12 digits, enough for a reader.
    var short: Substring { rawValue.prefix(12) }
}
