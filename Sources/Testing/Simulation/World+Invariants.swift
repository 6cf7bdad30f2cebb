import Boundary
import Controller
import Domain
import Scheduling

extension World {
    /// What must hold of every commit, by what the store has before and after it.
    mutating func checkCommit(_ batch: WriteBatch, before: SimulatedStore) {
        var apps: Set<AppID> = []
        for key in batch.writes.keys {
            switch key {
            case .app(let app), .instances(let app, _): apps.insert(app)
            default: break
            }
        }
        for app in apps.sorted() {
            checkBounds(of: app, before: before)
            checkRemoval(of: app, before: before)
            checkRecords(of: app)
        }
    }

    /// Healthy instances are never below the minimum, nor all instances above the maximum, by a decision of ours.
    private mutating func checkBounds(of app: AppID, before: SimulatedStore) {
        let old = before.instances(of: app)
        let new = store.instances(of: app)
        guard let desired = store.spec(store.record(of: app)?.desired)?.app else { return }
        let stopped = old.filter { instance in
            isHealthyAndWanted(instance, in: before)
                && !new.contains { $0.id == instance.id && $0.goal == .running }
                && new.contains { $0.id == instance.id }
        }
        let healthy = new.count { isHealthyAndWanted($0, in: store) }
        let minimum = desired.upgradeStrategy.minimumHealthy(of: desired.instances)
        if !stopped.isEmpty, healthy < minimum {
            violations.append(
                "\(app): stopping \(stopped.map(\.id)) leaves \(healthy) healthy instances, below the minimum \(minimum)"
            )
        }
        let room = desired.upgradeStrategy.maximumTotal(of: desired.instances)
        let maximum = room == minimum ? room + 1 : room
        let added = new.count { instance in !old.contains { $0.id == instance.id } }
        if added > 0, new.count > maximum {
            violations.append("\(app): \(added) new instances make \(new.count), above the maximum \(maximum)")
        }
    }

    private func isHealthyAndWanted(_ instance: Instance, in store: SimulatedStore) -> Bool {
        guard let spec = store.spec(instance.digest) else { return false }
        return instance.goal == .running && instance.isHealthy(under: spec.app)
    }

    /// No app is removed that the applied commit still has.
    private mutating func checkRemoval(of app: AppID, before: SimulatedStore) {
        guard before.record(of: app) != nil, store.record(of: app) == nil else { return }
        guard case .source(let source) = store.values[.source(SimulatedGit.source)], let applied = source.applied
        else { return violations.append("\(app) is removed although no commit was applied") }
        guard let commit = git.commits[applied], commit.apps[app] != nil else { return }
        // A commit whose file is broken says nothing; what an earlier one has begun comes to its end.
        let ordered = before.record(of: app).flatMap { git.commits[$0.revision] }
        guard !commit.broken.contains(app) || ordered?.apps[app] != nil else { return }
        violations.append("\(app) is removed although commit \(applied) has it")
    }

    /// A record's parts agree with each other.
    private mutating func checkRecords(of app: AppID) {
        for instance in store.instances(of: app) {
            if (instance.task != nil) != instance.condition.hasTask {
                violations.append(
                    "\(instance.id) is \(instance.condition) and has \(instance.task == nil ? "no" : "a") task"
                )
            }
            if store.spec(instance.digest) == nil {
                violations.append("\(instance.id) refers to the spec \(instance.digest.short), which is not stored")
            }
        }
        if let desired = store.record(of: app)?.desired, store.spec(desired) == nil {
            violations.append("\(app) refers to the spec \(desired.short), which is not stored")
        }
    }

    /// What readers are shown is how things are. Looked at in every eighth turn, since it means to work all out anew.
    mutating func checkStatuses(of engine: Engine) {
        guard turns.isMultiple(of: 8) else { return }
        for app in engine.outdatedStatuses { violations.append("the status of \(app) is out of date") }
    }

    /// What must hold of every call that reaches the master.
    mutating func checkCall(_ call: ReleasedCall.Call, on stream: Int) {
        guard master.stream == stream, case .gated(let call) = call else { return }
        switch call {
        case .accept(_, let operations, _):
            for launch in operations.launches { checkLaunch(launch.id) }
        case .acknowledge(let task, _, let uuid): checkAcknowledgement(of: task, uuid: uuid)
        case .kill: break
        }
    }

    /// No two tasks for one instance, except by the cluster's own losses.
    private mutating func checkLaunch(_ task: TaskID) {
        guard let instance = recorded(task) else { return }
        for (id, other) in master.tasks where other.instance == instance && id != task {
            guard !other.isOver, !other.wasCutOff else { continue }
            violations.append("\(instance) gets the task \(id) and \(task) at the same time")
        }
    }

    /// Nothing acknowledged is lost: the end of a task is acknowledged only when the store knows of it.
    private mutating func checkAcknowledgement(of id: TaskID, uuid: [UInt8]) {
        guard let update = master.tasks[id]?.updates.first, update.uuid == uuid else { return }
        guard [.finished, .failed, .killed].contains(update.state), let instance = recorded(id) else { return }
        violations.append("the end of \(id) is acknowledged, and \(instance) still has it recorded as its task")
    }

    /// After quiet, what runs is the newest commit: no less, no more, nothing else.
    mutating func checkAfterQuiet() {
        let commit = git.tip
        var expected: [AppID: AppSpec] = [:]
        for (id, app) in commit.apps { expected[id] = app }
        let alive = master.tasks.values.filter { !$0.isOver }
        for (id, app) in expected.sorted(by: { $0.key < $1.key }) {
            let digest = Spec(app, sha256: fakeSHA256).digest
            let running = alive.filter { $0.instance.app == id && $0.state == .running }
            if running.count != app.instances {
                violations.append("after quiet \(id) has \(running.count) running tasks instead of \(app.instances)")
            }
            for instance in store.instances(of: id) where instance.digest != digest {
                violations.append("after quiet \(instance.id) is of \(instance.digest.short), not \(digest.short)")
            }
            if let rollout = store.record(of: id)?.rollout {
                violations.append("after quiet \(id) still has a rollout: \(rollout.phase): \(rollout.reason)")
            }
        }
        for task in alive {
            if recorded(task.description.id) == nil {
                violations.append("after quiet the task \(task.description.id) runs and is not recorded")
            }
        }
        for app in store.apps where expected[app] == nil {
            violations.append("after quiet the store still has \(app)")
        }
        violations.sort()
    }
}
