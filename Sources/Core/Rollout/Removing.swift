import Domain

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

    /// An app that goes too, depends on this one, and may still be running; `nil` where this one has been told to stop
    /// already, whatever else goes since.
    func removedDependent(on id: AppID) -> AppID? {
        guard apps[id]?.instances.contains(where: { $0.goal == .running }) ?? false else { return nil }
        return dependencies.dependent(on: id) { other in
            guard let app = apps[other], app.record.desired == nil else { return true }
            return !app.instances.contains { $0.goal == .running || Census.takesRoomWhenStopped($0) }
        }
    }

    private mutating func forget(_ app: App) {
        let id = app.record.id
        apps[id] = nil
        alarms[id] = nil
        appsChanged = true
        unsaved.remove(id)
        marked.formUnion(budget.leave(id))
        outbox.append(.removed(id))
        if let rollout = app.record.rollout { outbox.append(.note(.finished(id, rollout.deployment))) }
    }

    /// Works out anew who can wait for whom, after apps came or turned.
    mutating func refreshDependencies() {
        let unsettled = apps.values.filter { $0.record.desired == nil || Rollouts.waits($0.record.rollout?.phase) }
        if appsChanged { dependencies.learn(apps: apps.keys) }
        appsChanged = false
        let known = self
        let going = unsettled.filter { $0.record.rollout?.phase != .waiting }.map(\.record.id)
        retold.formUnion(going)
        dependencies.learn(
            unsettled: unsettled.map(\.record.id),
            removed: going,
            paths: { known.paths(of: $0) }
        )
        // An app that has waited for long may have become part of a cycle by another's commit: what it waits for may
        // count for nothing now.
        if dependencies.hasCycle { marked.formUnion(unsettled.map(\.record.id)) }
    }

    /// Whether an app in this phase may have to wait for others.
    private static func waits(_ phase: RolloutRecord.Phase?) -> Bool { phase == .waiting || phase == .rollingBack }

    /// What an app depends on; for one that is being removed, what its instances' specs depend on: its record has no
    /// spec any more.
    private func paths(of id: AppID) -> [String] {
        guard let app = apps[id] else { return [] }
        if let desired = app.record.desired { return specs[desired]?.app.dependencies ?? [] }
        return Set(app.instances.flatMap { specs[$0.digest]?.app.dependencies ?? [] }).sorted()
    }
}
