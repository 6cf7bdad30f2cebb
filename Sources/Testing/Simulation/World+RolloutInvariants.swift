import Boundary
import Controller
import Domain
import Rollout
import Scheduling

/// What must hold of every step of a rollout.
extension World {
    /// A pinned app stays on its pin, a suspended one has nothing that shall run; both hold until their time is over or
    /// somebody lifts them.
    mutating func checkHolds(_ step: Step) {
        guard let after = step.after, after.desired != nil else { return }
        if let pin = after.pin, pin.digest != after.desired {
            violations.append("\(step.app) is pinned to \(pin.digest.short) and led to \(after.desired?.short ?? "")")
        }
        if after.suspension != nil, step.new.contains(where: { $0.goal == .running }) {
            violations.append(
                "\(step.app) is suspended, and \(step.new.filter { $0.goal == .running }.map(\.id)) shall run"
            )
        }
        guard let before = step.before, before.desired != nil else { return }
        if let pin = before.pin, pin != after.pin, !isOver(pin.order), !step.isOrdered(.resume, .retry, .rollback) {
            violations.append("\(step.app) lost its pin to \(pin.digest.short) before its time, by nobody's order")
        }
        if let order = before.suspension, order != after.suspension, !isOver(order), !step.isOrdered(.resume) {
            violations.append("\(step.app) lost its suspension by \(order.who) before its time, by nobody's order")
        }
        if let scale = before.scale, scale != after.scale, !isOver(scale.order), !step.isOrdered(.resume, .scale) {
            violations.append("\(step.app) lost its \(scale.instances) instances before their time, by nobody's order")
        }
    }

    private func isOver(_ order: Order) -> Bool { order.until.map { $0 <= now } ?? false }

    /// Launches come in their time, of what may run, and for apps that may run.
    mutating func checkLaunches(_ step: Step) {
        guard let after = step.after else { return }
        for instance in step.launched {
            if after.suspension != nil { violations.append("\(instance.id) is launched although its app is suspended") }
            if after.desired == nil, !isNeeded(step.app) {
                violations.append("\(instance.id) is launched although its app is being removed")
            }
            if let state = after.backoff, let task = instance.task, task.launched < state.until,
                store.spec(state.digest)?.restartDigest == store.spec(instance.digest)?.restartDigest
            {
                violations.append(
                    "\(instance.id) is launched \((state.until - task.launched).count) ms before the end of its back-off"
                )
            }
        }
        // What stands half-way, or waits to go on from there, is kept alive, whatever it runs.
        guard let held = after.heldBack, ![.paused, .aborted, .waiting].contains(after.rollout?.phase) else { return }
        for instance in step.launched where instance.digest == held.digest {
            violations.append(
                "\(instance.id) is launched of \(held.digest.short), which is held back: \(describe(after))"
            )
        }
    }

    /// Whether an app that goes still serves one that depends on it, goes first, and has not gone yet.
    private func isNeeded(_ id: AppID) -> Bool {
        store.records.contains { other in
            guard other.id != id, other.desired == nil, paths(of: other).contains(where: { World.leads($0, to: id) })
            else {
                return false
            }
            return store.instances(of: other.id).contains { instance in
                instance.goal == .running || (instance.condition.hasTask && instance.condition != .unreachable)
            }
        }
    }

    /// Not more than the canary comes out before it passes; one that waits for a person passes by an order only.
    mutating func checkCanary(_ step: Step) {
        guard let after = step.after, let spec = store.spec(after.desired) else { return }
        if after.rollout?.phase == .canary, !step.added.isEmpty {
            let news = step.new.count { instance in
                instance.goal == .running && store.spec(instance.digest)?.restartDigest == spec.restartDigest
                    && (instance.task.map { $0.leavesAt == nil } ?? true)
            }
            if news > spec.app.strategy.canary {
                violations.append(
                    "\(step.app): \(news) new instances instead of a canary of \(spec.app.strategy.canary)"
                )
            }
        }
        guard let rollout = step.before?.rollout, rollout.phase == .canary, after.rollout?.phase == .rolling else {
            return
        }
        guard rollout.deployment == after.rollout?.deployment, step.before?.desired == after.desired else { return }
        guard spec.app.strategy.promotion == .manual, !step.isOrdered(.promote) else { return }
        // Without anything old left there is none where it has no room, or where it is tried again.
        let hasOld = step.new.contains { instance in
            instance.goal == .running && store.spec(instance.digest)?.restartDigest != spec.restartDigest
        }
        let hasRoom = store.inForce(after).map { spec.app.strategy.canary < $0.instances } ?? false
        guard hasOld || (hasRoom && !step.isOrdered(.retry)) else { return }
        violations.append("\(step.app): its canary passed by nobody's order")
    }

    // MARK: - Beginning

