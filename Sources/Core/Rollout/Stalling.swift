import Domain

/// Whether a rollout gets anywhere. One that does not says so, and others have its turn.
///
/// Until a new task has failed, every step of an instance leads somewhere. From then on a task that is started again is no
/// movement, only that the app comes nearer to its aim than ever in this rollout: what fails for ever would otherwise move
/// for ever. How near it was is recorded from the first failure on, so that a rollout that goes well writes nothing for it.
extension Rollouts {
    /// Notes how near an app was to its aim when the first of its new tasks fails.
    /// - Parameter app: The app before the failure.
    mutating func noteNearest(of app: App, at now: Instant) {
        let id = app.record.id
        guard let rollout = app.record.rollout, rollout.nearest == nil, let spec = specInForce(of: app) else { return }
        let terms = terms(of: app, spec, at: now)
        let census = Census(desired: spec, old: specs, instances: app.instances, terms: terms)
        change(id) { $0.rollout?.nearest = census.progress }
    }

    /// Notes when an app that has failed comes nearer to its aim than ever in this rollout.
    mutating func noteProgress(_ id: AppID, _ census: Census, at now: Instant) {
        guard let nearest = apps[id]?.record.rollout?.nearest, census.progress > nearest else { return }
        change(id) { record in
            record.rollout?.nearest = census.progress
            record.rollout?.nearestAt = now
        }
    }

    /// Why nothing has moved for longer than the deadline, if so.
    func stall(_ app: App, _ spec: Spec, at now: Instant) -> String? {
        guard let moment = stallMoment(app, spec), moment <= now else { return nil }
        return
            "stalled: nothing has moved for \(spec.app.strategy.deadline.count / 1000) s; it goes on as soon as it can"
    }

    /// When a rollout in which nothing moves any more counts as stalled.
    func stallMoment(_ app: App, _ spec: Spec) -> Instant? {
        guard let rollout = app.record.rollout, [.canary, .rolling, .rollingBack].contains(rollout.phase)
        else { return nil }
        let moved = rollout.nearest == nil ? app.instances.map(\.since).max() : rollout.nearestAt
        return max(moved ?? rollout.since, rollout.since) + spec.app.strategy.deadline
    }
}
