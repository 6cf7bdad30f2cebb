package import Domain

extension Rollouts {
    /// Where the app is just now, as a sentence for a reader: `2 of 4 healthy on 3f2a…, 1 starting, 2 old left`. Made
    /// from what the machine knows, not from the record, which keeps only what holds for a whole phase.
    package func progress(of id: AppID) -> String {
        guard let app = apps[id] else { return "there is no such app" }
        guard let digest = app.record.desired else { return removalProgress(of: app) }
        guard let spec = specInForce(of: app) else { return "its spec \(digest.short) is not in the store" }
        let census = Census(desired: spec, old: specs, instances: app.instances)
        let isWaiting = app.record.rollout?.phase == .waiting && !census.startsNothing
        guard isWaiting, let holder = holder(of: spec.app) else { return standing(of: id) }
        return "waits for \(holder): \(standing(of: holder))"
    }

    /// The app that this one waits for before it starts or goes; `nil` where it waits for none.
    package func blocker(of id: AppID) -> AppID? {
        guard let app = apps[id], let rollout = app.record.rollout else { return nil }
        guard app.record.desired != nil else { return removedDependent(on: id) }
        guard rollout.phase == .waiting, let spec = specInForce(of: app) else { return nil }
        let census = Census(desired: spec, old: specs, instances: app.instances)
        return census.startsNothing ? nil : holder(of: spec.app)
    }

    /// Whether the cluster's brake keeps the app's rollout from moving.
    package func isBraked(_ id: AppID) -> Bool {
        guard losses.brakedUntil != nil, let record = apps[id]?.record else { return false }
        guard let rollout = record.rollout, record.desired != nil, record.suspension == nil else { return false }
        // The brake is what comes first in the way of whatever is on its way.
        return [.waiting, .canary, .rolling].contains(rollout.phase)
            && [.held, .turn].contains(rollout.hindrance)
    }

    /// What holds the app up was found when it was looked at last. What would hold it up, were it not in the way of the
    /// brake or of its turn, is not told: nobody would say when that changes.
    private func holder(of spec: AppSpec) -> AppID? {
        dependencies.holder(of: spec.id, dependingOn: spec.dependencies)
    }

    private func standing(of id: AppID) -> String {
        guard let app = apps[id], let spec = specInForce(of: app) else {
            return "its spec is not in the store"
        }
        var terms = RolloutStep.Terms()
        terms.outdatedBefore = app.record.restart?.at
        let census = Census(desired: spec, old: specs, instances: app.instances, terms: terms)
        let healthy = census.current.count { census.standing(of: $0) == .healthy }
        var parts = ["\(healthy) of \(spec.app.instances) healthy on \(spec.digest.short)"]
        let starting = census.current.count - healthy
        if starting > 0 { parts.append("\(starting) not healthy yet") }
        if !census.old.isEmpty { parts.append("\(census.old.count) old left") }
        if census.leaving > 0 { parts.append("stopping \(census.leaving)") }
        return parts.joined(separator: ", ")
    }

    private func removalProgress(of app: App) -> String {
        if let dependent = removedDependent(on: app.record.id) {
            return "is removed after \(dependent), which depends on it and is not stopped yet"
        }
        return "stopping \(app.instances.count)"
    }
}
