import Domain
import Planning

/// Another number of instances than the spec says, for a while.
extension Rollouts {
    /// The spec that the app shall run, with the number of instances that is in force; `nil` where it has none, or where the
    /// store has lost it.
    func specInForce(of app: App) -> Spec? {
        app.record.desired.flatMap { specs[$0] }.map(app.record.inForce)
    }

    /// Sets the number of instances that is in force.
    mutating func scale(_ command: RolloutCommand, _ record: AppRecord, at now: Instant) -> RolloutAnswer {
        let id = command.app
        guard let wanted = command.instances, (0...ScaleOverride.most).contains(wanted) else {
            return refuse(
                command,
                "it must be told how many, from 0 to \(ScaleOverride.most): pacer rollout scale \(id) --instances N"
            )
        }
        guard let app = apps[id], let spec = record.desired.flatMap({ specs[$0] }) else {
            return refuse(command, "its spec is not in the store; it keeps what it runs until git changes it")
        }
        if let why = obstacle(to: wanted, app, spec) { return refuse(command, why) }
        let order = lasting(command.order, policy.scaleFor)
        // The same number again only lasts longer: what leads to it goes on.
        let goesOn = record.scale?.instances == wanted && record.rollout.map { !$0.isAtRest } ?? false
        let deployment = (goesOn ? record.scale?.deployment : nil) ?? command.deployment
        turn(
            id,
            to: ScaleOverride(instances: wanted, order: order, deployment: deployment),
            in: deployment,
            because: "scaled to \(Rollouts.counted(wanted)) by \(Rollouts.words(order))",
            at: now
        )
        let until = order.until.map { " until \($0.brief)" } ?? ""
        let instead = wanted == spec.app.instances ? ", as its spec says," : " instead of \(spec.app.instances)"
        let volumes =
            spec.app.isResident && wanted > spec.app.instances
            ? "; then those beyond \(spec.app.instances) go, and their volumes are deleted" : ""
        return done(command, "has \(Rollouts.counted(wanted))\(instead)\(until)\(volumes)")
    }

    /// What forbids another number of instances; `nil` where nothing does.
    private func obstacle(to wanted: Int, _ app: App, _ spec: Spec) -> String? {
        let record = app.record
        guard record.suspension == nil else {
            return "it is suspended; start it first: pacer rollout resume \(record.id)"
        }
        if let rollout = record.rollout, rollout.isAtRest, !record.isScaling {
            let (word, verb) = rollout.phase == .paused ? ("is paused", "resume") : ("was aborted", "retry")
            return "its rollout \(word), so nothing of it moves; first: pacer rollout \(verb) \(record.id)"
        }
        // How many of each version stand beside one another is the canary's to say; with few enough it would pass unseen.
        guard record.rollout?.phase != .canary else {
            return "its canary is out; first: pacer rollout promote, abort or rollback \(record.id)"
        }
        let present = app.instances.count { $0.goal == .running }
        guard !spec.app.isResident || wanted >= present else {
            return "it has persistent volumes, and \(Rollouts.counted(present)): with fewer, data would be deleted"
        }
        return nil
    }

    /// Lifts another number of instances by order.
    /// - Returns: What was done, in words; empty where there was nothing to lift.
    mutating func liftOverride(_ command: RolloutCommand, at now: Instant) -> [String] {
        guard let override = apps[command.app]?.record.scale else { return [] }
        endOverride(override, of: command.app, in: command.deployment, at: now)
        let number = apps[command.app].flatMap(specInForce).map { Rollouts.counted($0.app.instances) }
        return ["it has \(number ?? "as many instances") again, as its spec says"]
    }

    /// Ends another number of instances whose time is over.
    mutating func expireOverride(_ id: AppID, at now: Instant) {
        guard let record = apps[id]?.record, let override = record.scale else { return }
        guard let until = override.order.until, until <= now else { return }
        let what = "the scale override of \(override.order.who) to \(Rollouts.counted(override.instances))"
        outbox.append(.note(.expired(id, what)))
        let deployment = DeploymentID("\(record.source)-unscale-\(override.order.at.milliseconds)")
        endOverride(override, of: id, in: deployment, at: now)
    }

    private mutating func endOverride(
        _ override: ScaleOverride,
        of id: AppID,
        in deployment: DeploymentID,
        at now: Instant
    ) {
        let reason = "goes back to its spec's number after \(Rollouts.counted(override.instances))"
        turn(id, to: nil, in: deployment, because: reason, at: now)
    }

    /// Puts a number of instances in force and has a rollout lead to it. A rollout that led to another number, and to
    /// nothing else, gives way, wherever it is; every other one goes on, towards the new number.
    private mutating func turn(
        _ id: AppID,
        to override: ScaleOverride?,
        in deployment: DeploymentID,
        because reason: String,
        at now: Instant
    ) {
        guard let record = apps[id]?.record else { return }
        change(id) { record in
            record.scale = override
            // The way to another number is measured anew.
            record.rollout?.nearest = nil
            record.rollout?.nearestAt = nil
        }
        marked.insert(id)
        guard let spec = record.desired.flatMap({ specs[$0] }) else { return }
        let before = record.inForce(spec).app.instances
        let after = override?.instances ?? spec.app.instances
        if before != after { outbox.append(.note(.scaled(id, from: before, to: after))) }
        guard record.suspension == nil, record.rollout == nil ? before != after : record.isScaling else { return }
        guard record.rollout?.deployment != deployment else { return }
        if record.rollout != nil { outbox.append(.note(.superseded(id, by: deployment))) }
        // As with a number that git changes: what runs does not begin to wait, what starts waits for its dependencies.
        let waits = before == 0 || record.rollout?.phase == .waiting
        let hasTurn = keepsTurn(id)
        change(id) { record in
            record.rollout = RolloutRecord(
                deployment: deployment,
                phase: waits ? .waiting : .rolling,
                reason: reason,
                since: now
            )
            if !waits, !hasTurn { record.rollout?.hindrance = .turn }
        }
        outbox.append(.note(.began(id, deployment, .scale)))
        refreshDependencies()
        refreshReadiness(of: id)
    }

    private static func counted(_ instances: Int) -> String {
        instances == 1 ? "1 instance" : "\(instances) instances"
    }
}

extension AppRecord {
    /// Whether its rollout leads to another number of instances and to nothing else.
    fileprivate var isScaling: Bool {
        guard let rollout, rollout.deployment == scale?.deployment else { return false }
        return rollout.phase != .rollingBack && rollout.pausedIn != .rollingBack
    }
}

extension RolloutRecord {
    /// Whether nothing of it moves before a person, or a commit, says so.
    fileprivate var isAtRest: Bool { phase == .paused || phase == .aborted }
}
