import Domain

/// What one status of Mesos means for a pod's instance, one of whose tasks it is about. Pure, like ``StatusReducer``, whose
/// rules hold for each member by itself.
///
/// - The group is where its slowest live member is: it runs when all of them run.
/// - A member that finished is left behind, as Mesos's default executor does: the others go on. One that ended in any other
///   way takes the others with it: the executor kills them, so the group is `killing`.
/// - The instance's task is over when the last member is. The end that is told is the one that explains the others' ends:
///   the first failure; else the first that took the others with it; else, where all of them finished, the first.
/// - What is said of the agent (it is lost, or cut off for good) is said of all members at once: they live under one
///   executor.
struct GroupReducer: Sendable {
    /// What holds for a task by itself.
    var single: StatusReducer

    /// The verdict on `status`, which is about a member of the instance's present task group.
    func verdict(on instance: Instance, _ status: TaskStatus, at now: Instant) -> StatusReducer.Verdict {
        guard var task = instance.task, let index = task.members?.firstIndex(where: { $0.id == status.task }),
            let member = task.members?[index], member.isLive
        else { return .nothing }
        switch single.verdict(on: instance.alone(member), status, at: now) {
        case .nothing: return .nothing
        case .changed(let alone):
            task.members?[index].condition = alone.condition
            task.members?[index].healthy = alone.task?.healthy
        case .ended(let ending):
            task.members?[index].endState = status.state.rawValue
            task.note(TaskEnd(status, on: task.agent, at: now), isFailure: ending.isFailure)
            guard !ending.mayReturn, !task.liveTaskIDs.isEmpty else {
                var ending = ending
                ending.isFailure = task.groupEnd?.isFailure ?? ending.isFailure
                ending.told = task.groupEnd?.end
                return .ended(ending)
            }
        }
        var changed = instance
        changed.hold(task, at: now)
        return changed == instance ? .nothing : .changed(changed)
    }

    /// A task group that was given up and is back, by the word of one member: Mesos tells of the others next, since all of
    /// them were on the agent that is back.
    static func takenBack(
        _ instance: Instance,
        _ status: TaskStatus,
        as condition: Condition,
        at now: Instant
    ) -> Instance {
        guard var task = instance.task, let members = task.members else { return instance }
        task.members = members.map { member in
            var member = member
            if member.id == status.task {
                member.condition = condition
                member.healthy = status.healthy
            } else if member.condition == .unreachable {
                member.condition = .staging
            }
            return member
        }
        var instance = instance
        instance.hold(task, at: now)
        return instance
    }
}

extension TaskRecord {
    /// Whether a member ended in a way that takes the others with it.
    var isBroken: Bool {
        members?.contains { $0.endState.map { $0 != TaskStatus.State.finished.rawValue } ?? false } ?? false
    }

    /// Keeps what explains the group's end.
    fileprivate mutating func note(_ end: TaskEnd, isFailure: Bool) {
        let new = GroupEnd(end: end, isFailure: isFailure)
        if let known = groupEnd, known.weight >= new.weight { return }
        groupEnd = new
    }

    /// Where the group is, from where its members are.
    fileprivate var groupCondition: Condition? {
        let live = (members ?? []).filter(\.isLive).map(\.condition)
        guard !live.contains(.unreachable) else { return .unreachable }
        guard !isBroken, !live.contains(.killing) else { return .killing }
        return live.min { $0.rank < $1.rank }
    }

    /// Whether all checks of the group pass: `nil` while one has not answered, and without any.
    fileprivate var groupHealth: Bool? {
        let answers = (members ?? []).filter(\.isChecked).map(\.healthy)
        guard !answers.contains(false) else { return false }
        return answers.isEmpty || answers.contains(nil) ? nil : true
    }
}

extension GroupEnd {
    /// How much it explains.
    fileprivate var weight: Int {
        guard end.state != TaskStatus.State.finished.rawValue else { return 0 }
        return isFailure ? 2 : 1
    }
}

extension Instance {
    /// The instance as it were if it had no other task than this member.
    fileprivate func alone(_ member: TaskMember) -> Instance {
        var alone = self
        alone.condition = member.condition
        alone.task?.healthy = member.healthy
        alone.task?.members = nil
        return alone
    }

    /// Takes in what became of its group's members.
    fileprivate mutating func hold(_ group: TaskRecord, at now: Instant) {
        var group = group
        group.healthy = group.groupHealth
        group.healthySince = group.healthy == true ? group.healthySince ?? now : nil
        task = group
        guard let reached = group.groupCondition, reached != condition else { return }
        condition = reached
        since = now
    }
}

extension TaskEnd {
    /// How a task ended, from what Mesos says of it.
    init(_ status: TaskStatus, on agent: Agent, at now: Instant) {
        self.init(
            task: status.task,
            state: status.state.rawValue,
            message: status.message,
            reason: status.reason,
            at: now,
            host: agent.hostname
        )
    }
}
