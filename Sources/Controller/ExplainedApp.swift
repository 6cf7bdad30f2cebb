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
                    next: "mend \(problem.file)" + (problem.hint.isEmpty ? "" : " (\(problem.hint))")
                        + "; until then the app keeps what it runs"
                )
            }
            guard errors.count > shown.count else { return shown }
            let more = "and \(errors.count - shown.count) more errors"
            return shown + [step(.file, .stopped, more, next: "mend the file: `pacer lint` shows all of its errors")]
        }
        guard let record = status.record else { return [step(.file, .done, "its file can be used")] }
        guard record.desired != nil else {
            return [step(.file, .done, "git has the app no more (it was in \(record.file))")]
        }
        return [step(.file, .done, "\(record.file) can be used")]
    }

    /// Drift counts broken files: it knows since when.
    private func brokenSince(_ file: String, of source: SourceStatus) -> Instant? {
        snapshot.drift.first { $0.kind == .manifestProblem && $0.subject == "\(source.name):\(file)" }?.firstSeen
    }

    // MARK: - Plan

    private func planSteps(_ source: SourceStatus) -> [Step] {
        let waits = [waitingCommit(source)].compactMap { $0 } + exceptions
        guard waits.isEmpty else { return waits }
        guard let record = status.record else {
            return [step(.plan, .waiting, "nothing of it was applied yet", next: "it is applied with the next sync")]
        }
        let deployment = record.rollout.map { " in deployment \($0.deployment)" } ?? ""
        let what = record.desired == nil ? "its removal is applied" : "commit \(record.revision.short) is applied to it"
        let since = record.revision == source.record.applied ? source.record.at : nil
        return [step(.plan, .done, what + deployment, since: since)]
    }

    /// What people ordered, or what failed, keeps it from what git says.
    private var exceptions: [Step] { [pinned, suspended, heldBack].compactMap { $0 } }

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

    private var pinned: Step? {
        guard let pin = status.record?.pin else { return nil }
        return step(
            .plan,
            .stopped,
            "\(pin.order.who) pinned it to \(pin.digest.short)\(because(pin.order))",
            since: pin.order.at,
            until: pin.order.until,
            next: "it follows git again when the pin expires, or with `pacer rollout resume \(id)`"
        )
    }

    private var suspended: Step? {
        guard let order = status.record?.suspension else { return nil }
        return step(
            .plan,
            .stopped,
            "\(order.who) suspended it\(because(order))",
            since: order.at,
            until: order.until,
            next: "it starts again when the suspension expires, or with `pacer rollout resume \(id)`"
        )
    }

    /// Another number of instances stands in the way of nothing, and is as a person wants it.
    private var scaled: [Step] {
        guard let scale = status.record?.scale else { return [] }
        let text =
            "\(scale.order.who) scaled it to \(scale.words(besides: status.spec))\(because(scale.order)); "
            + "its spec's number comes back then, or with `pacer rollout resume \(id)`"
        return [step(.plan, .done, text, since: scale.order.at, until: scale.order.until)]
    }

    private var heldBack: Step? {
        guard let held = status.record?.heldBack else { return nil }
        return step(
            .plan,
            .stopped,
            "spec \(held.digest.short) of deployment \(held.deployment) is held back: \(held.reason)",
            since: held.at,
            next: "change the app in git, or try the same again with `pacer rollout retry \(id)`"
        )
    }

    // MARK: - Rollout

    private var rolloutSteps: [Step] {
        guard let record = status.record else { return [] }
        guard let rollout = record.rollout else {
            guard status.sync == .synced else { return [] }
            return [step(.rollout, .done, "no rollout is under way")]
        }
        let progress = status.progress ?? rollout.reason
        let failures = failures(of: rollout)
        switch rollout.phase {
        case .waiting:
            let next =
                status.blocker.map { "it starts when \($0) is healthy" }
                ?? "it starts when its turn comes: \(rollout.reason)"
            let text = status.blocker == nil ? "waits: \(rollout.reason)" : progress
            return [step(.rollout, .waiting, text, since: rollout.since, next: next)]
        case .canary:
            let text = "its canary is out: \(progress)\(failures)\(hindrance(of: rollout))"
            return [step(.rollout, .waiting, text, since: rollout.since, next: next(of: rollout) ?? canaryNext)]
        case .rolling:
            let next = next(of: rollout) ?? "old instances are replaced as new ones become healthy"
            let text = "rolls out: \(progress)\(failures)\(hindrance(of: rollout))"
            return [step(.rollout, .waiting, text, since: rollout.since, next: next)]
        case .rollingBack:
            let next = "it goes back to the spec that was healthy last, and stays on it"
            let text = "rolls back: \(cause(of: rollout)); \(progress)\(failures)"
            return [step(.rollout, .waiting, text, since: rollout.since, next: next)]
        case .paused, .aborted: return [stopped(rollout)]
        case .removing:
            let next =
                status.blocker.map { "it goes when \($0) is stopped" } ?? "it goes when its instances are stopped"
            return [step(.rollout, .waiting, "is removed: \(progress)", since: rollout.since, next: next)]
        }
    }

    /// What keeps it from moving, where something does.
    private func hindrance(of rollout: RolloutRecord) -> String {
        rollout.hindrance == nil ? "" : "; \(rollout.reason)"
    }

    /// What ends that; `nil` where nothing is in its way, or a person.
    private func next(of rollout: RolloutRecord) -> String? {
        switch rollout.hindrance {
        case nil, .person: nil
        case .held, .turn: "it goes on by itself when that is over"
        case .stalled: "it goes on by itself as soon as its instances can; see what they wait for"
        }
    }

    private var canaryNext: String {
        guard status.spec?.app.rollout?.promotion == .manual else {
            return
                "the others follow when the canary has been healthy for long enough, or with `pacer rollout promote \(id)`"
        }
        return "once the canary is healthy, let the others follow with `pacer rollout promote \(id)`"
    }

    private func stopped(_ rollout: RolloutRecord) -> Step {
        let isPaused = rollout.phase == .paused
        // What stopped by itself because it failed is not merely gone on with: it is tried again.
        let hasFailed = rollout.order == nil && rollout.lastFailure != nil
        let goOn =
            rollout.order?.until == nil ? "go on" : "it goes on by itself when its time is over; or go on at once"
        let first =
            isPaused && !hasFailed
            ? "\(goOn) with `pacer rollout resume \(id)`" : "try again with `pacer rollout retry \(id)`"
        let next = "\(first), go back with `pacer rollout rollback \(id)`, or change it in git"
        let text = "is \(isPaused ? "paused" : "aborted"): \(cause(of: rollout))\(failures(of: rollout))"
        return step(.rollout, .stopped, text, since: rollout.since, until: rollout.order?.until, next: next)
    }

    /// Who ordered it and why, or what brought it there by itself.
    private func cause(of rollout: RolloutRecord) -> String {
        rollout.order.map { "by \($0.who)\(because($0))" } ?? rollout.reason
    }

    private func because(_ order: Order) -> String { order.why.isEmpty ? "" : ", because: \(order.why)" }

    private func failures(of rollout: RolloutRecord) -> String {
        guard rollout.failures > 0 else { return "" }
        let tasks = rollout.failures == 1 ? "1 new task" : "\(rollout.failures) new tasks"
        return "; \(tasks) failed" + (rollout.lastFailure.map { ", the last: \($0)" } ?? "")
    }
}

extension Revision {
    /// The first 12 digits, enough for a reader.
    var short: Substring { rawValue.prefix(12) }
}
