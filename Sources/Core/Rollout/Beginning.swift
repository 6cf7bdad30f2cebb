import Domain

/// What may stand in an app's way before anything of it starts, and while it goes on.
extension Rollouts {
    /// Whether an app that waits may begin: the brake, what it depends on, its turn. Says what it waits for otherwise.
    mutating func mayBegin(_ app: App, _ spec: Spec, at now: Instant) -> Bool {
        let id = app.record.id
        let census = Census(desired: spec, old: specs, instances: app.instances)
        guard !census.startsNothing || app.record.restart != nil else { return true }
        guard !isHeld(app, spec, at: now) else { return false }
        if let obstacle = obstacle(to: spec.app) {
            retold.formUnion(dependencies.wait(id, for: obstacle))
            noteWait(id, waitingReason(spec.app))
            return false
        }
        dependencies.passed(id, spec.app.dependencies)
        return !waitsForTurn(id)
    }

    /// Whether as many apps as may be are rolled out now. Then this one is looked at again when one of them is done.
    /// - Parameter hindrance: What is noted with the reason.
    private mutating func waitsForTurn(_ id: AppID, _ hindrance: RolloutRecord.Hindrance? = nil) -> Bool {
        guard let most = policy.maxConcurrentApps, budget.active.count >= most else { return false }
        budget.waitForApps(id)
        noteWait(id, Rollouts.turnReason(most), hindrance)
        return true
    }

    /// Whether an app that is on its way already may move: it has a turn, or gets one now. It waits for nothing else
    /// once more: neither for what it depends on nor with a canary. What starts nothing needs no turn.
    mutating func hasTurn(_ id: AppID, _ census: Census, at now: Instant) -> Bool {
        guard let rollout = apps[id]?.record.rollout, let hindrance = rollout.hindrance else { return true }
        guard !budget.active.contains(id) else { return true }
        guard census.startsNothing || !waitsForTurn(id, .turn) else { return false }
        change(id) { record in
            record.rollout?.hindrance = nil
            // It could not move before: that was no stall.
            if hindrance == .turn { record.rollout?.since = now }
        }
        return true
    }

    /// What a person is told whose order has to wait for a turn; empty where it need not.
    func turnHint(for id: AppID) -> String {
        guard let most = policy.maxConcurrentApps, budget.active.count >= most else { return "" }
        guard !budget.active.contains(id) else { return "" }
        return "; it \(Rollouts.turnReason(most))"
    }

    /// Whether an app that is on its way has to stand still for now, and says why.
    mutating func isHeld(_ app: App, _ spec: Spec, at now: Instant) -> Bool {
        let id = app.record.id
        if app.record.rollout?.phase == .rollingBack {
            guard let dependent = dependentRollingBack(on: id, at: now) else { return false }
            dependencies.wait(id, for: dependent)
            noteWait(id, "rolls back after \(dependent), which depends on it", .held)
            return true
        }
        guard let released = losses.brakedUntil else { return false }
        let keepsTurn = app.record.rollout?.phase == .waiting || budget.active.contains(id)
        noteWait(
            id,
            Rollouts.brakeReason(lost: losses.count, policy.brake, released: released),
            keepsTurn ? .held : .turn
        )
        return true
    }

    /// An app that depends on this one, is rolled back too, and comes first; no longer than its own deadline, since it
    /// may well need this one to become healthy.
    func dependentRollingBack(on id: AppID, at now: Instant) -> AppID? {
        dependencies.dependent(on: id) { timeToRollBackEnds($0) <= now }
    }

    /// When others no longer wait for an app's way back; long ago where it is not on one.
    func timeToRollBackEnds(_ id: AppID) -> Instant {
        guard let record = apps[id]?.record, let rollout = record.rollout, rollout.phase == .rollingBack else {
            return Instant(milliseconds: .min)
        }
        return rollout.since + (record.desired.flatMap { specs[$0] }?.app.strategy.deadline ?? .zero)
    }

    /// What the app has to wait for: the first dependency that there is and that is not healthy.
    func obstacle(to spec: AppSpec) -> Dependencies.Obstacle? {
        dependencies.obstacle(to: spec.id, dependingOn: spec.dependencies) { apps[$0]?.record.desired != nil }
    }

    private func waitingReason(_ spec: AppSpec) -> String {
        let missing = dependencies.missing(of: spec.dependencies)
        let present = spec.dependencies.filter { !missing.contains($0) }
        let reason = "waits until what it depends on is healthy: \(Rollouts.some(of: present))"
        return missing.isEmpty
            ? reason : "\(reason) (not waited for, as it does not exist: \(Rollouts.some(of: missing)))"
    }

    /// The first few of a list that may be long: the record that holds the sentence is small.
    private static func some(of paths: [String]) -> String {
        let shown = paths.prefix(5).joined(separator: ", ")
        return paths.count <= 5 ? shown : "\(shown) and \(paths.count - 5) more"
    }
}
