import Boundary
package import Domain
import Planning
package import Rollout
package import Scheduling

/// The controller without its surroundings: owns the machines, and turns what happened into what is to be done. Pure and
/// synchronous; the loop feeds it in production, the simulation in virtual time.
///
/// One turn: every input goes to the machine it concerns; the rollouts and the scheduler then take turns until nothing
/// moves; the scheduler matches offers; all changed records become one batch.
package struct Engine: Sendable {
    /// What the controller was told at its start.
    package let settings: ControllerSettings
    /// The term that this engine acts in.
    package let epoch: Int64

    /// Matches offers, launches, kills, reconciles.
    package internal(set) var scheduler: Scheduler
    /// Decides which instances there shall be.
    package internal(set) var rollouts: Rollouts

    let planner: Planner
    var desks: [String: SourceDesk]
    /// Sources that are not in the configuration any more, as long as apps of them are there.
    var formers: [String: FormerSource]
    var shelf: SpecShelf
    var deployments: DeploymentBook
    var ledger: DriftLedger
    var driftSegment: Int
    var statuses: [AppID: AppStatus] = [:]
    /// Per app what plans stand on, as it was told last.
    var footings: [AppID: AppRecord] = [:]

    /// Apps that go over from one source to another.
    var heirs: [AppID: ActualState.Heir] = [:]

    /// Apps whose instances or record changed in this turn.
    var touched: Set<AppID> = []
    /// Apps whose status is to be worked out again.
    var stale: Set<AppID> = []
    var changedChunks: Set<StoreKey> = []
    var turn: Turn
    var subscription = 0
    var turns = 0
    /// Syncs that wait for looks, by request.
    var syncs: [Int: PendingSync] = [:]
    /// Apps that had no place for an instance in the last turn.
    var waitingForPlace: Set<AppID> = []
    /// Ended episodes of the segment that is not full yet.
    var ledgerTail: [DriftEpisode] = []

    /// Takes up the work where the store says it is.
    package init(
        settings: ControllerSettings,
        scheduling: SchedulerSettings,
        epoch: Int64,
        image: StoreImage,
        sha256: @escaping SHA256,
        now: Instant
    ) {
        self.settings = settings
        self.epoch = epoch
        let instances = image.instances.values.sorted { $0.id < $1.id }
        let records = image.apps.values.sorted { $0.id < $1.id }
        var backoffs: [AppID: BackoffState] = [:]
        for record in records { backoffs[record.id] = record.backoff }
        self.scheduler = Scheduler(
            epoch: epoch,
            settings: scheduling,
            framework: image.framework,
            specs: image.specs,
            instances: instances,
            backoffs: backoffs,
            now: now
        )
        self.rollouts = Rollouts(
            records: records,
            specs: image.specs,
            instances: instances,
            policy: settings.rolloutPolicy
        )
        self.planner = Planner(policy: Planner.Policy(prune: settings.sync.prune), sha256: sha256)
        self.desks = [:]
        self.formers = Engine.formers(in: image, besides: settings)
        self.shelf = SpecShelf(specs: image.specs)
        self.deployments = DeploymentBook(image.deployments, epoch: epoch)
        self.ledger = DriftLedger(continuing: Engine.openEpisodes(in: image))
        self.driftSegment = max(image.drift.keys.max() ?? 0, 0) + 1
        self.turn = Turn(number: 0)
        for source in settings.sources {
            desks[source.name] = SourceDesk(
                name: source.name,
                group: source.group,
                record: image.sources[source.name] ?? SourceRecord(name: source.name)
            )
        }
        for record in records {
            footings[record.id] = record.footing
            tell(of: record, at: now)
        }
        touched = Set(records.map(\.id))
        stale = touched.union(Engine.openEpisodes(in: image).compactMap(\.app))
    }

    /// Takes in what happened and says what is to be done.
    /// - Parameter now: the one moment that everything in this turn happens at.
    package mutating func turn(_ inputs: [Input], at now: Instant) -> Turn {
        turns += 1
        turn = Turn(number: turns)
        for input in inputs { take(input, at: now) }
        settle(at: now)
        absorb(scheduler.handle(.tick, at: now), at: now)
        settle(at: now)
        planAgain(at: now)
        tendFormers(at: now)
        writeChanges(at: now)
        refreshStatuses(at: now)
        return turn.ending == nil ? turn : turn.onlyEnding
    }

    /// When a turn is due although nothing happens.
    package var nextDeadline: Instant? {
        [scheduler.nextDeadline, rollouts.nextDeadline].compactMap(\.self).min()
    }

    private mutating func take(_ input: Input, at now: Instant) {
        switch input {
        case .source(let name, let look, let answering): take(look, of: name, answering: answering, at: now)
        case .transport(let number, let event):
            guard number == subscription else { return }
            absorb(scheduler.handle(SchedulerEvent(event), at: now), at: now)
        case .request(let number, let request): take(request, number: number, at: now)
        case .tick: break
        }
    }
}

extension SchedulerEvent {
    /// What the transport brings, in the scheduler's words.
    init(_ event: TransportEvent) {
        switch event {
        case .opened: self = .connection(.opened)
        case .event(let event): self = .mesos(event)
        case .closed(let reason): self = .connection(.closed(reason))
        case .takenOver(let reason): self = .connection(.takenOver(reason))
        case .answered(let answer): self = .connection(.answered(answer))
        }
    }
}
