import Domain
import Planning

/// What is done about new tasks that fail.
extension Rollouts {
    /// Sees what happened to an app's instances between two looks: losses for the brake, failures for the rollout.
    mutating func compare(_ app: App, with instances: [Instance], at now: Instant) {
        let known = Dictionary(app.instances.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for instance in instances {
            guard let before = known[instance.id] else { continue }
            if instance.condition == .unreachable, before.condition != .unreachable { losses.note(at: now) }
            guard let end = instance.lastEnd, end.task != before.lastEnd?.task else { continue }
            if Losses.isLoss(end), before.condition != .unreachable { losses.note(at: now) }
            guard isFailure(end, of: before, app.record) else { continue }
            noteNearest(of: app, at: now)
            // On the way back failures are not counted: there is nothing else to go back to.
            guard app.record.rollout?.phase != .rollingBack else { continue }
            fail(app.record.id, "\(instance.id): \(TaskEndCause.text(of: end))", at: now)
        }
    }

    /// Whether the end of a task speaks against the new version: a new task, that ended by its own doing or because its
    /// check did not pass.
    private func isFailure(_ end: TaskEnd, of instance: Instance, _ record: AppRecord) -> Bool {
        guard let rollout = record.rollout, [.canary, .rolling, .rollingBack].contains(rollout.phase) else {
            return false
        }
        // A task that is ended for its successor has counted already, if it failed at all.
        guard instance.goal == .running, instance.next == nil, instance.digest == record.desired else { return false }
        guard let task = instance.task, task.owns(end.task), task.launched >= rollout.began else { return false }
        switch TaskEndCause(end) {
        case .failed: return true
        case .killed: return task.healthy == false
        case .agentLost, .agentDrained, .refused: return false
        }
    }

    /// New tasks that have had enough time to become healthy.
    func overdue(_ app: App, _ spec: Spec, _ terms: RolloutStep.Terms) -> [Instance] {
        let census = Census(desired: spec, old: specs, instances: app.instances, terms: terms)
        return census.current.filter { instance in
            guard let moment = terms.overdue(instance), moment <= terms.now else { return false }
            return census.standing(of: instance) < .watched
        }
    }

    /// Replaces tasks that did not become healthy in time; each counts as a failure.
    mutating func replace(_ late: [Instance], of id: AppID, _ spec: Spec, at now: Instant) {
        let deadline = spec.app.strategy.deadline.count / 1000
        if let app = apps[id] { noteNearest(of: app, at: now) }
        for instance in late {
            guard let index = apps[id]?.instances.firstIndex(where: { $0.id == instance.id }) else { continue }
            if instance.reservation == nil {
                apps[id]?.instances[index].goal = .stopped
                outbox.append(.stop(instance.id))
            } else {
                apps[id]?.instances[index].relaunch(under: spec.digest)
                outbox.append(.relaunch(instance.id, spec.digest))
            }
            fail(id, "\(instance.id): not healthy within \(deadline) s", at: now)
        }
        marked.insert(id)
    }

    /// Counts a failure; the last that is allowed ends the attempt.
    mutating func fail(_ id: AppID, _ failure: String, at now: Instant) {
        change(id) { record in
            record.rollout?.failures += 1
            // What has failed is looked at again before all instances follow.
            record.promoted = nil
            record.rollout?.lastFailure = failure.cut(to: 300)
        }
        guard let app = apps[id], let rollout = app.record.rollout, let desired = app.record.desired else { return }
        guard [.canary, .rolling].contains(rollout.phase), let spec = specs[desired] else { return }
        let strategy = spec.app.strategy
        guard rollout.failures >= strategy.maxFailures, strategy.onFailure != .continue else { return }
        let tasks = Rollouts.counted(rollout.failures, "new task")
        let reason = "\(tasks) failed; the last: \(rollout.lastFailure ?? "")"
        outcomes.failed(id, in: rollout.deployment)
        // Where a person has pinned the app, no machine leads it elsewhere.
        let goesBack = strategy.onFailure == .rollback && app.record.pin == nil
        if goesBack, let target = app.record.lastHealthy, target != desired, specs[target] != nil {
            rollBack(id, to: target, because: reason, at: now)
        } else {
            pause(id, because: "\(reason); go on with: pacer rollout retry \(id)", at: now)
        }
        brake(rollout.deployment, at: now)
    }

    /// Turns an app back to a spec that was healthy. The one that it leaves is held back, unless git's is already: of what
    /// lies between nobody would try anything.
    /// - Parameter about: The deployment that brought what is left, where that is not the present rollout's.
    mutating func rollBack(
        _ id: AppID,
        to target: Digest,
        because reason: String,
        order: Order? = nil,
        leaving about: DeploymentID? = nil,
        at now: Instant
    ) {
        guard let record = apps[id]?.record, let left = record.desired else { return }
        let deployment = about ?? record.rollout?.deployment
        change(id) { record in
            if record.heldBack?.digest == target {
                record.heldBack = nil
            } else if left != target, record.heldBack == nil, let deployment {
                // What has failed stays held back when the pin of the order ends.
                let isStopped = record.rollout?.phase == .paused && record.rollout?.order == nil
                let hasFailed = isStopped || (record.rollout?.failures ?? 0) > 0
                record.heldBack = HeldBack(
                    digest: left,
                    deployment: deployment,
                    reason: reason,
                    at: now,
                    endsWithPin: order != nil && !hasFailed ? true : nil
                )
            }
            record.desired = target
            if let revision = record.history?.first(where: { $0.digest == target })?.revision {
                record.revision = revision
            }
            record.restart = nil
            if record.backoff?.digest != target { record.backoff = nil }
            record.rollout?.phase = .rollingBack
            record.rollout?.nearest = nil
            record.rollout?.nearestAt = nil
            record.rollout?.hindrance = nil
            record.rollout?.reason = "goes back to \(target.short): \(reason)"
            record.rollout?.since = now
            record.rollout?.pausedIn = nil
            record.rollout?.order = order
        }
        outbox.append(.note(.rolledBack(id, from: left, to: target, reason)))
        marked.insert(id)
        refreshDependencies()
        refreshReadiness(of: id)
    }

    /// Stops a rollout where it is.
    mutating func pause(_ id: AppID, because reason: String, order: Order? = nil, at now: Instant) {
        change(id) { record in
            guard let rollout = record.rollout, rollout.phase != .paused else { return }
            record.rollout?.phase = .paused
            record.rollout?.pausedIn = rollout.phase
            record.rollout?.reason = reason
            record.rollout?.hindrance = nil
            record.rollout?.since = now
            record.rollout?.order = order
        }
        outbox.append(.note(.paused(id, reason)))
        marked.insert(id)
    }
}

// MARK: - The brake

extension Rollouts {
    /// Pauses the rest of a wide deployment whose first apps fail.
    private mutating func brake(_ deployment: DeploymentID, at now: Instant) {
        let underway = apps.values.filter { app in
            guard let rollout = app.record.rollout, rollout.deployment == deployment else { return false }
            return [.waiting, .canary, .rolling].contains(rollout.phase)
        }
        guard let failed = outcomes.alarming(deployment, underway: underway.count, policy.brake) else { return }
        let names = failed.prefix(5).map(\.path).joined(separator: ", ")
        let reason =
            "the brake: \(Rollouts.counted(failed.count, "app")) of this deployment failed (\(names)); "
            + "go on with: pacer deployment resume \(deployment)"
        for app in underway.sorted(by: { $0.record.id < $1.record.id }) {
            pause(app.record.id, because: reason, at: now)
        }
    }

    /// Looks whether the cluster's brake is to be pulled or released.
    /// - Returns: the apps that it holds, or holds no more.
    mutating func refreshBrake(at now: Instant) -> Set<AppID> {
        let known = apps
        let hasChanged = losses.refresh(
            policy.brake,
            instances: { known.values.reduce(0) { $0 + $1.instances.count } },
            at: now
        )
        guard hasChanged else { return [] }
        outbox.append(.note(.brake(until: losses.brakedUntil, lost: losses.count)))
        return Set(apps.values.filter { $0.record.rollout != nil }.map(\.record.id))
    }
}
