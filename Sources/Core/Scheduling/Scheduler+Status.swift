import Domain

extension Scheduler {
    /// Takes in a task's state. Whatever it means, it is acknowledged after what it changed is durable: a status that is
    /// not would come again for ever, and hold back every later one of its task.
    mutating func update(_ status: TaskStatus, at now: Instant) {
        reconciler.settle(status.task)
        if let instance = book.owner(of: status.task) {
            take(status, about: instance, at: now)
        } else {
            stray(status, at: now)
        }
        if let uuid = status.uuid, let agent = status.agent {
            emit(.afterCommit(.acknowledge(status.task, agent, uuid: uuid)))
        }
    }

    private mutating func take(_ status: TaskStatus, about instance: Instance, at now: Instant) {
        switch verdict(on: instance, status, at: now) {
        case .nothing:
            observe(instance, at: now)
        case .changed(let changed):
            save(changed, at: now)
            observe(changed, at: now)
            endGroup(of: changed, after: status, at: now)
        case .ended(let ending):
            end(instance, ending, status, at: now)
            return
        }
        // A task that is back from a cut-off agent may never have got the kill: Mesos does not keep it for later.
        let isBack = instance.condition == .unreachable && !isCutOff(status.state)
        if isBack || status.reason == "REASON_AGENT_REREGISTERED" { kills.hurry(status.task, at: now) }
    }

    private func verdict(on instance: Instance, _ status: TaskStatus, at now: Instant) -> StatusReducer.Verdict {
        let single = StatusReducer(givesUpUnreachable: patience(with: instance) == .zero)
        guard instance.task?.members != nil else { return single.verdict(on: instance, status, at: now) }
        return GroupReducer(single: single).verdict(on: instance, status, at: now)
    }

    /// A member of a task group may be over while others live. Mesos's executor kills those; should it fail to, so do we,
    /// when it has had its time.
    private mutating func endGroup(of instance: Instance, after status: TaskStatus, at now: Instant) {
        guard let task = instance.task, task.members != nil, !task.liveTaskIDs.contains(status.task) else { return }
        kills.settle(status.task)
        killBrokenGroup(of: instance, at: now)
    }

    /// Puts what lives of a broken task group on the list of kills.
    mutating func killBrokenGroup(of instance: Instance, at now: Instant) {
        guard let task = instance.task, task.isBroken else { return }
        requestKills(of: task, of: instance.id, at: now + settings.killRetry)
    }

    /// Puts all that lives of a task on the list of kills.
    mutating func requestKills(of task: TaskRecord, of instance: InstanceID, at moment: Instant) {
        for id in task.liveTaskIDs { kills.request(id, on: task.agent.id, of: instance, at: moment) }
    }

    private func isCutOff(_ state: TaskStatus.State) -> Bool { state == .unreachable || state == .unknown }

    /// Looks whether a task proves that its app no longer fails.
    private mutating func observe(_ instance: Instance, at now: Instant) {
        guard let task = instance.task, let state = backoff[instance.id.app] else { return }
        guard isSame(state.digest, instance.digest), let spec = requests[instance.digest]?.spec.app else { return }
        let isHealthy = instance.isHealthy(under: spec)
        backoff.observe(instance.id.app, task, isHealthy: isHealthy, settings.backoffForget, at: now)
    }

