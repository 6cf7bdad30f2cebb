import Domain
import OrderedCollections
import Testing

@testable import Scheduling

/// A small cluster that lives by chance, with a master that behaves as Mesos's does, a store that acknowledges late,
/// and leaders that crash. It checks every effect against what must hold.
struct RandomWorld {
    /// What the master knows of an offer.
    struct OpenOffer {
        var agent: Int
        var resources: [MesosResource]
        var role: String
    }

    /// A task that runs on an agent.
    struct LiveTask {
        var agent: Int
        var resources: [MesosResource]
        /// The task group that it belongs to: what becomes of one may become of all.
        var executor: String?
        var state: TaskStatus.State
        var isKilled = false
        /// Whether the master said that it cannot be reached: its instance may have another task since.
        var isGivenUp = false
        /// Whether it ever was: a record that it is taken back may be lost with a leader.
        var wasGivenUp = false
    }

    var random: SplitMix64
    var scheduler: Scheduler
    var now = Instant(milliseconds: 10_000_000)
    var epoch: Int64 = 1

    // The store: what is durable, and what is on its way there.
    var stored: [InstanceID: Instance] = [:]
    var storedBackoffs: [AppID: BackoffState] = [:]
    var framework: FrameworkID?
    var commits: [[SchedulerEffect]] = []

    // The master and its agents.
    var free: [FreeResources] = []
    var live: [TaskID: LiveTask] = [:]
    /// What each executor of a task group holds besides its tasks.
    var executors: [String: (agent: Int, resources: [MesosResource])] = [:]
    var open: [OfferID: OpenOffer] = [:]
    var deliveredOffers: Set<OfferID> = []
    var session = 0
    var isConnected = false
    var offerCount = 0
    var updateCount = 0
    var unacknowledged: [[UInt8]: TaskStatus] = [:]
    /// What the master was told of the framework's roles.
    var told = RoleWishes(roles: [])
    /// Whether it refuses nothing any more.
    var isObliging = false
    /// The updates that wait for an answer.
    var updatesUnderWay = 0
    /// The agents that are cut off.
    var gone: Set<Int> = []
    /// Calls that left the controller and have not reached the master, in order.
    var calls: [(call: ReleasedCall, session: Int)] = []

    enum ReleasedCall {
        case free(FreeCall)
        case gated(GatedCall)
    }

