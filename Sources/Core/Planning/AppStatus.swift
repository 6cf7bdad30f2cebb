package import Domain

/// What git says of an app.
package enum Declared: Hashable, Sendable {
    /// Nobody can say: the app's file is broken, or its source was never read.
    case unknown
    /// Git does not have it.
    case absent
    /// Git has it, with this spec.
    case spec(Digest)
}

/// Whether what is recorded and runs is what git declares (Argo CD's words and meanings).
package enum SyncStatus: String, Hashable, Sendable, CaseIterable {
    /// It is.
    case synced = "Synced"
    /// It is not, or not yet: another spec, another number of instances, a rollout that is not done, an app too many.
    case outOfSync = "OutOfSync"
    /// The comparison is not possible: never "probably fine".
    case unknown = "Unknown"

    /// The status of an app.
    ///
    /// A task that died makes an app unhealthy, not out of sync: its instance is still there and will be started again. Nor
    /// does maintenance: instances on agents that go stay until others have taken their place. What a person ordered is no
    /// excuse: an app that is suspended, pinned to another spec than git's, or has another number of instances than its
    /// spec says, is out of sync.
    /// - Parameters:
    ///   - record: The app's record; `nil` where nothing is recorded yet.
    ///   - spec: The spec that the record names, where there is one.
    package init(of record: AppRecord?, spec: Spec?, declared: Declared, instances: [Instance]) {
        switch declared {
        case .unknown:
            self = .unknown
        case .absent:
            self = record == nil ? .synced : .outOfSync
        case .spec(let digest):
            let wanted = instances.filter { $0.goal == .running }
            let isReached =
                record?.desired == digest && record?.rollout == nil && record?.suspension == nil
                && spec.map { SyncStatus.hasItsNumber($0.app, wanted) } ?? false
                && wanted.allSatisfy { $0.digest == digest }
            self = isReached ? .synced : .outOfSync
        }
    }

    /// Whether there are as many instances as the spec says. Those on agents that go for maintenance need not count: then
    /// the others take their place.
    static func hasItsNumber(_ spec: AppSpec, _ wanted: [Instance]) -> Bool {
        let staying = wanted.count { $0.leavesAt == nil }
        return staying <= spec.instances && wanted.count >= spec.instances
    }
}

/// How an app is doing (Argo CD's words and meanings).
package enum Health: String, Hashable, Sendable, CaseIterable {
    /// All of its instances are healthy.
    case healthy = "Healthy"
    /// It is on its way: a rollout runs, or instances are starting, and none of them fails.
    case progressing = "Progressing"
    /// Something fails: tasks that end, checks that do not pass, a back-off in force, or a part of it out of reach.
    case degraded = "Degraded"
    /// It is meant to run nothing.
    case suspended = "Suspended"
    /// It is meant to run, and nothing of it does.
    case missing = "Missing"
    /// Nobody can say: its spec is lost, or all of it is out of reach.
    case unknown = "Unknown"

    /// The health of an app. The first that holds, in this order: nothing recorded is Missing; a removal under way is
    /// Progressing; a lost spec is Unknown; all healthy without a rollout is Healthy, whatever failed before; a failure is
    /// Degraded, also during a rollout; all instances out of reach is Unknown, some is Degraded; a rollout is
    /// Progressing, or Suspended while it is paused or aborted; an app that is suspended or has 0 instances is Suspended; no task at all is Missing; the rest is starting: Progressing.
    /// The number of instances is the one that is in force.
    /// - Parameters:
    ///   - record: The app's record; `nil` where nothing is recorded yet.
    ///   - spec: The spec that the record names, where there is one.
    package init(of record: AppRecord?, spec: Spec?, instances: [Instance]) {
        let wanted = instances.filter { $0.goal == .running }
        let unreachable = wanted.count { $0.condition == .unreachable }
        if record == nil {
            self = .missing
        } else if record?.desired == nil {
            self = .progressing
        } else if record?.suspension != nil {
            self = .suspended
        } else if let spec = spec.map({ record?.inForce($0) ?? $0 }) {
            let healthy = wanted.count { $0.digest == spec.digest && $0.isHealthy(under: spec.app) }
            if record?.rollout == nil, spec.app.instances > 0, healthy >= spec.app.instances {
                self = .healthy
            } else if record?.backoff != nil || wanted.contains(where: Health.fails) {
                self = .degraded
            } else if unreachable > 0 {
                self = unreachable == wanted.count ? .unknown : .degraded
            } else if let rollout = record?.rollout {
                self = [.paused, .aborted].contains(rollout.phase) ? .suspended : .progressing
            } else if spec.app.instances == 0 {
                self = .suspended
            } else {
                self = wanted.contains { $0.condition.hasTask } ? .progressing : .missing
            }
        } else {
            self = .unknown
        }
    }

    /// Whether an instance's check fails, or its last task failed and the next one does not run yet.
    private static func fails(_ instance: Instance) -> Bool {
        if instance.condition == .running { return instance.task?.healthy == false }
        guard let end = instance.lastEnd, instance.condition != .unreachable else { return false }
        return TaskEndCause(end) == .failed
    }
}
