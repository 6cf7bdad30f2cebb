import Boundary
import Domain
import Planning
import Rollout

/// What must hold of the ways back.
extension World {
    /// A rollback leads where it was ordered to lead, and one that nobody ordered never goes round in a circle: what
    /// failed is not gone back to, however the version fails that it was left for.
    mutating func checkWayBack(_ step: Step) {
        guard let after = step.after else { return left[step.app] = nil }
        checkAim(of: step)
        noteFailingWayBack(step)
        // A commit, and whoever orders something, decides anew.
        let isDecided = step.batch.journal.contains { entry in
            guard entry.app == step.app else { return false }
            return entry.type == "rollout.began" || entry.facts["by"]?.isEmpty == false
        }
        if isDecided { left[step.app] = nil }
        for entry in step.batch.journal where entry.app == step.app && entry.type == "rollout.rolled_back" {
            guard after.rollout?.order == nil, let before = step.before?.desired, let goal = after.desired else {
                continue
            }
            guard before != goal else { continue }
            left[step.app, default: []].append(before)
            guard left[step.app]?.contains(goal) == true else { continue }
            violations.append("\(step.app) goes back to \(goal.short), which it was led away from because it failed")
        }
    }

    /// What has failed is not tried again before git changes the app or a person says so: not when an exception ends, nor
    /// by another leader, nor after a way back further still.
    mutating func checkFailed(_ step: Step) {
        guard let after = step.after, let desired = after.desired else { return failed[step.app] = nil }
        let entries = step.batch.journal.filter { $0.app == step.app }
        let hasBegun = entries.contains { $0.type == "rollout.began" }
        if step.isOrdered(.retry) || (hasBegun && desired != failed[step.app]) { failed[step.app] = nil }
        if step.isOrdered(.rollback), after.pin?.digest == failed[step.app] { failed[step.app] = nil }
        if let spec = failed[step.app], desired == spec, step.before?.desired != spec {
            violations.append("\(step.app): the spec \(spec.short), which has failed, is tried again by nobody's order")
        }
        let hadFailed = (step.before?.rollout?.failures ?? 0) > 0 && step.before?.rollout?.phase != .rollingBack
        let isByItself = after.rollout?.phase == .rollingBack && after.rollout?.order == nil
        guard isByItself || hadFailed, let left = step.before?.desired, left != desired else { return }
        guard entries.contains(where: { $0.type == "rollout.rolled_back" }) else { return }
        failed[step.app] = left
    }

    private mutating func checkAim(of step: Step) {
        for entry in step.batch.journal where entry.app == step.app && entry.type == "rollout.rollback" {
            guard let who = entry.facts["by"], let aim = aims[who], let pin = step.after?.pin, pin.order.who == who
            else {
                continue
            }
            let isDigest = pin.digest.hex.hasPrefix(aim)
            let known = (step.before?.history ?? []) + (step.after?.history ?? [])
            let isRevision = known.contains { $0.digest == pin.digest && $0.revision.rawValue.hasPrefix(aim) }
            orders["rollback to a \(isDigest ? "digest" : "revision")", default: 0] += 1
            guard !isDigest, !isRevision else { continue }
            violations.append("\(step.app): \(who) wanted it back on \(aim), and it is pinned to \(pin.digest.short)")
        }
    }

    /// Counts ways back to a version that fails, too.
    private mutating func noteFailingWayBack(_ step: Step) {
        guard step.before?.rollout?.phase == .rollingBack, step.after?.rollout?.phase == .rollingBack else { return }
        for instance in step.new where instance.digest == step.after?.desired {
            let before = step.old.first { $0.id == instance.id }
            guard let end = instance.lastEnd, before?.digest == instance.digest, before?.lastEnd?.task != end.task
            else {
                continue
            }
            if TaskEndCause(end) == .failed { see("a way back fails, too") }
        }
    }
}
