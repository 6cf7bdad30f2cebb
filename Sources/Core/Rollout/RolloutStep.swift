package import Domain

/// One look at one app: from the spec that it shall run and the instances that there are to what is done next.
///
/// The decision stands on nothing but what is recorded, so it is the same before and after a crash, and carrying out a
/// part of it never makes the next one wrong. The arithmetic is that of Marathon's rolling restart (TaskReplaceActor),
/// as bounds that hold at every step instead of steps that are counted once.
package enum RolloutStep {
    /// What is done next.
    package struct Decision: Hashable, Sendable {
        /// Instances that run what the spec says already, and only get its digest.
        package var adopt: [InstanceID] = []
        /// Instances that go.
        package var stop: [InstanceID] = []
        /// How many new instances are started.
        package var start = 0
        /// Whether the app is where it shall be: all instances healthy on the spec, nothing else left.
        package var isComplete = false
    }

    /// What happens next to an app that shall run `desired`.
    ///
    /// - Healthy instances are stopped only while at least `minimumHealthy` others are healthy. Instances of old specs
    ///   that do not run are stopped at once. Old ones that run but are not healthy may recover: they stay as long as
    ///   the minimum might need them, unless new ones need their room, so nothing waits for them for ever.
    /// - New instances are started only while there are fewer than `maximumTotal` that exist.
    /// - Parameters:
    ///   - old: The specs that instances may run besides `desired`.
    ///   - instances: All of the app's instances.
    package static func decide(desired: Spec, old: [Digest: Spec], instances: [Instance]) -> Decision {
        let census = Census(desired: desired, old: old, instances: instances)
        var balance = Balance(desired: desired.app, census: census)
        var decision = Decision()
        let surplus = max(0, census.current.count - desired.app.instances)
        for victim in census.current.sorted(by: census.goesFirst).prefix(surplus) {
            balance.stop(victim, standing: census.standing(of: victim), isOld: false)
            decision.stop.append(victim.id)
        }
        for candidate in census.old.sorted(by: census.goesFirst) {
            let standing = census.standing(of: candidate)
            guard balance.allowsStopOfOld(standing) else { continue }
            balance.stop(candidate, standing: standing, isOld: true)
            decision.stop.append(candidate.id)
        }
        let stopped = Set(decision.stop)
        let adoptable = census.current.filter { $0.digest != desired.digest && !stopped.contains($0.id) }
        decision.adopt = adoptable.map(\.id)
        decision.start = balance.startable
        decision.isComplete = census.isComplete && decision.start == 0 && stopped.isEmpty
        return decision
    }

    /// What happens next to an app that goes: everything is stopped; it is complete when no instance is left.
    package static func decideRemoval(of instances: [Instance]) -> Decision {
        var decision = Decision()
        decision.stop = instances.filter { $0.goal == .running }.map(\.id)
        decision.isComplete = instances.isEmpty
        return decision
    }
}

extension RolloutStep {
    /// How few may be healthy and how many may exist.
    package struct Bounds: Hashable, Sendable {
        /// `ceil(n * minimumHealthCapacity)`: Pacer itself never goes below.
        package let minimumHealthy: Int
        /// `floor(n * (1 + maximumOverCapacity))`, and one more where both bounds meet and all of them are healthy: without it
        /// nothing could ever move (Marathon's one-over rule).
        package let maximumTotal: Int

        /// The bounds of a spec while `healthy` instances of the app are healthy.
        package init(of spec: AppSpec, healthy: Int) {
            let minimum = spec.upgradeStrategy.minimumHealthy(of: spec.instances)
            let maximum = spec.upgradeStrategy.maximumTotal(of: spec.instances)
            minimumHealthy = minimum
            maximumTotal = minimum == maximum && maximum <= healthy ? maximum + 1 : maximum
        }
    }
}

extension RolloutStep {
    /// The running account of a decision: what would be left if all that is decided so far had happened.
    private struct Balance {
        let bounds: Bounds
        /// Instances that are healthy and shall go on.
        var healthy: Int
        /// Old instances that run, are not healthy, and shall go on: they may recover.
        var recoverable: Int
        /// Instances that shall go on, of whatever spec.
        var wanted: Int
        /// Instances that take room now, with those that are on their way out.
        var existing: Int
        /// How many more instances of the desired spec are wanted.
        var needed: Int

        init(desired: AppSpec, census: Census) {
            bounds = Bounds(of: desired, healthy: census.healthy)
            healthy = census.healthy
            recoverable = census.old.count { census.standing(of: $0) == .unhealthy }
            wanted = census.current.count + census.old.count
            existing = wanted + census.leaving
            needed = max(0, desired.instances - census.current.count)
        }

        /// What may be started within the bounds now.
        var startable: Int { max(0, min(needed, bounds.maximumTotal - existing)) }

        func allowsStopOfOld(_ standing: Census.Standing) -> Bool {
            switch standing {
            case .taskless, .notRunning: true
            case .unhealthy: healthy + recoverable > bounds.minimumHealthy || wanted + needed > bounds.maximumTotal
            case .healthy: healthy > bounds.minimumHealthy
            }
        }

        mutating func stop(_ instance: Instance, standing: Census.Standing, isOld: Bool) {
            wanted -= 1
            if !Census.takesRoomWhenStopped(instance) { existing -= 1 }
            if standing == .healthy { healthy -= 1 }
            if standing == .unhealthy && isOld { recoverable -= 1 }
        }
    }
}
