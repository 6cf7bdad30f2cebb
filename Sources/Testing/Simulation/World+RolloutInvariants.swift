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
        if let held = before.heldBack, after.heldBack == nil, after.desired == held.digest, !step.isOrdered(.retry) {
            checkTriedAgain(step, held)
        }
    }

    private func isOver(_ order: Order) -> Bool { order.until.map { $0 <= now } ?? false }

    /// What failed is tried again because git changed the app to something else in between, which no single step shows:
    /// so the step itself must come from a commit that differs from the one that brought the failure.
    private mutating func checkTriedAgain(_ step: Step, _ held: HeldBack) {
        // What an order held back together with its pin is held back no longer than that.
        if step.after?.pin == nil, step.before?.pin?.order.at == held.at { return }
        guard step.before?.desired == step.after?.desired || step.before?.heldBack?.digest == step.after?.desired,
            !step.isOrdered(.rollback)
        else { return }
        violations.append(
            "\(step.app): the spec \(held.digest.short), which is held back, is tried again by nobody's order"
        )
    }

    /// Launches come in their time, of what may run, and for apps that may run.
    mutating func checkLaunches(_ step: Step) {
        guard let after = step.after else { return }
        for instance in step.launched {
            if after.suspension != nil { violations.append("\(instance.id) is launched although its app is suspended") }
            if after.desired == nil {
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
            violations.append("\(instance.id) is launched of \(held.digest.short), which is held back")
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
        // What is tried again begins anew, and without a canary where nothing old is left that one could spare.
        let hasOld = step.new.contains { instance in
            instance.goal == .running && store.spec(instance.digest)?.restartDigest != spec.restartDigest
        }
        guard hasOld || !step.isOrdered(.retry) else { return }
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

    /// Nothing temporary outlives its time, and the engine asks to be woken when the time comes. Looked at
    /// in every fourth turn.
    mutating func checkExpiry(in engine: Engine, wokenAt next: Instant?) {
        guard turns.isMultiple(of: 4) else { return }
        for record in engine.rollouts.records {
            let ends = [record.pin?.order.until, record.suspension?.until, record.scale?.order.until]
                .compactMap(\.self)
            for end in ends where end <= now {
                violations.append("\(record.id): a pin or suspension has outlived its end by \((now - end).count) ms")
            }
            for end in ends where next.map({ end < $0 }) ?? true {
                violations.append("\(record.id): nobody wakes the engine when a pin or suspension ends")
            }
        }
    }
}
