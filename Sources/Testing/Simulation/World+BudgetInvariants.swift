import Boundary
import Domain
import Rollout

/// What apps share: how many of them, and of their instances, are on their way at the same time.
extension World {
    /// Neither number is passed by a decision of ours. What the cluster does to instances that were healthy is its own.
    mutating func checkBudgets(_ steps: [Step], before: SimulatedStore) {
        if let most = shape.policy.maxConcurrentApps { checkTurns(steps, most, before) }
        if let most = shape.policy.maxConcurrentTasks { checkStarting(steps, most, before) }
    }

    private mutating func checkTurns(_ steps: [Step], _ most: Int, _ before: SimulatedStore) {
        let begun = steps.filter { step in
            guard let after = step.after, isActive(after), step.before.map(isActive) != true else { return false }
            // What was stalled, or waited for a person, has left its turn and goes on when it can.
            let moved = [.canary, .rolling, .rollingBack].contains(step.before?.rollout?.phase)
            guard !moved || step.before?.rollout?.hindrance == .turn else { return false }
            // One that runs the same tasks as before goes on as it was; only their number, or its strategy, changes.
            let inForce = spec(step.before?.desired, before)?.restartDigest
            guard
                inForce == nil || inForce != store.spec(after.desired)?.restartDigest
                    || step.before?.rollout?.phase == .waiting
            else { return false }
            // What goes back goes at once.
            return after.rollout?.phase != .rollingBack && !startsNothing(step, before)
        }
        guard !begun.isEmpty else { return }
        see("began in its turn")
        // Those that begin without a turn in this very commit may do so after the others: they exceed the number, if any do.
        let unasked = steps.filter { step in
            guard let after = step.after, isActive(after) else { return false }
            let goesOn =
                step.before.map(isActive) ?? false && step.before?.rollout?.deployment == after.rollout?.deployment
            guard !goesOn else { return false }
            return after.rollout?.phase == .rollingBack || startsNothing(step, before)
        }
        let active = store.records.map(\.id).filter { id in
            store.record(of: id).map(isActive) ?? false && !unasked.contains { $0.app == id }
        }
        guard active.count > most else { return }
        let ways = active.map { "\($0) (\(store.record(of: $0).map(way) ?? "gone"))" }
        let starts = begun.map { "\($0.app) (\($0.before.map(way) ?? "new"))" }
        violations.append("\(starts) begin, and \(ways) make more than \(most) apps that move")
    }

    /// Where an app's rollout is, for whoever reads a violation.
    private func way(_ record: AppRecord) -> String {
        guard let rollout = record.rollout else { return "no rollout" }
        let hindrance = rollout.hindrance.map { ", hindered by \($0)" } ?? ""
        return "\(rollout.phase) since \(rollout.since.milliseconds), \(rollout.failures) failures\(hindrance)"
    }

    /// What has nothing to start besides needs no turn: an instance without a task takes another spec as it is.
    private func startsNothing(_ step: Step, _ before: SimulatedStore) -> Bool {
        guard let spec = store.spec(step.after?.desired), let app = store.inForce(step.after) else { return true }
        let current = step.old.filter {
            $0.goal == .running
                && ($0.task == nil || self.spec($0.digest, before)?.restartDigest == spec.restartDigest)
        }
        let all = step.old.count { $0.goal == .running }
        return app.instances == 0 || (current.count >= app.instances && all == current.count)
    }

    /// A spec that was in force before a commit: the commit may have taken it away, as the last that referred to it.
    private func spec(_ digest: Digest?, _ before: SimulatedStore) -> Spec? {
        store.spec(digest) ?? before.spec(digest)
    }

    private mutating func checkStarting(_ steps: [Step], _ most: Int, _ before: SimulatedStore) {
        let begun = steps.filter { step in
            guard step.after?.rollout != nil else { return false }
            let relaunched = step.new.contains { new in
                new.next != nil && step.old.contains { $0.id == new.id && $0.next == nil }
            }
            return !step.added.isEmpty || relaunched
        }
        guard !begun.isEmpty else { return }
        see("began within the budget of tasks")
        var underway: [InstanceID] = []
        for record in store.records where record.rollout != nil && isActive(record) {
            // What stood still until now was begun earlier, and is counted from now on.
            let stood = before.record(of: record.id).map(isActive) != true
            let earlier = stood ? [] : Set(starting(of: record, in: before).map(\.id))
            let known = Set(before.instances(of: record.id).map(\.id))
            // One that was healthy, and is not any more, was not begun by us.
            let begun = starting(of: record, in: store).filter {
                earlier.contains($0.id) || !known.contains($0.id) || $0.next != nil
            }
            underway += begun.map(\.id)
        }
        guard underway.count > most else { return }
        violations.append("\(begun.map(\.app)) start instances, and \(underway) are on their way instead of \(most)")
    }

    /// An app's instances of what it is led to that are not healthy for long enough yet.
    private func starting(of record: AppRecord, in store: SimulatedStore) -> [Instance] {
        guard let spec = store.spec(record.desired) else { return [] }
        return store.instances(of: record.id).filter { instance in
            guard instance.goal == .running else { return false }
            guard store.spec(instance.next ?? instance.digest)?.restartDigest == spec.restartDigest else {
                return false
            }
            if let task = instance.task, instance.next == nil {
                if task.leavesAt != nil, instance.reservation == nil { return false }
                if let restart = record.restart, task.launched < restart.at { return false }
            }
            guard let own = store.spec(instance.digest)?.app, instance.isHealthy(under: own) else { return true }
            guard [.canary, .rolling].contains(record.rollout?.phase) else { return false }
            let since = own.isChecked ? instance.task?.healthySince ?? instance.since : instance.since
            return spec.app.watch > .zero && max(since, instance.since) + spec.app.watch > now
        }
    }
}
