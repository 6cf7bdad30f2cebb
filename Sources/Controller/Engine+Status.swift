import Boundary
package import Domain
import OrderedCollections
import Planning
import Rollout
import Scheduling

extension Engine {
    /// What a source's record says.
    package func record(of source: String) -> SourceRecord? { desks[source]?.record ?? formers[source]?.record }

    /// Everything that readers may want to know, as of this turn.
    package func snapshot(at now: Instant) -> Snapshot {
        var snapshot = Snapshot(
            name: settings.name,
            environment: settings.environment,
            leadership: .leader(epoch: epoch),
            at: now
        )
        snapshot.mesos = MesosConnection(scheduler.connection)
        snapshot.apps = statuses
        snapshot.drift = ledger.episodes(at: now)
        snapshot.orphans = scheduler.orphans
        snapshot.deployments = deployments.newestFirst
        snapshot.turns = rollouts.turns
        snapshot.sources = settings.sources.compactMap { source in
            guard let desk = desks[source.name] else { return nil }
            var status = SourceStatus(name: desk.name, group: desk.group, record: desk.record)
            status.failure = desk.failure
            status.looks = desk.looks
            status.lookedAt = desk.lookedAt
            status.plan = desk.plan
            return status
        }
        for former in formers.values.sorted(by: { $0.name < $1.name }) {
            var status = SourceStatus(name: former.name, group: .root, record: former.record)
            status.isConfigured = false
            status.plan = former.plan
            snapshot.sources.append(status)
        }
        return snapshot
    }

    /// The apps whose status in the snapshot is not what it would be if it were worked out now. Each turn works out only
    /// those that something happened to; the simulation checks with this that none is forgotten.
    package var outdatedStatuses: [AppID] {
        let refusals = scheduler.refusals
        let declared = desks.values.flatMap { desk in
            desk.desired.map { Array($0.apps.keys) + $0.broken.flatMap(\.claims) } ?? []
        }
        let apps = Set(statuses.keys).union(rollouts.records.map(\.id)).union(declared)
        return apps.filter { statuses[$0] != status(of: $0, refusal: refusals[$0]) }.sorted()
    }

    /// Works the statuses of everything that changed out again, and with them the drift.
    mutating func refreshStatuses(at now: Instant) {
        let refusals = scheduler.refusals
        stale.formUnion(refusals.keys)
        stale.formUnion(waitingForPlace.subtracting(refusals.keys))
        waitingForPlace = Set(refusals.keys)
        var ended: [DriftEpisode] = []
        // Taken out, since the ledger asks the engine what it knows.
        var ledger = DriftLedger()
        swap(&ledger, &self.ledger)
        for app in stale.sorted() {
            statuses[app] = status(of: app, refusal: refusals[app])
            let found = drift(of: app, refusal: refusals[app])
            ended += ledger.observe(found, of: app, at: now) { isUnsure($0, at: now) }
        }
        stale = []
        ended += ledger.observe(driftOutsideApps(), of: nil, at: now) { isUnsure($0, at: now) }
        self.ledger = ledger
        writeDrift(ended)
    }

    private func status(of app: AppID, refusal: RefusalReport?) -> AppStatus? {
        let record = rollouts.record(of: app)
        let desk = desk(of: app, record: record)
        let declaration = desk?.desired?.apps[app]
        let claim = record == nil && declaration == nil ? claim(to: app) : nil
        guard record != nil || declaration != nil || claim != nil else { return nil }
        let spec = shelf[record?.desired] ?? shelf[record?.lastHealthy] ?? declaration?.spec
        let instances = scheduler.instances(of: app)
        let declared = declared(app, record: record, desk: desk)
        let file = declaration?.file ?? record?.file ?? claim?.path
        let objections = objections(to: app)
        let sync = SyncStatus(of: record, spec: shelf[record?.desired], declared: declared, instances: instances)
        return AppStatus(
            id: app,
            record: record,
            spec: spec,
            sync: objections.isEmpty ? sync : .outOfSync,
            health: Health(of: record, spec: shelf[record?.desired], instances: instances),
            instances: instances,
            progress: record?.rollout.map { _ in rollouts.progress(of: app) },
            blocker: rollouts.blocker(of: app),
            awaitedTurn: rollouts.awaitedTurn(of: app),
            refusal: refusal,
            problems: (desk?.desired?.problems ?? desk?.record.problems ?? []).filter { $0.file == file },
            objections: objections
        )
    }

    /// What sources want of an app and cannot have, in the sources' order.
    private func objections(to app: AppID) -> [Objection] {
        settings.sources.compactMap { desks[$0.name]?.objections[app] }
    }

    private func desk(of app: AppID, record: AppRecord?) -> SourceDesk? {
        if let record { return desks[record.source] }
        let configured = settings.sources.compactMap { desks[$0.name] }
        return configured.first { $0.desired?.apps[app] != nil } ?? configured.first { $0.claim(to: app) != nil }
    }

    /// The broken file that declares an app of which there is nothing else: its problems are all that can be told of it.
    private func claim(to app: AppID) -> BrokenFile? {
        settings.sources.lazy.compactMap { desks[$0.name]?.claim(to: app) }.first
    }

    /// What git says of an app.
    private func declared(_ app: AppID, record: AppRecord?, desk: SourceDesk?) -> Declared {
        if let record, formers[record.source] != nil { return .absent }
        guard let desired = desk?.desired else { return .unknown }
        let isBroken = desired.broken.contains { $0.path == record?.file || $0.claims.contains(app) }
        guard !isBroken else { return .unknown }
        return desired.apps[app].map { .spec($0.spec.digest) } ?? .absent
    }

    private func drift(of app: AppID, refusal: RefusalReport?) -> [DriftFinding] {
        guard let record = rollouts.record(of: app) else { return [] }
        return DriftDetector(policy: driftPolicy).findings(
            of: DriftInput.App(
                record: record,
                spec: shelf[record.desired],
                declared: declared(app, record: record, desk: desks[record.source]),
                instances: scheduler.instances(of: app),
                refusals: refusal?.words,
                wayOut: wayOut(of: record),
                objections: objections(to: app),
                isBraked: rollouts.isBraked(app)
            )
        )
    }

    private func driftOutsideApps() -> [DriftFinding] {
        let orphans = scheduler.orphans.map { orphan in
            DriftInput.Orphan(task: orphan.task, agent: orphan.agent?.rawValue ?? "")
        }
        let sources = settings.sources.compactMap { source in
            desks[source.name].map { DriftInput.Source(record: $0.record, failure: $0.failure?.message) }
        }
        return DriftDetector(policy: driftPolicy).findings(apps: [], orphans: orphans, sources: sources)
    }

    private var driftPolicy: DriftInput.Policy {
        DriftInput.Policy(
            selfHeal: settings.sync.selfHeal,
            prune: settings.sync.prune,
            auto: settings.sync.auto
        )
    }
}
