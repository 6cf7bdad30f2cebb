import Boundary
import Controller
package import Domain
import Planning
import Rollout
import Scheduling
import SeededRandom

/// The whole world in virtual time: two controller processes, ZooKeeper, a Mesos cluster and a git repository, with
/// seeded faults. The controllers' engines are the real ones. The same seed gives the same run, to the letter.
package struct World: Sendable {
    /// How large the world is and how much goes wrong in it.
    package struct Options: Sendable {
        /// Apps in the first commit of the first source.
        package var apps = 5
        /// How long things go wrong.
        package var chaos: Milliseconds = .minutes(4)
        /// How long nothing goes wrong afterwards, before what runs must be what git says.
        package var quiet: Milliseconds = .minutes(14)
        /// From one fault to the next, on average, in milliseconds.
        package var faultEvery: Int64 = 9_000
        /// A crash happens at one effect in so many, besides those that are planned.
        package var crashOneIn = 2000
        /// Nothing happens but one commit after the other, and the crash at the effect with this number.
        package var crashesOnlyAt: Int?

        /// Sizes and rates that go well with hundreds of seeds.
        package init() {}

        /// A small world in which one process dies, at the effect with this number.
        package static func crash(at effect: Int) -> Options {
            var options = Options()
            options.apps = 3
            options.chaos = .minutes(1)
            options.quiet = .minutes(5)
            options.crashesOnlyAt = effect
            return options
        }
    }

    enum Event: Sendable {
        case turn(Int, life: Int)
        case alarm(Int, life: Int)
        case deliver(Int, life: Int, Input)
        case committed(Int, life: Int, CommitOutcome)
        case stepDown(Int, life: Int)
        case arrives(WritePart, process: Int, life: Int, epoch: Int64)
        case subscribe(stream: Int, FrameworkID?, RoleWishes)
        case call(stream: Int, ReleasedCall.Call)
        case hangUp(stream: Int)
        case master(SimulatedMaster.Event)
        case look(Int, life: Int, at: Int, answering: Int)
        case expire(Int)
        case returns(Int, life: Int)
        case isolated(Int, life: Int)
        case elect
        case loaded(Int, life: Int, epoch: Int64)
        case start(Int)
        case push
        case move(AppID, AppSpec?, to: Int)
        case fault
        case lastFault
        case mend(AgentID)
        case confirm
        case order
        case inspect
    }

    /// What this world was made from.
    package let seed: UInt64
    let options: Options
    /// What kind of world it is.
    package let shape: WorldShape
    /// The present moment.
    package var now = Instant(milliseconds: 1_700_000_000_000)
    let chaosEnds: Instant
    var random: SplitMix64
    var agenda = Agenda<Event>()
    /// What kind of app each id is.
    var kinds: [AppID: AppKind] = [:]
    /// The cluster.
    package var master: SimulatedMaster
    /// The store.
    package var store = SimulatedStore()
    /// The repositories, one for each source.
    package var gits: [SimulatedGit] = []
    var processes: [SimulatedProcess] = [SimulatedProcess(), SimulatedProcess()]
    var streams: [Int: SimulatedStream] = [:]
    var streamCounter = 0
    /// What happened, line by line.
    package var trace = Trace()
    /// How often each kind of fault occurred.
    package var faults: [String: Int] = [:]
    /// How often people ordered what, and what came of it.
    package var orders: [String: Int] = [:]
    /// How often each kind of thing happened that a run should have seen.
    package var sights: [String: Int] = [:]
    /// How often a process died where in its turn's way out.
    package var crashes: [CrashPoint: Int] = [:]
    /// How often a process came by each of these places.
    package var passages: [CrashPoint: Int] = [:]
    /// Effects that were carried out.
    package var effects = 0
    var plannedCrashes: [CrashPoint: Int] = [:]
    /// Lives of processes whose last calls were lost with them, and the moment from which on their writes were, too.
    var severed: [Life: Instant] = [:]
    /// Lives of which a write was lost: none that was sent after it is carried out.
    var brokenOff: Set<Life> = []
    /// Batches that are carried out in part, with what the store had before.
    var openBatches: [Life: OpenBatch] = [:]
    var persons = 0
    /// Orders that the store knows to be carried out: who and which app.
    var obeyed: Set<String> = []
    /// Where rollbacks are to lead, by who said so.
    var aims: [String: String] = [:]
    /// The spec of git that an app failed on last: nobody tries it again before git says something else, or a person does.
    var failed: [AppID: Digest] = [:]
    /// The specs that an app was led away from since somebody last decided about it, because they failed.
    var left: [AppID: [Digest]] = [:]
    /// Since when nothing disturbs the leader, Mesos, or what is between them.
    var calmSince: Instant?
    /// Since when every agent can be asked.
    var agentsFineSince: Instant?
    /// Since when some questions have no answer.
    var unansweredSince: Instant?
    /// Since when tasks run that no record knows.
    var strays: [TaskID: Instant] = [:]
    /// Engine turns taken.
    package var turns = 0
    /// What must never be and was.
    package var violations: [String] = []

    /// A world before its first moment.
    package init(seed: UInt64, options: Options = Options()) {
        self.seed = seed
        self.options = options
        random = SplitMix64(seed: seed)
        shape = options.crashesOnlyAt == nil ? WorldShape(random: &random) : .smallest
        master = SimulatedMaster(shape.cluster, seed: random.next())
        chaosEnds = now + options.chaos
        chooseKinds()
        makeRepositories()
        if hasFaults { planCrashes() }
        agenda.add(.start(0), at: now)
        agenda.add(.start(1), at: now + Milliseconds(500))
        agenda.add(.master(.allocate), at: now)
        agenda.add(.inspect, at: now)
        agenda.add(.push, at: now + .seconds(15))
        if hasFaults {
            agenda.add(.fault, at: now + .seconds(20))
            agenda.add(.lastFault, at: chaosEnds + Milliseconds(-1))
        }
        if hasFaults, shape.hasOrders { agenda.add(.order, at: now + .seconds(10)) }
    }

    /// Lives through the whole run; stops at the first violation.
    package mutating func run() {
        let end = chaosEnds + options.quiet
        while let next = agenda.next, next <= end, violations.isEmpty {
            guard let (moment, event) = agenda.take() else { break }
            now = moment
            happen(event)
            violations += master.complaints
            master.complaints = []
        }
        now = max(now, end)
        if violations.isEmpty { checkAfterQuiet() }
    }

    var isChaos: Bool { now < chaosEnds }

    /// Whether anything goes wrong besides one crash.
    var hasFaults: Bool { options.crashesOnlyAt == nil }

    private mutating func happen(_ event: Event) {
        switch event {
        case .turn(let process, let life): takeTurn(process, life: life)
        case .alarm(let process, let life):
            guard processes[process].life == life else { return }
            processes[process].alarm = nil
            deliver(.tick, to: process, life: life)
        case .deliver(let process, let life, let input): deliver(input, to: process, life: life)
        case .committed(let process, let life, let outcome): finishCommit(process, life: life, outcome)
        case .stepDown(let process, let life):
            guard processes[process].life == life, processes[process].isLeading else { return }
            stepDown(process, because: "its session ended")
        case .arrives(let part, let process, let life, let epoch):
            write(part, process: process, life: life, epoch: epoch)
        case .subscribe(let stream, let framework, let wishes): subscribe(stream, as: framework, wishes)
        case .call(let stream, let call): receive(call, on: stream)
        case .hangUp(let stream): master.disconnect(stream)
        case .master(let event): carry(master.handle(event, at: now))
        case .look(let process, let life, let index, let answering):
            look(process, life: life, at: index, answering: answering)
        case .expire(let process): expire(process)
        case .returns(let process, let life): comeBack(process, life: life)
        case .isolated(let process, let life): isolate(process, life: life)
        case .elect: elect()
        case .loaded(let process, let life, let epoch): load(process, life: life, epoch: epoch)
        case .start(let process): start(process)
        case .push: push()
        case .move(let id, let app, let index): move(id, app, to: index)
        case .fault: fault()
        case .lastFault: lastFault()
        case .mend(let agent): mend(agent)
        case .confirm: confirm()
        case .order: order()
        case .inspect: inspect()
        }
    }

    mutating func note(_ text: @autoclosure () -> String) { trace.add(now, text()) }

    /// Counts something that a run should have seen.
    mutating func see(_ sight: String) { sights[sight, default: 0] += 1 }

    mutating func count(_ fault: String) {
        faults[fault, default: 0] += 1
        note("FAULT \(fault)")
    }

    /// A random length of time.
    mutating func delay(_ range: ClosedRange<Int>) -> Milliseconds { Milliseconds(Int64(random.int(range))) }
}

