import Boundary
import Domain
import OrderedCollections
import Planning
import Rollout
import Scheduling

extension Engine {
    /// Takes in what a look at a source brought.
    mutating func take(_ look: SourceLook, of name: String, answering: Int, at now: Instant) {
        guard var desk = desks[name] else { return }
        desk.looks += 1
        desk.lookedAt = now
        let isAsked = desk.waiting.contains { $0 <= answering }
        var outcome: SyncOutcome
        switch look {
        case .failed(let failure):
            let since = desk.failure?.since ?? now
            desk.failure = SourceTrouble(message: failure.message, hint: failure.hint, since: since)
            outcome = SyncOutcome(
                source: name,
                result: .failed,
                revision: desk.record.seen,
                message: failure.description
            )
        case .unchanged:
            desk.failure = nil
            outcome = decide(&desk, isAsked: isAsked, at: now)
        case .found(let desired, let anchor, let descends):
            guard anchor == desk.record.applied else {
                // Something was applied while the look was under way: what it compared with is out of date.
                turn.looks.append(Turn.WantedLook(source: name, request: answering))
                desks[name] = desk
                return
            }
            desk.failure = nil
            if desk.desired?.revision != desired.revision || desk.isRewritten == descends { desk.isOutdated = true }
            // An app that was declared and never applied has no record: it goes with its declaration.
            if let before = desk.desired {
                stale.formUnion(before.apps.keys)
                stale.formUnion(before.broken.flatMap(\.claims))
            }
            desk.desired = desired
            desk.isRewritten = !descends
            desk.record.seen = desired.revision
            desk.record.note(desired.problems)
            // What this source declares, or may declare in a broken file, is not to be removed with another one.
            for former in formers.keys { formers[former]?.isOutdated = true }
            desks[name]?.desired = desired
            refreshHeirs()
            outcome = decide(&desk, isAsked: isAsked, at: now)
            markAll(of: desired)
        }
        outcome.revision = desk.record.seen
        for request in desk.waiting.sorted() where request <= answering { note(outcome, for: request) }
        desk.waiting = desk.waiting.filter { $0 > answering }
        keep(desk, at: now)
    }

    /// Puts a desk back, its record into the store where it is another one, and what people should know of it into the
    /// journal.
    mutating func keep(_ desk: SourceDesk, at now: Instant) {
        guard let before = desks[desk.name] else { return }
        if desk.record != before.record { turn.batch.put(.source(desk.name), .source(desk.record)) }
        for entry in desk.news(since: before, at: now) { turn.batch.record(entry) }
        if desk.objections != before.objections {
            stale.formUnion(before.objections.keys)
            stale.formUnion(desk.objections.keys)
        }
        desks[desk.name] = desk
        if desk.record != before.record { refreshHeirs() }
    }

    /// Plans once more for what a source declares.
    mutating func planAgain(of name: String, at now: Instant) {
        guard var desk = desks[name] else { return }
        _ = decide(&desk, isAsked: false, at: now)
        keep(desk, at: now)
        if let desired = desk.desired { markAll(of: desired) }
    }

    /// Takes in a request.
    mutating func take(_ request: ControlRequest, number: Int, at now: Instant) {
        switch request {
        case .preview(let desired):
            let plan = planner.plan(desired: desired, actual: actualState(of: desired.source))
            reply(.plan(forecast(plan)), to: number)
        case .rollout(let order): carryOut(order, number: number, at: now)
        case .sync(let source, let confirm):
            let configured = settings.sources.map(\.name)
            // Nothing is looked at in a source that is not configured any more; only its removal can be let go.
            let all = confirm == nil ? configured : configured + formers.keys.sorted()
            let names = source.map { [$0] } ?? all
            guard names.allSatisfy({ record(of: $0) != nil }), !names.isEmpty else {
                let known = configured.joined(separator: ", ")
                reply(.refused("there is no source \(source ?? ""); the sources are: \(known)"), to: number)
                return
            }
            if let confirm {
                reply(letGo(confirm, amongst: names, at: now), to: number)
                return
            }
            if let former = names.compactMap({ formers[$0] }).first {
                reply(.refused(refusalToSync(former)), to: number)
                return
            }
            syncs[number] = PendingSync(sources: Set(names))
            for name in names {
                desks[name]?.waiting.insert(number)
                turn.looks.append(Turn.WantedLook(source: name, request: number))
            }
        }
    }

