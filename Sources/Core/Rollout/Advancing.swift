import Domain

extension Rollouts {
    /// Takes an app one look further towards its desired spec.
    mutating func advance(_ app: App, at now: Instant) {
        guard healsDrift || app.record.rollout != nil else { return }
        let id = app.record.id
        guard let digest = app.record.desired, let spec = specs[digest] else {
            return noteWait(id, "its spec is not in the store; it keeps what it runs until git changes it")
        }
        if app.record.rollout?.phase == .waiting {
            guard !waits(app, spec) else { return }
            change(id) { record in
                record.rollout?.phase = .rolling
                record.rollout?.reason = Rollouts.aim(of: spec.app)
                record.rollout?.since = now
            }
        }
        let decision = RolloutStep.decide(desired: spec, old: specs, instances: app.instances)
        carryOut(decision, for: id, digest, at: now)
        if decision.isComplete { finish(id, spec) }
    }

    /// Whether the app has to wait for another one before anything of it may start.
    private mutating func waits(_ app: App, _ spec: Spec) -> Bool {
        let id = app.record.id
        let census = Census(desired: spec, old: specs, instances: app.instances)
        guard !census.startsNothing else { return false }
        guard let obstacle = obstacle(to: spec.app) else {
            dependencies.passed(id, spec.app.dependencies)
            return false
        }
        dependencies.wait(id, for: obstacle)
        noteWait(id, waitingReason(spec.app))
        return true
    }

    /// Says once what a rollout waits for.
    private mutating func noteWait(_ id: AppID, _ reason: String) {
        guard let rollout = apps[id]?.record.rollout, rollout.reason != reason else { return }
        change(id) { $0.rollout?.reason = reason }
        outbox.append(.note(.waiting(id, reason)))
    }

    /// What the app has to wait for: the first dependency that there is and that is not healthy.
    func obstacle(to spec: AppSpec) -> Dependencies.Obstacle? {
        dependencies.obstacle(to: spec.id, dependingOn: spec.dependencies) { apps[$0]?.record.desired != nil }
    }

    private func waitingReason(_ spec: AppSpec) -> String {
        let missing = dependencies.missing(of: spec.dependencies)
        let present = spec.dependencies.filter { !missing.contains($0) }
        let reason = "waits until what it depends on is healthy: \(Rollouts.some(of: present))"
        return missing.isEmpty
            ? reason : "\(reason) (not waited for, as it does not exist: \(Rollouts.some(of: missing)))"
    }

    /// The first few of a list that may be long: the record that holds the sentence is small.
    private static func some(of paths: [String]) -> String {
        let shown = paths.prefix(5).joined(separator: ", ")
        return paths.count <= 5 ? shown : "\(shown) and \(paths.count - 5) more"
    }

    private mutating func carryOut(_ decision: RolloutStep.Decision, for id: AppID, _ digest: Digest, at now: Instant) {
        guard var app = apps[id] else { return }
        let adopted = Set(decision.adopt)
        let stopped = Set(decision.stop)
        for index in app.instances.indices {
            let instance = app.instances[index].id
            if adopted.contains(instance) { app.instances[index].digest = digest }
            if stopped.contains(instance) { app.instances[index].goal = .stopped }
        }
        outbox += decision.adopt.map { .adopt($0, digest) }
        outbox += decision.stop.map(RolloutEffect.stop)
        for _ in 0..<decision.start {
            let new = InstanceID(app: id, number: app.record.nextInstance)
            app.record.nextInstance += 1
            app.instances.append(Instance(id: new, digest: digest, since: now))
            outbox.append(.start(new, digest))
        }
        apps[id] = app
        guard decision.start > 0 || !adopted.isEmpty || !stopped.isEmpty else { return }
        if decision.start > 0 { unsaved.insert(id) }
        marked.insert(id)
    }

    private mutating func finish(_ id: AppID, _ spec: Spec) {
        guard let rollout = apps[id]?.record.rollout else { return }
        change(id) { record in
            record.rollout = nil
            // An app without instances has shown nothing.
            if spec.app.instances > 0 { record.lastHealthy = spec.digest }
        }
        outbox.append(.note(.finished(id, rollout.deployment)))
    }
}

// MARK: - Removal

extension Rollouts {
    /// Stops an app that git has no more, after everything that goes with it and depends on it.
    mutating func stopAll(_ app: App) {
        let id = app.record.id
        let decision = RolloutStep.decideRemoval(of: app.instances)
        guard !decision.isComplete else { return forget(app) }
        if let dependent = removedDependent(on: id) { return dependencies.wait(id, for: dependent) }
        outbox += decision.stop.map(RolloutEffect.stop)
        for index in app.instances.indices { apps[id]?.instances[index].goal = .stopped }
    }

    /// An app that goes too, depends on this one, and may still be running.
    func removedDependent(on id: AppID) -> AppID? {
        dependencies.dependent(on: id) { other in
            guard let app = apps[other], app.record.desired == nil else { return true }
            return !app.instances.contains { $0.goal == .running || Census.takesRoomWhenStopped($0) }
        }
    }

    private mutating func forget(_ app: App) {
        let id = app.record.id
        apps[id] = nil
        appsChanged = true
        unsaved.remove(id)
        outbox.append(.removed(id))
        if let rollout = app.record.rollout { outbox.append(.note(.finished(id, rollout.deployment))) }
    }

    /// Works out anew who can wait for whom, after apps came or turned.
    mutating func refreshDependencies() {
        let unsettled = apps.values.filter { $0.record.rollout?.phase == .waiting || $0.record.desired == nil }
        if appsChanged { dependencies.learn(apps: apps.keys) }
        appsChanged = false
        let known = self
        dependencies.learn(
            unsettled: unsettled.map(\.record.id),
            removed: unsettled.filter { $0.record.desired == nil }.map(\.record.id),
            paths: { known.paths(of: $0) }
        )
        // An app that has waited for long may have become part of a cycle by another's commit: what it waits for may
        // count for nothing now.
        if dependencies.hasCycle { marked.formUnion(unsettled.map(\.record.id)) }
    }

    /// What an app depends on; for one that is being removed, what its instances' specs depend on: its record has no
    /// spec any more.
    private func paths(of id: AppID) -> [String] {
        guard let app = apps[id] else { return [] }
        if let desired = app.record.desired { return specs[desired]?.app.dependencies ?? [] }
        return Set(app.instances.flatMap { specs[$0.digest]?.app.dependencies ?? [] }).sorted()
    }
}
