package import Domain

/// The machine that leads every app from what it runs to what it shall run. Its states are those of
/// ``RolloutRecord/Phase``.
///
/// Level-triggered: an event only changes what the machine knows and marks the app; at ``RolloutEvent/tick`` each marked
/// app is looked at afresh, from its record, its specs and its instances, until nothing moves any more. What it orders
/// is at once part of what it knows, so a second look in the same turn does not order it again. Nothing that matters is
/// kept beside records, specs and instances: a new leader that is given them goes on at the same place.
///
/// The shell feeds the instances of an app back, all of them, after the scheduler took the orders.
package struct Rollouts: Sendable {
    struct App: Sendable {
        var record: AppRecord
        /// Sorted by number.
        var instances: [Instance]
    }

    /// What holds for all apps.
    package let policy: RolloutPolicy

    var apps: [AppID: App] = [:]
    var specs: [Digest: Spec]
    /// Apps that must be looked at before the turn ends.
    var marked: Set<AppID> = []
    /// Apps whose record differs from what was last handed out.
    var unsaved: Set<AppID> = []
    /// Apps whose ``progress(of:)`` may read differently because of what they wait for.
    var retold: Set<AppID> = []
    /// Orders and notes of this turn.
    var outbox: [RolloutEffect] = []
    var dependencies = Dependencies()
    /// Whether apps came or went since the dependencies were worked out.
    var appsChanged = true
    /// When an app must be looked at although nothing happens to it.
    var alarms: [AppID: Instant] = [:]
    var budget = Budget()
    /// Whether the budget knows what was on its way when this machine was made.
    var knowsStarting = false
    var losses = Losses()
    var outcomes = Outcomes()

    /// Takes over what the store holds. Every app is looked at in the first turn. Instances of an app that has no record
    /// are stopped.
    package init(
        records: [AppRecord],
        specs: [Digest: Spec],
        instances: [Instance],
        policy: RolloutPolicy = RolloutPolicy()
    ) {
        self.policy = policy
        self.specs = specs
        for record in records {
            apps[record.id] = App(record: record, instances: [])
            budget.follow(record)
            outcomes.restore(record)
        }
        for (app, members) in Dictionary(grouping: instances, by: \.id.app).sorted(by: { $0.key < $1.key }) {
            for instance in members { losses.restore(instance) }
            take(members, of: app, at: nil)
        }
        marked = Set(apps.keys)
        refreshDependencies()
        for id in apps.keys { refreshReadiness(of: id) }
    }

    /// The app's record as it is now; `nil` where there is no such app (any more).
    package func record(of app: AppID) -> AppRecord? { apps[app]?.record }

    /// All records, sorted by id.
    package var records: [AppRecord] { apps.values.map(\.record).sorted { $0.id < $1.id } }

    /// The apps whose ``progress(of:)`` may read differently, though nothing was ordered for them, because of what they wait
    /// for; those since the last call.
    package mutating func takeRetold() -> Set<AppID> {
        defer { retold = [] }
        return retold
    }

    /// When a tick is needed though nothing else happens.
    package var nextDeadline: Instant? {
        [alarms.values.min(), losses.nextChange].compactMap(\.self).min()
    }

    /// Takes an event. Orders, notes and changed records come at ``RolloutEvent/tick``: each record once.
    package mutating func handle(_ event: RolloutEvent, at now: Instant) -> [RolloutEffect] {
        switch event {
        case .deploy(let plan, let deployment, let revision, let source):
            deploy(plan, Origin(deployment: deployment, revision: revision, source: source, now: now))
        case .instances(let app, let instances):
            take(instances, of: app, at: now)
        case .backoff(let app, let state):
            change(app) { $0.backoff = state }
        case .declared(let app, let source, let file, let revision):
            change(app) { record in
                record.source = source
                record.file = file
                record.revision = revision
            }
        case .forget(let digest):
            specs[digest] = nil
        case .tick:
            return endTurn(at: now)
        }
        return []
    }
}

// MARK: - What the machine knows

extension Rollouts {
    /// Takes the instances of an app for what they are now.
    /// - Parameter now: `nil` where they are not news but what the store holds.
    private mutating func take(_ instances: [Instance], of id: AppID, at now: Instant?) {
        guard let app = apps[id] else {
            // The last word on an app that is gone has nothing to stop; anything else must not run.
            outbox += instances.filter { $0.goal == .running }.map(\.id).sorted().map(RolloutEffect.stop)
            return
        }
        let sorted = instances.sorted { $0.id < $1.id }
        apps[id]?.instances = sorted
        let highest = instances.map(\.id.number).max() ?? 0
        change(id) { $0.nextInstance = max($0.nextInstance, highest + 1) }
        if let now { compare(app, with: sorted, at: now) }
        marked.insert(id)
        refreshReadiness(of: id)
    }

    /// Changes a record, and remembers to hand it out if anything is different.
    mutating func change(_ id: AppID, _ body: (inout AppRecord) -> Void) {
        guard var app = apps[id] else { return }
        let before = app.record
        body(&app.record)
        guard app.record != before else { return }
        apps[id] = app
        unsaved.insert(id)
        if budget.follow(app.record) { marked.insert(id) }
    }

    /// Works out whether the app is healthy on its desired spec with no rollout in progress: what others wait for.
    mutating func refreshReadiness(of id: AppID) {
        dependencies.setReady(id, isReady(id))
    }

    private func isReady(_ id: AppID) -> Bool {
        guard let app = apps[id], app.record.rollout == nil, let spec = specInForce(of: app) else { return false }
        guard app.record.suspension == nil else { return false }
        let healthy = app.instances.count { instance in
            instance.goal == .running && instance.digest == spec.digest && instance.isHealthy(under: spec.app)
        }
        return healthy >= spec.app.instances
    }
}

// MARK: - The end of a turn

extension Rollouts {
    private mutating func endTurn(at now: Instant) -> [RolloutEffect] {
        if !knowsStarting { countStarting(at: now) }
        marked.formUnion(alarms.filter { $0.value <= now }.keys)
        marked.formUnion(refreshBrake(at: now))
        while !marked.isEmpty {
            let round = marked.sorted()
            marked = []
            for id in round { evaluate(id, at: now) }
        }
        let effects = outbox + unsaved.sorted().compactMap { apps[$0].map { .changed($0.record) } }
        outbox = []
        unsaved = []
        return effects
    }

    private mutating func evaluate(_ id: AppID, at now: Instant) {
        expire(id, at: now)
        budget.look(at: id)
        defer { if let next = budget.takeNext(policy.maxConcurrentApps) { marked.insert(next) } }
        guard let app = apps[id] else { return }
        retold.formUnion(dependencies.held(by: id))
        if app.record.desired == nil {
            stopAll(app)
        } else {
            advance(app, at: now)
        }
        if !budget.active.contains(id) { marked.formUnion(budget.setStarting(0, of: id)) }
        refreshReadiness(of: id)
        setAlarm(id, after: now)
        let isGoing = apps[id]?.record.desired == nil
        guard isGoing || dependencies.isReady(id) else { return }
        let known = apps
        let woken = dependencies.wake(waitingFor: id) { known[$0]?.record.desired != nil }
        retold.formUnion(woken)
        marked.formUnion(woken)
    }
}
