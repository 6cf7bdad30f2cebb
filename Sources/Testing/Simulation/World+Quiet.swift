import Boundary
import Controller
import Domain
import Rollout
import Scheduling

/// After quiet: what runs is the newest commit, or what people or failures have made of it, to the letter.
extension World {
    /// What must hold at the very end.
    mutating func checkAfterQuiet() {
        defer { violations.sort() }
        guard let leader = store.leader, let engine = processes[leader].engine else {
            return violations.append("after quiet nobody leads")
        }
        var declared: Set<AppID> = []
        for git in gits {
            for id in git.tip.apps.keys.sorted() {
                guard let app = git.tip.apps[id] else { continue }
                declared.insert(id)
                checkApp(id, Spec(app, sha256: fakeSHA256), of: git.source, engine)
            }
        }
        for app in store.apps where !declared.contains(app) && store.record(of: app)?.pin == nil {
            violations.append("after quiet the store still has \(app)")
        }
        for id in master.livingTasks where recorded(id) == nil {
            violations.append("after quiet the task \(id) runs and is not recorded")
        }
        for orphan in engine.scheduler.orphans { violations.append("after quiet \(orphan.task) is an orphan") }
        // What was asked a moment ago may have no answer yet: all tasks are asked for now and then.
        if let unansweredSince, now - unansweredSince > .seconds(10) {
            violations.append("after quiet \(engine.scheduler.unansweredCount) tasks have not answered")
        }
        checkDeployments()
        checkReservations()
        noteSights()
    }

    /// Counts what kind of world this was.
    private mutating func noteSights() {
        for (operation, count) in master.operations { sights["operation \(operation)", default: 0] += count }
        if shape.cluster.agents == 3 { see("cluster of 3 agents") }
        if shape.cluster.agents >= 50 { see("cluster of 50 agents or more") }
        for app in store.apps where running(app) > 0 { see("runs at the end: \(kind(of: app).rawValue)") }
    }

    private mutating func checkApp(_ id: AppID, _ spec: Spec, of source: String, _ engine: Engine) {
        guard let record = store.record(of: id) else { return violations.append("after quiet there is no \(id)") }
        let lacks = lacksPlace(record, engine)
        let isHeld = World.advice(for: record) != nil || record.rollout != nil || record.scale != nil
        if shape.isTended, !lacks, isHeld {
            violations.append("after quiet \(id) still waits: \(describe(record))")
        }
        for (what, end) in World.ends(of: record) where end <= now {
            violations.append("after quiet the \(what) of \(id) has outlived its end")
        }
        if record.source != source, record.pin == nil {
            violations.append("after quiet \(id) belongs to \(record.source) instead of \(source)")
        }
        let goal = record.pin?.digest ?? (record.heldBack?.digest == spec.digest ? record.desired : spec.digest)
        if record.desired != goal {
            violations.append("after quiet \(id) is led to \(record.desired?.short ?? "nothing"): \(describe(record))")
        }
        guard record.suspension == nil else { return checkNothingRuns(of: id) }
        guard !lacks else { return }
        guard let rollout = record.rollout else { return checkSettled(record) }
        guard mayWait(record, rollout, engine) else {
            let refusal = engine.scheduler.refusals[id].map { " no place: \($0.reasons)" } ?? ""
            return violations.append("after quiet \(kind(of: id)) \(id) is stuck: \(describe(record))\(refusal)")
        }
        if engine.rollouts.progress(of: id).isEmpty {
            violations.append("after quiet \(id) does not say how far it is")
        }
        checkHalfWay(record)
    }

    func describe(_ record: AppRecord) -> String {
        let rollout = record.rollout.map { "\($0.phase): \($0.reason)" } ?? "no rollout"
        let holds = [record.pin.map { _ in "pinned" }, record.suspension.map { _ in "suspended" }]
        let held = record.heldBack.map { "\($0.digest.short) held back: \($0.reason)" }
        let instances = store.instances(of: record.id).map { instance in
            "#\(instance.id.number) \(instance.goal) \(instance.condition) of \(instance.digest.short) "
                + "\(instance.task?.agent.id.rawValue ?? instance.reservation?.agent.id.rawValue ?? "")"
        }
        return ([rollout, held] + holds + instances).compactMap(\.self).joined(separator: ", ")
    }

