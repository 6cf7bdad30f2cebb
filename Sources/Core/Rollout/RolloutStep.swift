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
        /// Instances whose task ends and is followed by one of the spec on what is reserved for them.
        package var relaunch: [InstanceID] = []
        /// How many new instances are started.
        package var start = 0
        /// Whether more would be started if the shared budget allowed it.
        package var isBraked = false
        /// Whether the app is where it shall be: all instances healthy on the spec, nothing else left.
        package var isComplete = false

        /// Whether everything stays as it is.
        var movesNothing: Bool { start == 0 && stop.isEmpty && adopt.isEmpty && relaunch.isEmpty }
    }

    /// What besides specs and instances a decision stands on.
    package struct Terms: Hashable, Sendable {
        /// The moment of the decision.
        package var now = Instant(milliseconds: 0)
        /// How long a new instance must have been healthy before it counts as such, in milliseconds.
        package var watch = Milliseconds.zero
        /// Tasks launched before this moment are to be replaced, whatever they run.
        package var outdatedBefore: Instant?
        /// How many instances of the new spec there may be for now; the others stay old.
        package var canary: Int?
        /// How many instances may be started now, by a budget that apps share.
        package var mayStart = Int.max
        /// New tasks that take longer than this to become healthy have failed, in milliseconds; `nil` where nobody asks.
        package var deadline: Milliseconds?

        /// No terms: what is healthy counts at once, everything may move.
        package init() {}

        /// Whether the instance is to be replaced whatever it runs: by order, or because its agent goes. One with volumes
        /// cannot leave its agent.
        func isOutdated(_ instance: Instance) -> Bool {
            guard let task = instance.task, instance.next == nil else { return false }
            guard task.leavesAt == nil || instance.reservation != nil else { return true }
            guard let outdatedBefore else { return false }
            return task.launched < outdatedBefore
        }

        /// When the instance will have been healthy for long enough.
        func watchEnds(_ instance: Instance, _ spec: AppSpec) -> Instant {
            let since = spec.isChecked ? instance.task?.healthySince ?? instance.since : instance.since
            return max(since, instance.since) + watch
        }

        func isWatched(_ instance: Instance, _ spec: AppSpec) -> Bool {
            watch > .zero && watchEnds(instance, spec) > now
        }

        /// When a task that is not healthy counts as failed. Waiting for an offer and fetching are no failures.
        func overdue(_ instance: Instance) -> Instant? {
            guard let deadline, instance.next == nil else { return nil }
            guard [.starting, .running].contains(instance.condition) else { return nil }
            return instance.since + deadline
        }
    }

    /// What happens next to an app that shall run `desired`.
    ///
    /// - Healthy instances are stopped only while at least `minimumHealthy` others are healthy. Instances of old specs
    ///   that do not run are stopped at once. Old ones that run but are not healthy may recover: they stay as long as
    ///   the minimum might need them, unless new ones need their room, so nothing waits for them for ever.
    /// - New instances are started only while there are fewer than `maximumTotal` that exist.
    /// - Instances of old specs with volumes are not stopped, which would delete these: their tasks end, within the same
    ///   bounds, and new ones follow in the same place. One that has no task takes the new spec at once, whatever may be
    ///   started.
    /// - While only a canary may come out, old instances go only as far as it needs their room.
    /// - Parameters:
    ///   - old: The specs that instances may run besides `desired`.
    ///   - instances: All of the app's instances.
    package static func decide(
        desired: Spec,
        old: [Digest: Spec],
        instances: [Instance],
        terms: Terms = Terms()
    ) -> Decision {
        let census = Census(desired: desired, old: old, instances: instances, terms: terms)
        return decide(desired, census, terms)
    }

    static func decide(_ desired: Spec, _ census: Census, _ terms: Terms) -> Decision {
        var balance = Balance(desired: desired.app, census: census, terms: terms)
        var decision = Decision()
        let surplus = max(0, census.current.count - desired.app.instances)
        for victim in census.current.sorted(by: census.isSpareFirst).prefix(surplus) {
            let standing = census.standing(of: victim)
            guard balance.allowsEnd(ofSpare: standing, isReserved: victim.reservation != nil) else { continue }
            balance.stop(victim, standing: standing, isOld: false)
            decision.stop.append(victim.id)
        }
        for candidate in census.old.sorted(by: census.goesFirst) {
            let standing = census.standing(of: candidate)
            let stays = balance.needed > 0 && census.keepsReservation(candidate)
            guard balance.allowsEnd(ofOld: standing, stays: stays), balance.olds > balance.keptOld else { continue }
            guard stays else {
                balance.stop(candidate, standing: standing, isOld: true)
                decision.stop.append(candidate.id)
                continue
            }
            // One without a task is about to get one in any case: better of the wanted spec than of the old one.
            guard standing == .taskless || decision.relaunch.count < terms.mayStart else {
                decision.isBraked = true
                continue
            }
            balance.relaunch(standing: standing)
            decision.relaunch.append(candidate.id)
        }
        let stopped = Set(decision.stop)
        let adoptable = census.current.filter { ($0.next ?? $0.digest) != desired.digest && !stopped.contains($0.id) }
        decision.adopt = adoptable.map(\.id)
        decision.start = min(balance.startable, max(0, terms.mayStart - decision.relaunch.count))
        decision.isBraked = decision.isBraked || decision.start < balance.startable
        decision.isComplete = census.isComplete && decision.start == 0 && stopped.isEmpty
        return decision
    }

    /// What happens to an app whose way back has to wait for another's: what has no task takes the spec that it goes back
    /// to. It is about to be launched in any case, and what is held back is not launched again. Nothing else moves.
    static func decideWhileHeld(_ desired: Spec, _ census: Census) -> Decision {
        var decision = Decision()
        let waiting = census.old.filter { census.standing(of: $0) == .taskless }
        decision.relaunch = waiting.filter { $0.reservation == nil || census.keepsReservation($0) }.map(\.id)
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
        /// How few may be healthy where one is launched again in its place. An app with volumes cannot go above its maximum:
        /// where others may have one more, it may have one healthy fewer.
        package let minimumWhileRelaunched: Int

        /// The bounds of a spec while `healthy` instances of the app are healthy.
        package init(of spec: AppSpec, healthy: Int) {
            let minimum = spec.upgradeStrategy.minimumHealthy(of: spec.instances)
            let maximum = spec.upgradeStrategy.maximumTotal(of: spec.instances)
            let isStuck = minimum == maximum && maximum <= healthy
            minimumHealthy = minimum
            minimumWhileRelaunched = isStuck && spec.isResident ? max(0, minimum - 1) : minimum
            maximumTotal = isStuck && !spec.isResident ? maximum + 1 : maximum
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
        /// Instances of old specs that shall go on.
        var olds: Int
        /// How many of them stay in any case while a canary is out.
        let keptOld: Int

        init(desired: AppSpec, census: Census, terms: Terms) {
            bounds = Bounds(of: desired, healthy: census.healthy)
            healthy = census.healthy
            recoverable = census.old.count {
                census.standing(of: $0) < .healthy && census.standing(of: $0) > .notRunning
            }
            wanted = census.current.count + census.old.count
            existing = wanted + census.leaving
            let news = min(desired.instances, terms.canary ?? desired.instances)
            needed = max(0, news - census.current.count)
            olds = census.old.count
            keptOld = terms.canary == nil ? 0 : desired.instances - news
        }

        /// What may be started within the bounds now.
        var startable: Int { max(0, min(needed, bounds.maximumTotal - existing)) }

        /// Of what is too many the worst goes, and healthy is left what is needed; but data decides which one with volumes goes,
        /// and that one stays until the others are healthy.
        func allowsEnd(ofSpare standing: Census.Standing, isReserved: Bool) -> Bool {
            !isReserved || standing < .healthy || healthy > bounds.minimumHealthy
        }

        func allowsEnd(ofOld standing: Census.Standing, stays: Bool) -> Bool {
            switch standing {
            case .taskless, .notRunning: true
            case .unhealthy, .watched:
                healthy + recoverable > bounds.minimumHealthy || wanted + needed > bounds.maximumTotal
            case .healthy: healthy > (stays ? bounds.minimumWhileRelaunched : bounds.minimumHealthy)
            }
        }

        /// The instance stays where it is, with another task.
        mutating func relaunch(standing: Census.Standing) {
            olds -= 1
            needed -= 1
            if standing == .healthy { healthy -= 1 }
            if standing < .healthy, standing > .notRunning { recoverable -= 1 }
        }

        mutating func stop(_ instance: Instance, standing: Census.Standing, isOld: Bool) {
            wanted -= 1
            if isOld { olds -= 1 }
            if !Census.takesRoomWhenStopped(instance) { existing -= 1 }
            if standing == .healthy { healthy -= 1 }
            if isOld, standing < .healthy, standing > .notRunning { recoverable -= 1 }
        }
    }
}
