package import Domain

/// The scheduler's core: demand × offers × task updates → calls to Mesos and changed instances.
///
/// A pure machine. Time comes in with every event; effects come out; nothing else happens. The same events at the same
/// moments give the same effects in every process.
///
/// How to drive it: make one from what the store holds; hand it everything that happens; at the end of each turn, and at
/// ``nextDeadline``, hand it `.tick`. Carry out the effects as ``SchedulerEffect`` says. The first tick asks for a
/// subscription.
///
/// What it holds on to:
/// - An instance has at most one task that Pacer started and has not seen the end of, or given up for unreachable.
/// - Every offer is answered once: accepted, declined, or void by Mesos's word or with the subscription.
/// - A launch, a kill and an acknowledgement come after the `.changed` or `.removed` that they rest on.
/// - Silence is never read as a loss.
package struct Scheduler: Sendable {
    /// The leader's term, which makes task ids unique.
    package let epoch: Int64
    /// The numbers that behaviour hangs on.
    package let settings: SchedulerSettings
    /// The connection to Mesos.
    package internal(set) var connection: ConnectionState
    /// Apps that wait for a place, with what is in the way.
    package internal(set) var refusals: [AppID: RefusalReport] = [:]

    var book = InstanceBook()
    var requests: [Digest: LaunchRequest] = [:]
    /// How many instances apps shall have whose specs' numbers are not in force.
    var scales: [AppID: Int] = [:]
    var names: TaskNames
    var outbox: [SchedulerEffect] = []

    /// The apps of which at least one instance may be launched now.
    var ready = WaitingApps()
    /// The apps that wait for the end of a back-off with something to launch.
    var backoffEnds = Agenda<AppID>()
    var backoff: Backoff
    /// The app that was served first the last time: the next one begins.
    var served: AppID?

    var offers: [OfferID: Offer] = [:]
    /// The offers' ids in the order they came; may hold ids that are void by now.
    var offerOrder: [OfferID] = []
    /// What offers have shown of the agents.
    var known = KnownAgents()
    var roleUse: RoleUse
    var updates = FrameworkUpdates()
    var flow = OfferFlow()
    /// The constraints on offers that what waits allows, and whether it may have changed since.
    var constraining = Constraining()
    var maintenance = Maintenance()
    /// Where the search for a free port begins on an agent.
    var portStarts: [AgentID: Int] = [:]

    var reconciler = Reconciler()
    var kills = KillQueue()
    var unconfirmed = Agenda<InstanceID>()
    var unreachable = Agenda<InstanceID>()
    var orphansByTask: [TaskID: OrphanTask] = [:]
    var abandoned: AbandonedTasks

    /// The apps that have something to give back that is reserved for an instance.
    var releasing = WaitingApps()
    /// When an offer showed a reservation last that is recorded.
    var seen: [ReservationID: Instant] = [:]
    var reservationEnds = Agenda<InstanceID>()
    var leftovers = Leftovers()
    /// Until when offers are wanted, only to see whether something is left over.
    var sweepEnds: Instant?
    /// When they are wanted for that again.
    var nextSweep: Instant?

    /// A scheduler for one term of leadership.
    /// - Parameters:
    ///   - epoch: the term's number, greater than every earlier one.
    ///   - framework: the id that the store holds; `nil` only where the store was read whole and has none.
    ///   - specs: every spec that an instance is of.
    ///   - instances: every instance that the store holds: a task that is not among them is an orphan.
    ///   - backoffs: the waits of failing apps.
    package init(
        epoch: Int64,
        settings: SchedulerSettings,
        framework: FrameworkID?,
        specs: [Digest: Spec],
        instances: [Instance],
        backoffs: [AppID: BackoffState],
        now: Instant
    ) {
        self.epoch = epoch
        self.settings = settings
        self.connection = ConnectionState(frameworkID: framework, since: now)
        self.roleUse = RoleUse(own: settings.role)
        self.names = TaskNames(epoch: epoch)
        self.backoff = Backoff(backoffs)
        self.abandoned = AbandonedTasks(limit: settings.rememberedTasks)
        for (digest, spec) in specs { know(spec, as: digest) }
        for instance in instances { take(over: instance, at: now) }
        for app in book.appIDs { refreshDemand(of: app, at: now) }
    }

    /// Takes in one event and says what is to be done.
    package mutating func handle(_ event: SchedulerEvent, at now: Instant) -> [SchedulerEffect] {
        guard connection.phase != .stopped else { return [] }
        switch event {
        case .connection(let change): connectionChanged(change, at: now)
        case .mesos(let event): mesosSays(event, at: now)
        case .order(let order): obey(order, at: now)
        case .learn(let spec): learn(spec, at: now)
        case .forget(let digest): forget(digest)
        case .scale(let app, let instances): scales[app] = instances
        case .restart(let app, let moment): book.restart(app, at: moment)
        case .tick: tick(at: now)
        }
        defer { outbox = [] }
        return outbox
    }

    /// The earliest moment at which a tick must come although nothing else happens.
    package var nextDeadline: Instant? {
        guard connection.phase != .stopped else { return nil }
        guard connection.phase == .subscribed else {
            return connection.isAsked ? connection.giveUpAt : connection.since
        }
        return [
            silenceEnds, reconciler.nextDeadline, kills.nextDeadline(settings), unconfirmed.next, unreachable.next,
            maintenance.nextDeadline, backoffEnds.next, backoff.nextDeadline, reservationEnds.next, sweepEnds,
            nextSweep,
            updates.nextDeadline(roleUse.roles, settings), flow.nextDeadline(wanted: wantsOffers(for:), settings),
        ].compactMap(\.self).min()
    }

    // MARK: - What others may look at

    /// An app's instances, by number.
    package func instances(of app: AppID) -> [Instance] { book.instances(of: app) }

    /// One instance.
    package func instance(_ id: InstanceID) -> Instance? { book[id] }

    /// The apps that have an instance, sorted. Costs a sort of all of them.
    package var allApps: [AppID] { book.appIDs }

    /// Every instance, by app and number. Costs a walk over all of them.
    package var allInstances: [Instance] { book.appIDs.flatMap { book.instances(of: $0) } }

    /// How many instances there are.
    package var instanceCount: Int { book.count }

    /// Tasks of our framework that no record names, by task.
    package var orphans: [OrphanTask] { orphansByTask.keys.sorted().compactMap { orphansByTask[$0] } }

    /// Tasks that Mesos was asked for and has not answered.
    package var unansweredCount: Int { reconciler.unanswered.count }

    /// Whether a role's offers are of use: to launch something, to give something back, or to see what is left over.
    func wantsOffers(for role: String) -> Bool { ready.wants(role) || tendsReservations(of: role) }

    /// Whether something of a role is to be given back, or may be left over. Nothing can be reserved for the role `*`.
    func tendsReservations(of role: String) -> Bool {
        let sweeps = sweepEnds != nil || settings.killsOrphans && !leftovers.isEmpty
        return releasing.wants(role) || role != "*" && sweeps
    }

    // MARK: - The end of a turn

    private mutating func tick(at now: Instant) {
        watchConnection(at: now)
        endBackoffs(at: now)
        guard connection.phase == .subscribed else { return }
        giveUpUnreachable(at: now)
        giveUpReservations(at: now)
        lookForLeftovers(at: now)
        watchMaintenance(at: now)
        placeInstances(at: now)
        askForUnconfirmed(at: now)
        sendKills(at: now)
        sendReconciliation(at: now)
        updateFramework(at: now)
        for call in flow.calls(wanted: wantsOffers(for:), at: now, settings) { emit(.send(call)) }
    }

    mutating func emit(_ effect: SchedulerEffect) { outbox.append(effect) }
}