    // What was seen.
    var owners: [TaskID: InstanceID] = [:]
    var durableTasks: Set<TaskID> = []
    var recorded: Set<ReservationID> = []
    var specs: [Spec] = []
    /// The volumes that a task of an instance has run on: its data is there.
    var data: [InstanceID: String] = [:]
    var nextNumber: [AppID: Int] = [:]
    var counts: [String: Int] = [:]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        for number in 1...3 {
            specs.append(
                makeSpec("/app\(number)") {
                    $0.resources = Resources(cpus: Int64(500 * number), mem: 100_000)
                    $0.portDefinitions = Array(repeating: PortDefinition(port: 0), count: number - 1)
                    $0.unreachableStrategy = RandomWorld.strategies[number]
                    if number == 2 { $0.role = "batch" }
                    if number == 3 { $0.role = "web" }
                    if number == 3 { $0.constraints = [Constraint(field: "hostname", comparison: .maxPer, value: "2")] }
                    if number == 3 {
                        $0.constraints.append(Constraint(field: "hostname", comparison: .like, value: "host[0-2].*"))
                    }
                    $0.backoff = BackoffPolicy(first: .seconds(1), factorMillionths: 2_000_000, longest: .seconds(10))
                }
            )
        }
        specs.append(
            makePod("/pod", ["a", "b"]) {
                $0.unreachableStrategy = .replace(inactiveAfter: .seconds(5), expungeAfter: .seconds(300))
                $0.backoff = BackoffPolicy(first: .seconds(1), factorMillionths: 2_000_000, longest: .seconds(10))
            }
        )
        specs.append(
            makeSpec("/data") {
                $0.resources = Resources(cpus: 500, mem: 100_000)
                $0.portDefinitions = [PortDefinition(port: 0)]
                $0.persistentVolumes = [PersistentVolume(containerPath: "data", size: 50_000)]
                $0.acceptedResourceRoles = ["*"]
                $0.unreachableStrategy = .disabled
                $0.constraints = [Constraint(field: "hostname", comparison: .maxPer, value: "2")]
                $0.backoff = BackoffPolicy(first: .seconds(1), factorMillionths: 2_000_000, longest: .seconds(10))
            }
        )
        for _ in 0..<4 { free.append(FreeResources(plain(cpus: 4000, mem: 4096, ports: 12))) }
        scheduler = Scheduler(
            epoch: 1,
            settings: RandomWorld.settings,
            framework: nil,
            specs: [:],
            instances: [],
            backoffs: [:],
            now: now
        )
        for spec in specs { handle(.learn(spec)) }
    }

    /// A call may be on its way for longer here than an offer is doubted for: what then is left over has to be found.
    static let settings: SchedulerSettings = {
        var settings = SchedulerSettings(role: "r")
        settings.principal = "p"
        settings.reservationSettles = .seconds(20)
        settings.roleRetry = .seconds(20)
        return settings
    }()

    static let strategies: [Int: UnreachableStrategy] = [
        2: .replace(inactiveAfter: .seconds(5), expungeAfter: .seconds(300)), 3: .disabled,
    ]

    mutating func count(_ what: String) { counts[what, default: 0] += 1 }

    // MARK: - The shell

    /// Hands an event to the machine and looks at what it wants done.
    mutating func handle(_ event: SchedulerEvent) {
        let effects = scheduler.handle(event, at: now)
        var turn: [SchedulerEffect] = []
        for effect in effects {
            switch effect {
            case .send(let call):
                #expect(isConnected, "a call without a subscription: \(call)")
                if case .updateFramework = call {
                    updatesUnderWay += 1
                    #expect(updatesUnderWay == 1, "two updates are under way at once")
                }
                calls.append((.free(call), session))
                checkAnswer(call)
            case .connect:
                isConnected = false
                updatesUnderWay = 0
                deliveredOffers.removeAll()
            case .afterCommit(let call):
                turn.append(effect)
                checkDecision(call)
            case .changed(let instance):
                turn.append(effect)
                noteReturn(instance)
            case .register, .removed, .backoff: turn.append(effect)
            case .stop(let reason, _): Issue.record("the machine stopped: \(reason)")
            case .note(let note): noteReservation(note)
            case .disconnect, .orphan: break
            }
        }
        if !turn.isEmpty { commits.append(turn) }
    }

    private mutating func noteReservation(_ note: SchedulerNote) {
        switch note {
        case .reserved: count("reserved")
        case .released: count("released")
        case .forsaken(let id, _, _, _):
            count("forsaken")
            #expect(data[id] == nil, "\(id) leaves its data behind")
        case .leftover(_, _, _, let isReleased): count(isReleased ? "leftover released" : "leftover")
        default: break
        }
    }

    /// An instance that says that its task runs has it back, and may have no other.
    private mutating func noteReturn(_ instance: Instance) {
        if instance.leavesAt != nil { count("marked") }
        guard let task = instance.task, instance.condition != .unreachable else { return }
        for id in task.liveTaskIDs where live[id]?.isGivenUp == true {
            live[id]?.isGivenUp = false
            count(task.members == nil ? "taken back" : "group taken back")
        }
    }

    mutating func giveUp(_ task: TaskID) {
        live[task]?.isGivenUp = true
        live[task]?.wasGivenUp = true
    }

    /// The oldest commit becomes durable; what waited for it goes out.
    mutating func acknowledgeCommit() {
        guard !commits.isEmpty else { return }
        let turn = commits.removeFirst()
        for effect in turn {
            switch effect {
            case .register(let id): framework = id
            case .changed(let instance):
                stored[instance.id] = instance
                if let task = instance.task { durableTasks.formUnion(task.taskIDs) }
                if let reservation = instance.reservation { recorded.insert(reservation.id) }
            case .removed(let id):
                stored[id] = nil
                data[id] = nil
            case .backoff(let app, let state): storedBackoffs[app] = state
            default: break
            }
        }
        for case .afterCommit(let call) in turn { calls.append((.gated(call), session)) }
    }

    // MARK: - What must hold of every effect

    private mutating func answerOnce(_ ids: [OfferID], _ how: String) {
        for id in ids {
            #expect(deliveredOffers.remove(id) != nil, "\(id) is \(how), but is answered already, rescinded or unknown")
            count(how)
        }
    }

    private mutating func checkAnswer(_ call: FreeCall) {
        if case .decline(let ids, _) = call { answerOnce(ids, "declined") }
    }

    private mutating func checkDecision(_ call: GatedCall) {
        guard case .accept(let ids, let operations, _) = call else { return }
        let tasks = operations.launches
        answerOnce(ids, "accepted")
        var ports: Set<Int> = []
        for task in tasks {
            let record = scheduler.allInstances.first { $0.task?.taskIDs.contains(task.id) == true }
            #expect(owners[task.id] == nil, "\(task.id) is used twice")
            owners[task.id] = record?.id
            #expect(record?.condition == .launching, "\(task.id) is launched without a record")
            if record?.task?.members == nil { #expect(record?.task?.ports == task.ports.map(\.number)) }
            checkVolume(of: task, record)
            let role = specs.first { $0.id == record?.id.app }?.app.role ?? RandomWorld.settings.role
            #expect(
                task.resources.allSatisfy { $0.allocationRole == role },
                "\(task.id) runs in another role than \(role)"
            )
            for port in task.ports { #expect(ports.insert(port.number).inserted, "port \(port.number) is given twice") }
        }
        // An offer that Mesos has taken back in the meantime is not here to compare with.
        guard ids.allSatisfy({ open[$0] != nil }) else { return }
        var offered = FreeResources(ids.compactMap { open[$0]?.resources }.flatMap(\.self))
        for operation in operations {
            let complaint = offered.apply(operation)
            #expect(complaint == nil)
            guard case .launchGroup(let executor, _) = operation else { continue }
            let isThere = offered.take(executor.resources)
            #expect(isThere, "\(executor.id) uses more than was offered")
        }
        for task in tasks {
            let isThere = offered.take(task.resources)
            #expect(isThere, "\(task.id) uses more than was offered")
        }
    }

    /// Where an instance has data, its next task finds it.
    private mutating func checkVolume(of task: TaskDescription, _ record: Instance?) {
        guard let record, let volume = task.resources.compactMap(\.disk?.volume?.id).first else {
            #expect(record?.reservation == nil)
            return
        }
        #expect(record.reservation?.volumes.map(\.id) == [volume])
        guard let known = data[record.id] else { return }
        #expect(volume == known, "\(record.id) has its data on \(known) and gets \(volume)")
        count("relaunched")
    }

    /// Every reservation there is: what is free, what is offered, what is used.
    var reservations: [ReservationMark] {
        let used = live.values.map { FreeResources($0.resources) }
        let offered = open.values.map { FreeResources($0.resources) }
        return (free + offered + used).flatMap(\.reservations)
    }

    /// No instance has two tasks that run, and no task runs whose record is not durable.
    func checkTasks() {
        let volumes = live.values.flatMap { $0.resources.compactMap(\.disk?.volume?.id) }
        #expect(Set(volumes).count == volumes.count, "two tasks are on one volume")
        var running: [InstanceID: (task: TaskID, executor: String?)] = [:]
        for task in live.keys {
            #expect(durableTasks.contains(task), "\(task) runs without a record")
            guard let owner = owners[task], live[task]?.isGivenUp == false else { continue }
            let executor = live[task]?.executor
            guard let other = running.updateValue((task, executor), forKey: owner) else { continue }
            let isOneGroup = executor != nil && executor == other.executor
            #expect(isOneGroup, "\(owner) has two tasks: \(task) and \(other.task)")
        }
    }
}