    /// A task is over: its instance waits for a new one, or goes if it was to stop.
    mutating func end(
        _ instance: Instance,
        _ ending: StatusReducer.Ending,
        _ status: TaskStatus,
        at now: Instant
    ) {
        guard let task = instance.task else { return }
        var end = ending.told ?? TaskEnd(status, on: task.agent, at: now)
        if instance.condition == .unreachable { end.unreachableSince = instance.since }
        for id in task.taskIDs {
            kills.settle(id)
            reconciler.settle(id)
        }
        if ending.mayReturn {
            let claim = claim(of: instance, after: status, at: now)
            for id in task.liveTaskIDs { abandoned.insert(id, claim: claim) }
        }
        backoff.ended(instance.id.app, task.id)
        emit(.note(.ended(instance.id, end)))
        var waiting = instance
        waiting.lose(neverArrived(instance, status) ? nil : end, at: now)
        if losesReservation(instance, by: status) { forsake(&waiting, because: "its agent is lost") }
        guard instance.goal == .running || waiting.reservation != nil else { return drop(instance.id, at: now) }
        guard instance.goal == .running else { return rest(waiting, at: now) }
        // A task that is ended for its successor was not asked to live.
        if ending.isFailure, instance.next == nil { slowDown(instance, at: now) }
        save(waiting, at: now)
        demandAroseUnlessDelayed(instance.id.app)
    }

    /// Whether a launch was recorded and, by Mesos's answer, never became a task, as it happens when a leader is killed
    /// between the two. Nothing has ended then: no agent was lost, and there is no end to show to anybody.
    private func neverArrived(_ instance: Instance, _ status: TaskStatus) -> Bool {
        guard instance.condition == .launching, status.reason == "REASON_RECONCILIATION" else { return false }
        return status.state == .gone || status.state == .unknown
    }

    /// What lets a task that is given up be taken back, if its app's `unreachableStrategy` still waits for it.
    private func claim(of instance: Instance, after status: TaskStatus, at now: Instant) -> AbandonedTasks.Claim? {
        guard instance.goal == .running, status.state == .unreachable || status.state == .unknown else { return nil }
        guard instance.condition != .launching, instance.reservation == nil, instance.task?.isBroken == false else {
            return nil
        }
        let strategy = requests[instance.digest]?.spec.app.unreachableStrategy
        guard let expunge = strategy?.expungeAfter, expunge > .zero else { return nil }
        let lost = instance.condition == .unreachable ? instance.since : now
        return AbandonedTasks.Claim(instance: instance, until: lost + expunge)
    }

    /// Gives a task that is back to its instance, if that still waits for a place and wants nothing else by now.
    /// - Returns: whether it did.
    mutating func takeBack(_ status: TaskStatus, at now: Instant) -> Bool {
        guard let claim = abandoned.claim(on: status.task), now < claim.until else { return false }
        guard var instance = book[claim.instance.id], instance.goal == .running, instance.task == nil else {
            return false
        }
        guard isSame(instance.digest, claim.instance.digest), var task = claim.instance.task else { return false }
        let condition: Condition
        switch status.state {
        case .staging: condition = .staging
        case .starting: condition = .starting
        case .running: condition = .running
        default: return false
        }
        for id in task.taskIDs { _ = abandoned.remove(id) }
        task.leavesAt = maintenance.deadline(of: task.agent.id)
        if task.members == nil { task.healthy = status.healthy }
        instance.task = task
        instance.condition = condition
        instance.since = now
        instance = GroupReducer.takenBack(instance, status, as: condition, at: now)
        save(instance, at: now)
        return true
    }

    private mutating func slowDown(_ instance: Instance, at now: Instant) {
        let app = instance.id.app
        let policy = requests[instance.digest]?.spec.app.backoff ?? BackoffPolicy()
        let isOfSame = backoff[app].map { isSame($0.digest, instance.digest) } ?? false
        backoff.raise(app, instance.digest, isSame: isOfSame, policy, at: now)
        emit(.backoff(app, backoff[app]))
    }

    /// Instances whose agents stayed away for too long are replaced, or go.
    mutating func giveUpUnreachable(at now: Instant) {
        while let id = unreachable.takeDue(at: now) {
            guard let instance = book[id], let task = instance.task else { continue }
            let away = (now - instance.since).count / 1000
            let status = TaskStatus(
                task: task.id,
                state: .unreachable,
                agent: task.agent.id,
                message: "given up after \(away) s without its agent"
            )
            end(instance, StatusReducer.Ending(isFailure: false, mayReturn: true), status, at: now)
        }
    }
}