    /// An app that waits begins when what it depends on is healthy and it is its turn.
    mutating func checkBeginning(_ step: Step, before: SimulatedStore) {
        guard let after = step.after, let phase = after.rollout?.phase, [.canary, .rolling].contains(phase) else {
            return
        }
        guard !step.added.isEmpty, step.before?.rollout?.phase == .waiting || step.before == nil else { return }
        guard let spec = store.spec(after.desired), !step.isOrdered(.promote, .resume) else { return }
        if !hasCycle {
            // What was healthy until this very commit was so when it was looked at.
            for other in unhealthyDependencies(of: spec.app, in: store) where !settled(other, in: before) {
                violations.append("\(step.app) begins although \(other), which it depends on, is not healthy")
            }
        }
    }

    func isActive(_ record: AppRecord) -> Bool {
        guard record.desired != nil, record.suspension == nil, let rollout = record.rollout else { return false }
        guard ![.stalled, .person, .turn].contains(rollout.hindrance) else { return false }
        return [.canary, .rolling, .rollingBack].contains(rollout.phase)
    }

    private func unhealthyDependencies(of app: AppSpec, in store: SimulatedStore) -> [AppID] {
        store.records.filter { record in
            guard record.id != app.id, record.desired != nil else { return false }
            guard app.dependencies.contains(where: { World.leads($0, to: record.id) }) else { return false }
            return !settled(record.id, in: store)
        }.map(\.id)
    }

    private static func leads(_ path: String, to id: AppID) -> Bool {
        path == id.path || GroupID(path)?.contains(id) ?? false
    }

    /// Whether an app is healthy on what it is led to.
    private func settled(_ id: AppID, in store: SimulatedStore) -> Bool {
        guard let record = store.record(of: id), record.rollout == nil, record.suspension == nil else { return false }
        guard let spec = store.inForce(record) else { return false }
        let healthy = store.instances(of: id).count { instance in
            instance.goal == .running && store.spec(instance.digest).map { instance.isHealthy(under: $0.app) } ?? false
        }
        return healthy >= spec.instances
    }

    /// Whether apps wait for each other in a circle; one edge of it then counts for nothing.
    private var hasCycle: Bool {
        let records = store.records
        var open = records.map(\.id)
        while true {
            let free = open.filter { id in
                guard let record = store.record(of: id) else { return true }
                let paths = paths(of: record)
                return !open.contains { other in other != id && paths.contains { World.leads($0, to: other) } }
            }
            guard !free.isEmpty else { return !open.isEmpty }
            open.removeAll { free.contains($0) }
        }
    }

    private func paths(of record: AppRecord) -> [String] {
        if let spec = store.spec(record.desired) { return spec.app.dependencies }
        return store.instances(of: record.id).flatMap { store.spec($0.digest)?.app.dependencies ?? [] }
    }

    // MARK: - Time

    /// What of an app ends by itself, and when.
    static func ends(of record: AppRecord) -> [(what: String, end: Instant)] {
        let pause = record.rollout?.phase == .paused ? record.rollout?.order?.until : nil
        let ends = [
            ("pin", record.pin?.order.until), ("suspension", record.suspension?.until),
            ("scale override", record.scale?.order.until), ("pause", pause),
        ]
        return ends.compactMap { what, end in end.map { (what, $0) } }
    }

    /// A pause whose time is over goes on where it was: nobody has to say so, and nothing begins anew.
    mutating func checkPause(_ step: Step) {
        guard let before = step.before?.rollout, before.phase == .paused, let order = before.order else { return }
        let isSame = step.after?.rollout?.deployment == before.deployment && step.after?.desired == step.before?.desired
        guard isSame, let after = step.after?.rollout, after.order != order else { return }
        let verbs: [RolloutVerb] = [.resume, .retry, .rollback, .abort, .promote, .pause, .scale]
        guard !verbs.contains(where: { step.isOrdered($0) }) else { return }
        guard isOver(order) else {
            return violations.append("\(step.app): the pause by \(order.who) ended before its time, by nobody's order")
        }
        // It may come further in the same turn, but not back.
        let way: [RolloutRecord.Phase] = [.waiting, .canary, .rolling]
        guard let from = way.firstIndex(of: before.pausedIn ?? .waiting), let to = way.firstIndex(of: after.phase)
        else {
            return
        }
        guard to < from else { return }
        violations.append("\(step.app): was paused while \(way[from]), and goes on \(after.phase)")
    }

    /// Nothing temporary outlives its time, and the engine asks to be woken when the time comes. Looked at
    /// in every fourth turn.
    mutating func checkExpiry(in engine: Engine, wokenAt next: Instant?) {
        guard turns.isMultiple(of: 4) else { return }
        for record in engine.rollouts.records {
            for (what, end) in World.ends(of: record) where end <= now {
                violations.append("\(record.id): its \(what) has outlived its end by \((now - end).count) ms")
            }
            for (what, end) in World.ends(of: record) where next.map({ end < $0 }) ?? true {
                violations.append("\(record.id): nobody wakes the engine when its \(what) ends")
            }
        }
    }
}