    mutating func reply(_ reply: ControlReply, to request: Int) {
        turn.replies.append(Turn.Reply(request: request, reply: reply))
    }

    /// Adds one source's outcome to a sync, and replies when every source has given its own.
    private mutating func note(_ outcome: SyncOutcome, for request: Int) {
        guard var sync = syncs[request] else { return }
        sync.sources.remove(outcome.source)
        sync.outcomes.append(outcome)
        syncs[request] = sync
        guard sync.sources.isEmpty else { return }
        syncs[request] = nil
        reply(.synced(sync.outcomes.sorted { $0.source < $1.source }), to: request)
    }

    /// Plans for what the source declares now and applies the plan, holds it, or finds nothing to do. Without a request
    /// nothing is done where all that the last plan stood on is as it was. A held plan is made anew at each look: its
    /// hash, by which a person lets it go, stands for the instances as well.
    private mutating func decide(_ desk: inout SourceDesk, isAsked: Bool, at now: Instant) -> SyncOutcome {
        guard let desired = desk.desired else {
            return SyncOutcome(source: desk.name, result: .unchanged, revision: desk.record.applied)
        }
        guard desk.isOutdated || isAsked || desk.record.held != nil else {
            return SyncOutcome(source: desk.name, result: .unchanged, revision: desired.revision)
        }
        let plan = planner.plan(desired: desired, actual: actualState(of: desk.name))
        desk.plan = plan
        desk.isOutdated = false
        if let reason = reasonToHold(plan, desk: desk, isAsked: isAsked) {
            // It waits, and people look at it: what would come of it is part of that.
            desk.plan = forecast(plan)
            desk.record.held = HeldPlan(planHash: plan.hash, revision: desired.revision, reason: reason)
            return SyncOutcome(
                source: desk.name,
                result: .held,
                revision: desired.revision,
                planHash: plan.hash,
                message: reason
            )
        }
        return apply(plan, of: &desk, desired: desired, at: now)
    }

    /// Why a plan is not applied by itself; `nil` where it is.
    private func reasonToHold(_ plan: Plan, desk: SourceDesk, isAsked: Bool) -> String? {
        let letGo = "let it go with: pacer sync --source \(desk.name) --confirm \(plan.hash)"
        if desk.isRewritten {
            let applied = desk.record.applied?.rawValue.prefix(12) ?? "nothing"
            return
                "the branch was rewritten: its tip does not descend from \(applied), which was applied last; \(letGo)"
        }
        let removals = plan.changes.count { $0.action == .remove }
        let apps = rollouts.records.count { $0.source == desk.name }
        let share = Int64(removals) * 1_000_000 > Int64(apps) * settings.sync.pruneShareMillionths
        if removals > settings.sync.pruneApps, share {
            return "the plan removes \(removals) of \(apps) apps, more than the prune budget allows; \(letGo)"
        }
        guard settings.sync.auto || isAsked || plan.changes.isEmpty else {
            return "syncing is manual (sync.auto is false); apply it with: pacer sync --source \(desk.name)"
        }
        return nil
    }

    /// Lets the plan with this hash go, whichever of the sources it belongs to.
    private mutating func letGo(_ hash: Digest, amongst names: [String], at now: Instant) -> ControlReply {
        let holder =
            names.first { record(of: $0)?.held?.planHash == hash } ?? names.first { desks[$0]?.plan?.hash == hash }
        if let holder { return letGo(hash, of: holder, at: now) }
        if names.count == 1, let only = names.first { return letGo(hash, of: only, at: now) }
        let held = names.compactMap { name in
            record(of: name)?.held.map { "source \(name) holds \($0.planHash): \($0.reason)" }
        }
        let story = held.isEmpty ? "no plan is held at present" : held.joined(separator: "; ")
        return .refused("no source has a plan with the hash \(hash); \(story)")
    }