    /// Whether an app waits for what cannot come, or for an app that does: a port that other tasks have on every agent, or
    /// data that is to be waited for and was on an agent that is gone for good.
    private mutating func lacksPlace(_ record: AppRecord, _ engine: Engine, depth: Int = 0) -> Bool {
        if let spec = store.spec(record.desired)?.app, spec.requirePorts,
            master.agentOrder.allSatisfy({ !master.isUsable($0) || !master.isPortFree(World.fixedPort, on: $0) })
        {
            see("port taken on every agent")
            return true
        }
        let lost = store.instances(of: record.id).contains(where: hasLostData)
        if lost { see("data lost that is waited for") }
        guard !lost, depth < 20 else { return lost }
        if record.rollout?.reason.hasPrefix("waits for its turn") == true {
            // Who has the turn leaves it when its deadline is over, which may come after the end.
            let active = store.records.filter(isActive)
            return !active.isEmpty && active.allSatisfy { lacksPlace($0, engine, depth: depth + 1) }
        }
        guard let blocker = engine.rollouts.blocker(of: record.id), let other = store.record(of: blocker) else {
            return false
        }
        return lacksPlace(other, engine, depth: depth + 1)
    }

    /// Whether an instance waits for its data, as it is to, and these are nowhere any more.
    private func hasLostData(_ instance: Instance) -> Bool {
        guard let reservation = instance.reservation, instance.task == nil || instance.condition == .unreachable else {
            return false
        }
        guard reservation.phase == .held, master.agents[reservation.agent.id] == nil else { return false }
        guard store.spec(instance.digest)?.app.residency?.relaunchAfter == nil else { return false }
        let agents = Array(master.agents.values) + Array(master.down.values)
        return !agents.contains { agent in
            (agent.total.reserved + agent.written.reserved).contains { piece in
                piece.reservations.last?.labels.contains { $0.value == reservation.id.rawValue } ?? false
            }
        }
    }

    /// How many instances of an app have a task, or all that lives of a task group, running.
    private func running(_ id: AppID) -> Int {
        let living = master.livingTasks.compactMap { master.tasks[$0] }.filter { $0.instance?.app == id }
        let groups = Dictionary(grouping: living) { $0.executor ?? $0.description.id.rawValue }
        return groups.values.count { tasks in tasks.allSatisfy { $0.state == .running } }
    }

    private mutating func checkNothingRuns(of id: AppID) {
        let count = master.livingTasks.count { master.tasks[$0]?.instance?.app == id }
        if count > 0 { violations.append("after quiet \(id) is suspended and has \(count) tasks") }
    }

    /// An app without a rollout runs what it is led to, and nothing else.
    private mutating func checkSettled(_ record: AppRecord) {
        guard let spec = store.inForce(record), World.works(spec) else { return }
        if running(record.id) != spec.instances {
            violations.append(
                "after quiet \(kind(of: record.id)) \(record.id) has \(running(record.id)) running tasks instead of "
                    + "\(spec.instances): \(describe(record))"
            )
        }
        for instance in store.instances(of: record.id) where instance.digest != record.desired {
            violations.append("after quiet \(instance.id) is of \(instance.digest.short): \(describe(record))")
        }
    }

    /// An app that stands still keeps what it has alive.
    private mutating func checkHalfWay(_ record: AppRecord) {
        let kept = store.instances(of: record.id).filter { $0.goal == .running }
        guard kept.allSatisfy({ store.spec($0.digest).map { World.works($0.app) } ?? false }) else { return }
        let wanted = kept.count
        if running(record.id) != wanted {
            violations.append("after quiet \(record.id) has \(running(record.id)) running tasks instead of \(wanted)")
        }
    }

    /// Whether a rollout waits for something that a person has to do, there or where it waits for.
    private func mayWait(_ record: AppRecord, _ rollout: RolloutRecord, _ engine: Engine, depth: Int = 0) -> Bool {
        switch rollout.phase {
        case .paused, .aborted: return rollout.order != nil || rollout.reason.contains("go on with: pacer")
        case .canary: return rollout.reason.contains("pacer rollout promote")
        case .waiting:
            if rollout.reason.hasPrefix("waits for its turn") {
                return store.records.contains { $0.rollout?.phase == .canary && World.advice(for: $0) != nil }
            }
            guard depth < 20, let blocker = engine.rollouts.blocker(of: record.id) else { return false }
            guard let other = store.record(of: blocker), World.advice(for: other) == nil else { return true }
            guard let next = other.rollout else { return false }
            return mayWait(other, next, engine, depth: depth + 1)
        case .rolling, .rollingBack, .removing: return false
        }
    }

    /// A deployment is open as long as an app is on its way in it.
    private mutating func checkDeployments() {
        let underway = Set(store.records.compactMap { $0.rollout?.deployment })
        for deployment in store.deployments where deployment.finished == nil && !underway.contains(deployment.id) {
            violations.append("after quiet the deployment \(deployment.id) is open, and no app is on its way in it")
        }
    }
}
