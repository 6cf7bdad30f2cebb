import Domain

/// An app's instances, sorted into those that run what is wanted, those of old specs, and those on their way out.
struct Census {
    /// How well an instance stands, worst first: the worst go first.
    enum Standing: Int, Comparable {
        /// It waits for an offer.
        case taskless
        /// It has a task that does not run: not yet, no more, or out of reach.
        case notRunning
        /// It runs, and its check does not pass.
        case unhealthy
        /// It runs, its checks pass, and it has not done so for as long as is asked for.
        case watched
        /// It runs, and its checks (if any) pass, for long enough.
        case healthy

        static func < (left: Standing, right: Standing) -> Bool { left.rawValue < right.rawValue }
    }

    /// Wanted instances whose tasks run what `desired` says; a digest that differs in no restart field is as good.
    let current: [Instance]
    /// Wanted instances of other specs.
    let old: [Instance]
    /// Instances on their way out that still take room.
    let leaving: Int
    /// Wanted instances, of whatever spec, that are healthy under their own.
    let healthy: Int
    private let desired: Spec
    private let specs: [Digest: Spec]
    private let terms: RolloutStep.Terms

    init(
        desired: Spec,
        old specs: [Digest: Spec],
        instances: [Instance],
        terms: RolloutStep.Terms = RolloutStep.Terms()
    ) {
        var current: [Instance] = []
        var old: [Instance] = []
        var leaving = 0
        for instance in instances {
            if instance.goal == .stopped {
                leaving += Census.takesRoomWhenStopped(instance) ? 1 : 0
            } else if Census.runs(instance, desired, specs), !terms.isOutdated(instance) {
                current.append(instance)
            } else {
                old.append(instance)
            }
        }
        self.current = current
        self.old = old
        self.leaving = leaving
        self.desired = desired
        self.specs = specs
        self.terms = terms
        healthy = (current + old).count { Census.standing(of: $0, desired, specs, terms) == .healthy }
    }

    /// Whether the app is where it shall be.
    var isComplete: Bool {
        old.isEmpty && leaving == 0 && current.count == desired.app.instances
            && current.allSatisfy { $0.digest == desired.digest && standing(of: $0) == .healthy }
    }

    /// How near the app is to where it shall be: one more for each new instance that is healthy, one less for each that has to
    /// go.
    var progress: Int {
        let surplus = max(0, current.count - desired.app.instances)
        return current.count { standing(of: $0) == .healthy } - old.count - surplus - leaving
    }

    /// Whether nothing has to be started to get there.
    var startsNothing: Bool {
        desired.app.instances == 0 || (old.isEmpty && current.count >= desired.app.instances)
    }

    /// How the instance stands under the spec of its own digest.
    func standing(of instance: Instance) -> Standing { Census.standing(of: instance, desired, specs, terms) }

    /// Whether `left` is stopped before `right` where there are too many: as ``goesFirst(_:_:)`` says. But of instances with
    /// volumes the one goes whose data is younger, however it stands: a task can be started again, data cannot.
    func isSpareFirst(_ left: Instance, _ right: Instance) -> Bool {
        guard let first = left.reservation, let second = right.reservation else { return goesFirst(left, right) }
        let (ages, isOldestFirst) = ((first.since, left.id), desired.app.killSelection == .oldestFirst)
        return isOldestFirst ? ages < (second.since, right.id) : (second.since, right.id) < ages
    }

    /// Whether `left` is stopped before `right`: the worse first, then by the desired spec's kill selection.
    func goesFirst(_ left: Instance, _ right: Instance) -> Bool {
        let standings = (standing(of: left), standing(of: right))
        guard standings.0 == standings.1 else { return standings.0 < standings.1 }
        let ages = (Age(left), Age(right))
        switch desired.app.killSelection {
        case .oldestFirst: return ages.0 < ages.1
        case .youngestFirst: return ages.1 < ages.0
        }
    }

    /// Whether an instance whose goal is to stop is still counted against the maximum. An unreachable one is not: the
    /// cluster lost it, its task is killed when the agent comes back, and nobody can say whether it ever will.
    static func takesRoomWhenStopped(_ instance: Instance) -> Bool {
        instance.condition.hasTask && instance.condition != .unreachable
    }

    /// Whether a new task of the desired spec can run on what is reserved for an instance. Then it keeps its number and its
    /// volumes; to stop it would delete them. One whose spec nobody knows any more is not thrown away lightly.
    func keepsReservation(_ instance: Instance) -> Bool {
        guard instance.reservation != nil else { return false }
        let known = instance.digest == desired.digest ? desired : specs[instance.digest]
        guard let spec = known else { return desired.app.isResident }
        return desired.app.fitsReservation(of: spec.app)
    }

    /// What the instance runs or is about to run.
    private static func runs(_ instance: Instance, _ desired: Spec, _ specs: [Digest: Spec]) -> Bool {
        let digest = instance.next ?? instance.digest
        return digest == desired.digest || specs[digest]?.restartDigest == desired.restartDigest
    }

    private static func standing(
        of instance: Instance,
        _ desired: Spec,
        _ specs: [Digest: Spec],
        _ terms: RolloutStep.Terms
    ) -> Standing {
        guard instance.condition.hasTask else { return .taskless }
        guard instance.condition == .running, instance.next == nil else { return .notRunning }
        guard let spec = instance.digest == desired.digest ? desired : specs[instance.digest] else {
            // Nobody knows any more what it was to be checked for: it counts as healthy unless Mesos said otherwise,
            // so that it is not thrown away lightly.
            return instance.task?.healthy == false ? .unhealthy : .healthy
        }
        guard instance.isHealthy(under: spec.app) else { return .unhealthy }
        // What is old has been watched when it was new; what is to go, whatever it runs, is needed as long as it is healthy.
        let isNew = spec.restartDigest == desired.restartDigest && !terms.isOutdated(instance)
        return isNew && terms.isWatched(instance, spec.app) ? .watched : .healthy
    }

    /// When an instance's task was launched; those without a task are the youngest.
    private struct Age: Comparable {
        let launched: Instant
        let id: InstanceID

        init(_ instance: Instance) {
            launched = instance.task?.launched ?? Instant(milliseconds: .max)
            id = instance.id
        }

        static func < (left: Age, right: Age) -> Bool {
            left.launched == right.launched ? left.id < right.id : left.launched < right.launched
        }
    }
}