/// One life of one process.
struct Life: Hashable, Sendable {
    let process: Int
    let number: Int
}

/// One controller process.
struct SimulatedProcess: Sendable {
    enum State: Sendable {
        case down
        case candidate
        case loading
        case leading
    }

    /// Grows with every start; what was meant for an earlier life is void.
    var life = 0
    var state = State.down
    var engine: Engine?
    var outbox = Outbox()
    var epoch: Int64 = 0
    var mailbox: [Input] = []
    var isTurnDue = false
    var alarm: Instant?
    var stream: Int?
    /// What a look found and compared with last, by repository.
    var known: [Int: Revision] = [:]
    var comparedWith: [Int: Revision] = [:]
    /// Orders that wait for a reply, by request.
    var asked: [Int: RolloutOrder] = [:]
    /// Whether the store cannot be reached, which the process does not know yet.
    var isCutOff = false
    var lastArrival = Instant(milliseconds: 0)
    var lastOutcome = Instant(milliseconds: 0)
    var requests = 0

    var isLeading: Bool { state == .leading }
}

/// One subscription between a process and the master.
struct SimulatedStream: Sendable {
    let process: Int
    let life: Int
    /// The number that the process's engine knows it by.
    let number: Int
    /// Whether nothing gets through any more although both ends believe it is open.
    var isSilent = false
    var isClosed = false
    var lastDelivery = Instant(milliseconds: 0)
    var lastCall = Instant(milliseconds: 0)
}
