import Boundary
import Controller
import Domain
import Rollout
import Scheduling

extension World {
    /// One app before and after a commit.
    struct Step {
        let app: AppID
        let before: AppRecord?
        let after: AppRecord?
        let old: [Instance]
        let new: [Instance]
        let batch: WriteBatch

        /// Instances that this commit brings.
        var added: [Instance] { new.filter { instance in !old.contains { $0.id == instance.id } } }

        /// Instances that this commit gives a task.
        var launched: [Instance] {
            new.filter { instance in
                guard let task = instance.task, instance.condition == .launching else { return false }
                return !old.contains { $0.task?.id == task.id }
            }
        }

        /// Whether somebody ordered one of these in this commit.
        func isOrdered(_ verbs: RolloutVerb...) -> Bool {
            batch.journal.contains { entry in
                entry.app == app && verbs.contains { entry.type == "rollout.\($0.rawValue)" }
            }
        }
    }

    /// What must hold of every commit, by what the store has before and after it.
    mutating func checkCommit(_ batch: WriteBatch, before: SimulatedStore) {
        noteOrders(in: batch)
        var apps: Set<AppID> = []
        for key in batch.writes.keys {
            switch key {
            case .app(let app), .instances(let app, _): apps.insert(app)
            default: break
            }
        }
        var steps: [Step] = []
        for app in apps.sorted() {
            let step = Step(
                app: app,
                before: before.record(of: app),
                after: store.record(of: app),
                old: before.instances(of: app),
                new: store.instances(of: app),
                batch: batch
            )
            checkMinimum(step)
            checkMaximum(step)
            checkRemoval(step)
            checkRecords(step)
            checkHolds(step)
            checkPause(step)
            checkFailed(step)
            checkWayBack(step)
            checkLaunches(step)
            checkCanary(step)
            checkBeginning(step, before: before)
            checkConstraints(step)
            steps.append(step)
        }
        checkBudgets(steps, before: before)
    }

    private mutating func noteOrders(in batch: WriteBatch) {
        for entry in batch.journal {
            guard let app = entry.app, entry.type.hasPrefix("rollout."), let who = entry.facts["by"] else { continue }
            obeyed.insert("\(who) \(app)")
        }
        for entry in batch.journal {
            switch entry.type {
            case "hold.expired":
                see(World.expired(entry.facts["what"] ?? ""))
            case "brake.pulled": see("brake of the cluster pulled")
            case "rollout.rolled_back": see("rolled back")
            case "rollout.promoted": see(entry.facts["by"] == "" ? "canary passed by itself" : "canary promoted")
            case "rollout.paused" where (entry.facts["reason"] ?? "").hasPrefix("the brake"): see("deployment braked")
            case "rollout.waiting" where (entry.facts["reason"] ?? "").hasPrefix("waits for its turn"):
                see("waited for its turn")
            case "rollout.waiting" where (entry.facts["reason"] ?? "").hasPrefix("waits until what it depends on"):
                see("waited for a dependency")
            case "orphan.found": see("orphan found")
            case "leftover.released": see("leftover given back")
            case "reservation.moved": see("reservation moved with its agent")
            default: break
            }
        }
    }

    /// What a run of many worlds should have seen.
    package static let sightKinds =
        [
            "a way back fails, too", "batch cut into transactions", "began in its turn",
            "began within the budget of tasks", "brake of the cluster pulled", "canary passed by itself",
            "canary promoted", "deployment braked", "instance launched again in its place", "leftover given back",
            "orphan found", "pause expired", "pin expired", "reservation moved with its agent", "rolled back",
            "scale override expired", "suspension expired", "waited for a dependency", "waited for its turn",
            "write of an old leader refused",
        ] + Constraint.Operator.allCases.map { "launched under \($0.rawValue)" }
        + ["CREATE", "DESTROY", "LAUNCH", "LAUNCH_GROUP", "RESERVE", "UNRESERVE"].map { "operation \($0)" }
        + AppKind.allCases.map { "runs at the end: \($0.rawValue)" }
        + ["3 agents", "50 agents or more"].map { "cluster of \($0)" }

    // MARK: - Bounds

    /// Healthy instances are never below the minimum by a decision of ours, whether they are stopped or end for a successor
    /// in their place. Where both bounds meet and all of a resident app's are healthy, one may be missing: it cannot have
    /// one more, as others can.
    private mutating func checkMinimum(_ step: Step) {
        guard step.after?.suspension == nil, let spec = store.inForce(step.after) else { return }
        var stopped: [InstanceID] = []
        var relaunched: [InstanceID] = []
        for old in step.old where old.goal == .running && isHealthy(old) {
            guard let new = step.new.first(where: { $0.id == old.id }) else { continue }
            if new.goal == .stopped, isHealthy(new) { stopped.append(new.id) }
            if new.goal == .running, new.next != nil, new.condition == .running { relaunched.append(new.id) }
        }
        guard !stopped.isEmpty || !relaunched.isEmpty else { return }
        if !relaunched.isEmpty { see("instance launched again in its place") }
        let healthy = step.new.count { $0.goal == .running && isHealthy($0) }
        let minimum = spec.upgradeStrategy.minimumHealthy(of: spec.instances)
        let isStuck = minimum == spec.upgradeStrategy.maximumTotal(of: spec.instances)
        let mayMiss = spec.isResident && isStuck && !relaunched.isEmpty ? 1 : 0
        guard healthy < minimum - mayMiss else { return }
        violations.append(
            "\(step.app): stopping \(stopped), launching \(relaunched) again leaves \(healthy) healthy instances, "
                + "below the minimum \(minimum)"
        )
    }

