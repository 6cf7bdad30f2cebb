import Boundary
import Domain
import Planning
import Rollout
import Scheduling

/// A source that the store knows and the configuration does not name: nothing is read of it any more. What it once
/// declared runs on until a person confirms the plan that removes it.
///
///     out of the configuration ──its apps are planned away, held──▶ confirmed ──the last app is gone──▶ forgotten
///                              ──configured again──▶ the hold is gone
struct FormerSource: Sendable {
    /// The source's name.
    let name: String
    /// What is stored of it.
    var record: SourceRecord
    /// The plan that removes its apps; `nil` until every configured source was read in this term.
    var plan: Plan?
    /// Whether something that the plan stands on is another by now.
    var isOutdated = true
    /// The apps that the plan removes, each with the number of instances that it was planned for.
    var planned: [AppID: Int] = [:]

    init(name: String, record: SourceRecord) {
        self.name = name
        self.record = record
    }
}

extension Engine {
    /// The sources that have a record or apps in the store, and no place in the configuration.
    static func formers(in image: StoreImage, besides settings: ControllerSettings) -> [String: FormerSource] {
        let configured = Set(settings.sources.map(\.name))
        let known = Set(image.sources.keys).union(image.apps.values.map(\.source)).subtracting(configured)
        var formers: [String: FormerSource] = [:]
        for name in known {
            let record = image.sources[name] ?? SourceRecord(name: name)
            formers[name] = FormerSource(name: name, record: record)
        }
        return formers
    }

    /// The configured sources that were not read in this term: nobody knows what they declare.
    var unreadSources: [String] { settings.sources.map(\.name).filter { desks[$0]?.desired == nil } }

    /// Plans the removal of what the former sources have left, where something has changed; forgets those that have
    /// nothing left. Nothing is removed here: each of these plans is held, whatever the policy is.
    mutating func tendFormers(at now: Instant) {
        releaseReturned(at: now)
        guard !formers.isEmpty, unreadSources.isEmpty else { return }
        for app in stale { noteInstances(of: app) }
        for name in formers.keys.sorted() where formers[name]?.isOutdated == true {
            let apps = rollouts.records.filter { $0.source == name }.map(\.id)
            if apps.isEmpty { forget(name, at: now) } else { hold(name, apps: apps, at: now) }
        }
    }

    /// A source that is configured again has no use for the plan that removes it.
    private mutating func releaseReturned(at now: Instant) {
        for name in settings.sources.map(\.name) {
            guard var desk = desks[name], desk.record.held?.removesSource == true else { continue }
            desk.record.held = nil
            keep(desk, at: now)
        }
    }

    /// The plan's hash stands for the number of instances as well.
    private mutating func noteInstances(of app: AppID) {
        guard let name = rollouts.record(of: app)?.source, let planned = formers[name]?.planned[app] else { return }
        if planned != wantedInstances(of: app) { formers[name]?.isOutdated = true }
    }

    private func wantedInstances(of app: AppID) -> Int {
        scheduler.instances(of: app).count { $0.goal == .running }
    }

    private mutating func hold(_ name: String, apps: [AppID], at now: Instant) {
        guard var former = formers[name] else { return }
        let plan = removalPlan(of: name)
        former.plan = plan
        former.isOutdated = false
        former.planned = [:]
        for change in plan.changes { former.planned[change.app] = wantedInstances(of: change.app) }
        former.record.held = heldRemoval(plan, of: former)
        // What was wrong with its files is nobody's concern any more.
        former.record.note([])
        keep(former, at: now)
        stale.formUnion(apps)
    }

    private func removalPlan(of name: String) -> Plan {
        let broken = settings.sources.flatMap { desks[$0.name]?.desired?.broken ?? [] }
        return planner.plan(withoutSource: name, broken: broken, actual: actualState(of: name))
    }

    private func heldRemoval(_ plan: Plan, of former: FormerSource) -> HeldPlan? {
        guard let first = plan.changes.first, let record = rollouts.record(of: first.app) else { return nil }
        let apps = plan.changes.count == 1 ? "1 app runs" : "\(plan.changes.count) apps run"
        let them = plan.changes.count == 1 ? "it" : "them"
        return HeldPlan(
            planHash: plan.hash,
            revision: former.record.applied ?? record.revision,
            reason: """
                the source is not in the configuration, and its \(apps) on; add the source again, or remove \(them) \
                with: pacer sync --source \(former.name) --confirm \(plan.hash)
                """,
            removesSource: true
        )
    }

    /// Lets the removal of a former source's apps go, if it still is the plan with this hash.
    mutating func letGo(_ hash: Digest, ofFormer former: FormerSource, at now: Instant) -> ControlReply {
        let name = former.name
        if let unread = unreadSources.first {
            return .refused(
                "source \(unread) was not read yet, and may declare apps of source \(name); ask again when it was read"
            )
        }
        let plan = removalPlan(of: name)
        guard plan.hash == hash else {
            return .refused(
                """
                the plan that removes the apps of source \(name) is another one by now: its hash is \(plan.hash), not \
                \(hash); look at it with `pacer plan`
                """
            )
        }
        guard let held = heldRemoval(plan, of: former) else {
            return .refused("source \(name) has no app that could be removed now; look at it with `pacer plan`")
        }
        let deployment = deploy(plan, source: name, revision: held.revision, at: now)
        var former = former
        former.record.held = nil
        former.isOutdated = true
        keep(former, at: now)
        return .synced([
            SyncOutcome(source: name, result: .applied, revision: nil, deployment: deployment, planHash: hash)
        ])
    }

    /// Why nothing but the removal can be asked of a former source.
    func refusalToSync(_ former: FormerSource) -> String {
        let held = former.record.held.map { "; \($0.reason)" } ?? ""
        return "source \(former.name) is not in the configuration and cannot be read\(held)"
    }

    private mutating func keep(_ former: FormerSource, at now: Instant) {
        guard let before = formers[former.name] else { return }
        if former.record != before.record { turn.batch.put(.source(former.name), .source(former.record)) }
        if let entry = former.record.heldNews(since: before.record, at: now) { turn.batch.record(entry) }
        formers[former.name] = former
    }

    private mutating func forget(_ name: String, at now: Instant) {
        formers[name] = nil
        turn.batch.remove(.source(name))
        turn.batch.record(JournalEntry(at: now, type: "source.forgotten", app: nil, facts: ["source": name]))
    }

    /// What becomes of an app; `nil` where its source is configured.
    func wayOut(of record: AppRecord) -> DriftInput.WayOut? {
        guard let former = formers[record.source] else { return nil }
        if let heir = heirs[record.id] { return .handOver(to: heir.source) }
        if former.planned[record.id] != nil, let held = former.record.held { return .removal(held.planHash) }
        if let unread = unreadSources.first {
            return .kept(because: "its removal is planned when source \(unread) was read")
        }
        guard record.pin == nil else { return .kept(because: "it is pinned; its removal is planned when the pin ends") }
        return .kept(because: "a file with errors may declare it; its removal is planned when the file is mended")
    }
}
