import Boundary
import Controller
package import Domain
import Planning
import Rollout
import Scheduling

/// The whole world in virtual time: two controller processes, ZooKeeper, a Mesos cluster and a git repository, with
/// seeded faults. The controllers' engines are the real ones. The same seed gives the same run, to the letter.
package struct World: Sendable {
    /// How large the world is and how much goes wrong in it.
    package struct Options: Sendable {
        /// Agents of the cluster.
        package var agents = 4
        /// Apps in the first commit.
        package var apps = 5
        /// How long things go wrong.
        package var chaos: Milliseconds = .minutes(4)
        /// How long nothing goes wrong afterwards, before what runs must be what git says.
        package var quiet: Milliseconds = .minutes(20)
        /// From one fault to the next, on average, in milliseconds.
        package var faultEvery: Int64 = 9_000
        /// A crash happens before one effect in so many.
        package var crashOneIn = 700

        /// Sizes and rates that go well with hundreds of seeds.
        package init() {}
    }

    enum Event: Sendable {
        case turn(Int, life: Int)
        case alarm(Int, life: Int)
        case deliver(Int, life: Int, Input)
        case committed(Int, life: Int, CommitOutcome)
        case stepDown(Int, life: Int)
        case arrives(WriteBatch, process: Int, life: Int, epoch: Int64, isLost: Bool)
        case subscribe(stream: Int, FrameworkID?, RoleWishes)
        case call(stream: Int, ReleasedCall.Call)
        case hangUp(stream: Int)
        case master(SimulatedMaster.Event)
        case look(Int, life: Int, answering: Int)
        case expire(Int)
        case elect
        case loaded(Int, life: Int, epoch: Int64)
        case start(Int)
        case push
        case fault
        case mend(AgentID)
        case confirm
    }

    /// What this world was made from.
    package let seed: UInt64
    let options: Options
    /// The present moment.
    package var now = Instant(milliseconds: 1_700_000_000_000)
    let chaosEnds: Instant
    var random: SplitMix64
    var agenda = Agenda<Event>()
    /// The cluster.
    package var master: SimulatedMaster
    /// The store.
    package var store = SimulatedStore()
    /// The repository.
    package var git: SimulatedGit
    var processes: [SimulatedProcess] = [SimulatedProcess(), SimulatedProcess()]
    var streams: [Int: SimulatedStream] = [:]
    var streamCounter = 0
    /// What happened, line by line.
    package var trace = Trace()
    /// How often each kind of fault occurred.
    package var faults: [String: Int] = [:]
    /// Engine turns taken.
    package var turns = 0
    /// What must never be and was.
    package var violations: [String] = []

    /// A world before its first moment.
    package init(seed: UInt64, options: Options = Options()) {
        self.seed = seed
        self.options = options
        random = SplitMix64(seed: seed)
        master = SimulatedMaster(agents: options.agents, seed: random.next())
        git = SimulatedGit(apps: World.firstApps(options.apps, &random))
        chaosEnds = now + options.chaos
        agenda.add(.start(0), at: now)
        agenda.add(.start(1), at: now + Milliseconds(500))
        agenda.add(.master(.allocate), at: now)
        agenda.add(.fault, at: now + .seconds(20))
        agenda.add(.push, at: now + .seconds(15))
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
        case .arrives(let batch, let process, let life, let epoch, let isLost):
            write(batch, process: process, life: life, epoch: epoch, isLost: isLost)
        case .subscribe(let stream, let framework, let wishes):
            guard streams[stream]?.isClosed == false else { return }
            carry(master.subscribe(stream, as: framework, wishes))
        case .call(let stream, let call): receive(call, on: stream)
        case .hangUp(let stream): master.disconnect(stream)
        case .master(let event): carry(master.handle(event, at: now))
        case .look(let process, let life, let answering): look(process, life: life, answering: answering)
        case .expire(let process): expire(process)
        case .elect: elect()
        case .loaded(let process, let life, let epoch): load(process, life: life, epoch: epoch)
        case .start(let process): start(process)
        case .push: push()
        case .fault: fault()
        case .mend(let agent): carry(master.reconnect(agent))
        case .confirm: confirm()
        }
    }

    mutating func note(_ text: @autoclosure () -> String) { trace.add(now, text()) }

    mutating func count(_ fault: String) {
        faults[fault, default: 0] += 1
        note("FAULT \(fault)")
    }

    /// A random length of time.
    mutating func delay(_ range: ClosedRange<Int>) -> Milliseconds { Milliseconds(Int64(random.int(range))) }
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
    var known: Revision?
    var comparedWith: Revision?
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
