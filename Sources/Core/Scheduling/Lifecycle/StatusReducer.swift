import Domain

/// What one status of Mesos means for the instance whose task it is about. Pure: the machine does what the verdict says.
///
/// Conditions only move forward, because what Mesos says may be older than what it said before (reconciliation answers
/// with the last state that was forwarded). Only from `unreachable` every condition is reached again.
struct StatusReducer: Sendable {
    /// What is to be done.
    enum Verdict: Hashable, Sendable {
        /// Nothing new.
        case nothing
        /// The instance changes and keeps its task.
        case changed(Instance)
        /// The task is over, or given up for it.
        case ended(Ending)
    }

    /// In which way a task is over.
    struct Ending: Hashable, Sendable {
        /// Whether it speaks against the app, so that the next launch waits.
        var isFailure: Bool
        /// Whether the task may still run somewhere, and has to be killed if it shows up.
        var mayReturn: Bool
        /// The end that explains it, where that is another one than the status that brought it.
        var told: TaskEnd?
    }

    /// Whether a task that cannot be reached is given up at once.
    var givesUpUnreachable: Bool

    /// The verdict on `status`, which is about the instance's present task.
    func verdict(on instance: Instance, _ status: TaskStatus, at now: Instant) -> Verdict {
        switch status.state {
        case .staging: forward(instance, .staging, status, now)
        case .starting: forward(instance, .starting, status, now)
        case .running: forward(instance, .running, status, now)
        case .killing: forward(instance, .killing, status, now)
        case .unreachable: unreachable(instance, now)
        case .unknown:
            // Before a confirmation it means that the launch never arrived; after an order to stop, that all is done.
            instance.condition == .launching || instance.goal == .stopped
                ? .ended(Ending(isFailure: false, mayReturn: true))
                : unreachable(instance, now)
        case .finished, .failed, .error, .killed, .gone, .goneByOperator, .dropped, .lost:
            .ended(Ending(isFailure: isFailure(status), mayReturn: mayReturn(status)))
        }
    }

    private func forward(
        _ instance: Instance,
        _ condition: Condition,
        _ status: TaskStatus,
        _ now: Instant
    ) -> Verdict {
        var changed = instance
        if condition.rank > instance.condition.rank || instance.condition == .unreachable {
            changed.condition = condition
            changed.since = now
        }
        changed.reservation?.hold(at: now)
        if changed.condition == .running, condition == .running { changed.task?.takeHealth(status, at: now) }
        return changed == instance ? .nothing : .changed(changed)
    }

    private func unreachable(_ instance: Instance, _ now: Instant) -> Verdict {
        guard !givesUpUnreachable else { return .ended(Ending(isFailure: false, mayReturn: true)) }
        guard instance.condition != .unreachable else { return .nothing }
        var changed = instance
        changed.condition = .unreachable
        changed.since = now
        return .changed(changed)
    }

    /// Marathon's list (failed, finished, error, gone), but for what the cluster did and not the app: an agent that is
    /// drained, and an answer to reconciliation. A task that Mesos killed for its failing health check says so. DROPPED
    /// mostly means that the offer or the agent was gone; an agent also drops a task whose executor or container could
    /// not be started, for which nobody but the definition can be to blame: a user or an image that is not there.
    private func isFailure(_ status: TaskStatus) -> Bool {
        guard status.reason != "REASON_AGENT_DRAINING" else { return false }
        switch status.state {
        case .finished, .failed, .error: return true
        case .gone: return status.reason != "REASON_RECONCILIATION"
        case .killed: return status.healthy == false
        case .dropped: return status.reason.map(TaskEnd.launchFailures.contains) ?? false
        default: return false
        }
    }

    /// LOST and GONE_BY_OPERATOR are what the master believes, not what it knows.
    private func mayReturn(_ status: TaskStatus) -> Bool { status.state == .lost || status.state == .goneByOperator }
}

extension TaskRecord {
    /// Takes in what the checks say, as far as they say something.
    fileprivate mutating func takeHealth(_ status: TaskStatus, at now: Instant) {
        gate?.take(healthy: status.healthy, result: status.sideCheck)
        guard let healthy = gate == nil ? status.healthy : gate?.health else { return }
        self.healthy = healthy
        healthySince = healthy ? healthySince ?? now : nil
    }
}

extension Condition {
    /// How far a task has come.
    var rank: Int {
        switch self {
        case .scheduled: 0
        case .launching: 1
        case .staging: 2
        case .starting: 3
        case .running: 4
        case .killing: 5
        case .unreachable: 6
        }
    }
}

extension TaskStatus.State {
    /// Whether Mesos itself holds the task for over.
    var isTerminal: Bool {
        switch self {
        case .finished, .failed, .killed, .error, .lost, .dropped, .gone, .goneByOperator: true
        case .staging, .starting, .running, .killing, .unreachable, .unknown: false
        }
    }
}