    /// Lets a held plan go, if it still is the same plan.
    private mutating func letGo(_ hash: Digest, of name: String, at now: Instant) -> ControlReply {
        if let former = formers[name] { return letGo(hash, ofFormer: former, at: now) }
        guard var desk = desks[name], let desired = desk.desired else {
            return .refused("source \(name) was not read yet; look again in a moment")
        }
        let plan = planner.plan(desired: desired, actual: actualState(of: name))
        guard plan.hash == hash else {
            return .refused(
                """
                the plan of source \(name) is another one by now: its hash is \(plan.hash), not \(hash), and \
                \(desk.record.held == nil ? "nothing is held there" : "it is held"); look at it with `pacer plan`
                """
            )
        }
        let outcome = apply(plan, of: &desk, desired: desired, at: now)
        keep(desk, at: now)
        return .synced([outcome])
    }

    private mutating func apply(
        _ plan: Plan,
        of desk: inout SourceDesk,
        desired: DesiredState,
        at now: Instant
    ) -> SyncOutcome {
        if desk.record.applied != desired.revision || desk.record.held != nil {
            desk.record.applied = desired.revision
            desk.record.tree = desired.tree
            desk.record.at = now
            desk.record.held = nil
            desk.isRewritten = false
        }
        noteMoves(of: desired, at: now)
        guard !plan.changes.isEmpty else {
            return SyncOutcome(
                source: desk.name,
                result: .unchanged,
                revision: desired.revision,
                planHash: plan.hash,
                message: plan.refusals
            )
        }
        let id = deploy(plan, source: desk.name, revision: desired.revision, at: now)
        desk.plan = planner.plan(desired: desired, actual: actualState(of: desk.name))
        desk.isOutdated = false
        return SyncOutcome(
            source: desk.name,
            result: .applied,
            revision: desired.revision,
            deployment: id,
            planHash: plan.hash,
            message: plan.refusals
        )
    }

    /// Starts the deployment that carries a plan out.
    mutating func deploy(_ plan: Plan, source: String, revision: Revision, at now: Instant) -> DeploymentID {
        for spec in plan.changes.compactMap(\.desired) {
            shelf.add(spec)
            absorb(scheduler.handle(.learn(spec), at: now), at: now)
        }
        let id = deployments.open(
            source: source,
            revision: revision,
            planHash: plan.hash,
            apps: plan.changes.count,
            at: now
        )
        turn.batch.record(
            JournalEntry(
                at: now,
                type: "deployment.started",
                app: nil,
                facts: [
                    "deployment": id.rawValue, "source": source, "revision": revision.rawValue,
                    "plan": plan.hash.hex, "apps": "\(plan.changes.count)",
                ]
            )
        )
        absorb(rollouts.handle(.deploy(plan, id, revision, source: source), at: now), at: now)
        for change in plan.changes { noteFooting(of: change.app, rollouts.record(of: change.app)) }
        return id
    }

    /// Tells the rollouts of declarations that moved to another file without changing, or came from another source.
    private mutating func noteMoves(of desired: DesiredState, at now: Instant) {
        for (id, declaration) in desired.apps {
            guard let record = rollouts.record(of: id), record.desired != nil else { continue }
            let isHeir = heirs[id] == ActualState.Heir(source: desired.source, mayTake: true)
            guard record.source == desired.source || isHeir else { continue }
            guard isHeir || record.file != declaration.file else { continue }
            let moved = RolloutEvent.declared(
                id,
                source: desired.source,
                file: declaration.file,
                revision: record.revision
            )
            absorb(rollouts.handle(moved, at: now), at: now)
            noteFooting(of: id, rollouts.record(of: id))
        }
    }

    /// What there is of a source's apps, and of apps of other sources with the same ids.
    func actualState(of source: String) -> ActualState {
        var apps: [AppID: ActualState.App] = [:]
        for record in rollouts.records {
            apps[record.id] = ActualState.App(
                record: record,
                spec: shelf[record.desired],
                instances: scheduler.instances(of: record.id)
            )
        }
        return ActualState(apps: apps, specs: shelf.specs, heirs: heirs)
    }

    /// After a commit every app of the source may have another sync status.
    private mutating func markAll(of desired: DesiredState) {
        stale.formUnion(desired.apps.keys)
        for record in rollouts.records where record.source == desired.source { stale.insert(record.id) }
        stale.formUnion(desired.broken.flatMap(\.claims))
    }
}