    /// Instances are never above the maximum by a decision of ours. Where both bounds meet and all of them are healthy
    /// there may be one more: without it nothing could ever move (marathon.md §2.3).
    private mutating func checkMaximum(_ step: Step) {
        guard !step.added.isEmpty, let spec = store.inForce(step.after) else { return }
        let minimum = spec.upgradeStrategy.minimumHealthy(of: spec.instances)
        let limit = spec.upgradeStrategy.maximumTotal(of: spec.instances)
        // Those that this very commit stops were healthy when it was decided.
        let healthy = step.new.count { instance in
            isHealthy(instance)
                && (instance.goal == .running || step.old.contains { $0.id == instance.id && $0.goal == .running })
        }
        let maximum = minimum == limit && limit <= healthy ? limit + 1 : limit
        // One that is to stop and cannot be reached was lost by the cluster; one without a task only waits for what is
        // reserved for it, to give it back.
        let count = step.new.count { $0.goal == .running || ($0.condition.hasTask && $0.condition != .unreachable) }
        guard count > maximum else { return }
        violations.append("\(step.app): \(step.added.count) new instances make \(count), above the maximum \(maximum)")
    }

    func isHealthy(_ instance: Instance) -> Bool {
        store.spec(instance.digest).map { instance.isHealthy(under: $0.app) } ?? false
    }

    // MARK: - Records

    /// No app is removed that the applied commit of its source still has.
    private mutating func checkRemoval(_ step: Step) {
        guard let before = step.before, step.after == nil else { return }
        guard let git = gits.first(where: { $0.source == before.source }),
            let applied = store.source(git.source)?.applied
        else { return violations.append("\(step.app) is removed although no commit was applied") }
        guard let commit = git.commits[applied], commit.apps[step.app] != nil else { return }
        // A commit whose file is broken says nothing; what an earlier one has begun comes to its end.
        let ordered = git.commits[before.revision]
        guard !commit.broken.contains(step.app) || ordered?.apps[step.app] != nil else { return }
        violations.append("\(step.app) is removed although commit \(applied) has it")
    }

    /// A record's parts agree with each other.
    private mutating func checkRecords(_ step: Step) {
        for instance in step.new {
            if (instance.task != nil) != instance.condition.hasTask {
                violations.append(
                    "\(instance.id) is \(instance.condition) and has \(instance.task == nil ? "no" : "a") task"
                )
            }
        }
        checkReferences(in: step.new)
        guard let record = step.after else { return }
        checkReferences(in: record)
        if let rollout = record.rollout, rollout.reason.isEmpty {
            violations.append("\(step.app) is \(rollout.phase) and does not say why")
        }
    }

    /// What is referred to is there, however little of a batch is carried out: a leader can begin from it.
    mutating func checkReferences(in steps: [WriteStep]) {
        for case .write(_, let value) in steps {
            switch value {
            case .app(let record): checkReferences(in: record)
            case .instances(let instances): checkReferences(in: instances)
            default: break
            }
        }
    }

    private mutating func checkReferences(in record: AppRecord) {
        let named = [record.desired, record.lastHealthy].compactMap(\.self) + (record.history ?? []).map(\.digest)
        for digest in named where store.spec(digest) == nil {
            violations.append("\(record.id) refers to the spec \(digest.short), which is not stored")
        }
        guard let id = record.rollout?.deployment else { return }
        let header = store.deployment(id)
        guard header == nil || header?.finished != nil else { return }
        let how = header == nil ? "not stored" : "stored as finished"
        violations.append("\(record.id) is on its way in the deployment \(id), which is \(how)")
    }

    private mutating func checkReferences(in instances: [Instance]) {
        for instance in instances {
            for digest in [instance.digest, instance.next].compactMap(\.self) where store.spec(digest) == nil {
                violations.append("\(instance.id) refers to the spec \(digest.short), which is not stored")
            }
        }
    }

    /// What readers are shown is how things are. Looked at in every twelfth turn, since it means to work all out anew.
    mutating func checkStatuses(of engine: Engine) {
        guard turns.isMultiple(of: 12) else { return }
        for app in engine.outdatedStatuses {
            let isTold = engine.snapshot(at: now).apps[app]?.progress ?? "nothing"
            let isSo = engine.rollouts.progress(of: app)
            violations.append("the status of \(app) is out of date: told is \(isTold), it is \(isSo)")
        }
    }
}
