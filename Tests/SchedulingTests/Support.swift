import Domain
import OrderedCollections
import Scheduling

/// A seeded generator: the same seed gives the same numbers everywhere.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number of `range`.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True once in `times`.
    mutating func once(in times: Int) -> Bool { number(1...times) == 1 }

    /// One of the elements.
    mutating func pick<Element>(_ elements: [Element]) -> Element? { elements.randomElement(using: &self) }
}

/// Stands in for SHA-256: 32 bytes that differ when the input does, as far as these tests go.
let plainHash: SHA256 = { bytes in
    var parts: [UInt8] = []
    for salt in UInt64(1)...4 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 &* (2 * salt + 1)
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        withUnsafeBytes(of: hash.bigEndian) { parts += Array($0) }
    }
    return Digest(bytes: parts)
}

/// Makes an id that is known to be well-formed.
func app(_ path: String) -> AppID {
    guard let id = AppID(path) else { preconditionFailure("not an app id: \(path)") }
    return id
}

/// A small spec: one CPU, 128 MiB, no ports, unless said otherwise.
func makeSpec(_ path: String, _ change: (inout AppSpec) -> Void = { _ in }) -> Spec {
    var spec = AppSpec(id: app(path), cmd: "run", portDefinitions: [])
    change(&spec)
    return Spec(spec, sha256: plainHash)
}

func makeAgent(_ number: Int, _ attributes: OrderedDictionary<String, String> = [:], zone: String? = nil) -> Agent {
    Agent(
        id: AgentID("S\(number)"),
        hostname: "host\(number).example",
        attributes: attributes,
        region: zone.map { _ in "north" },
        zone: zone
    )
}

/// Plain resources: milli-CPUs, MiB of memory, ports from 31000 on.
func plain(cpus: Int64 = 4000, mem: Int64 = 4096, ports: Int = 100) -> [MesosResource] {
    [
        MesosResource(name: "cpus", value: .scalar(cpus), allocationRole: "*"),
        MesosResource(name: "mem", value: .scalar(mem * 1000), allocationRole: "*"),
        MesosResource(name: "disk", value: .scalar(10_000_000), allocationRole: "*"),
        MesosResource(name: "ports", value: .ranges(ports > 0 ? [31000...30999 + ports] : []), allocationRole: "*"),
    ]
}

func makeOffer(
    _ id: String,
    on agent: Agent,
    _ resources: [MesosResource] = plain(),
    role: String = "*",
    from: Instant? = nil
) -> Offer {
    Offer(id: OfferID(id), agent: agent, resources: resources, role: role, unavailableFrom: from)
}

func makeInstance(_ spec: Spec, _ number: Int) -> InstanceID { InstanceID(app: spec.id, number: number) }

/// Sixteen bytes that tell updates apart.
func uuid(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) } + [UInt8](repeating: 7, count: 8)
}

/// A scheduler with a clock and the effects of what happened last.
struct Harness {
    var scheduler: Scheduler
    var now = Instant(milliseconds: 1_000_000)
    /// The effects of the last call.
    var effects: [SchedulerEffect] = []
    private var offerCount = 0
    private var updateCount = 0

    init(
        _ specs: [Spec] = [],
        instances: [Instance] = [],
        backoffs: [AppID: BackoffState] = [:],
        framework: FrameworkID? = nil,
        epoch: Int64 = 3,
        settings: SchedulerSettings = SchedulerSettings()
    ) {
        scheduler = Scheduler(
            epoch: epoch,
            settings: settings,
            framework: framework,
            specs: Dictionary(uniqueKeysWithValues: specs.map { ($0.digest, $0) }),
            instances: instances,
            backoffs: backoffs,
            now: now
        )
    }

    @discardableResult
    mutating func handle(_ event: SchedulerEvent) -> [SchedulerEffect] {
        effects = scheduler.handle(event, at: now)
        return effects
    }

    @discardableResult
    mutating func tick(after milliseconds: Int64 = 0) -> [SchedulerEffect] {
        now = now + Milliseconds(milliseconds)
        return handle(.tick)
    }

    /// From the first tick to the subscription, with a tick after it.
    mutating func subscribe() {
        handle(.tick)
        handle(.connection(.opened))
        handle(.mesos(.subscribed(FrameworkID("F"), heartbeat: .seconds(15))))
        let begun = effects
        handle(.tick)
        effects = begun + effects
    }

    mutating func start(_ spec: Spec, _ numbers: ClosedRange<Int> = 1...1) {
        for number in numbers { handle(.order(.start(makeInstance(spec, number), spec.digest))) }
    }

    /// Offers, then the end of the turn.
    @discardableResult
    mutating func offer(_ agents: [Agent], _ resources: [MesosResource] = plain()) -> [SchedulerEffect] {
        let offers = agents.map { agent in
            offerCount += 1
            return makeOffer("O\(offerCount)", on: agent, resources)
        }
        handle(.mesos(.offers(offers)))
        return tick()
    }

    /// An update with a uuid, about the task of an instance.
    @discardableResult
    mutating func update(
        _ id: InstanceID,
        _ state: TaskStatus.State,
        healthy: Bool? = nil,
        reason: String? = nil
    ) -> [SchedulerEffect] {
        guard let task = scheduler.instance(id)?.task else { return [] }
        return update(task.id, state, agent: task.agent.id, healthy: healthy, reason: reason)
    }

    @discardableResult
    mutating func update(
        _ task: TaskID,
        _ state: TaskStatus.State,
        agent: AgentID?,
        healthy: Bool? = nil,
        reason: String? = nil
    ) -> [SchedulerEffect] {
        updateCount += 1
        let status = TaskStatus(
            task: task,
            state: state,
            agent: agent,
            uuid: uuid(updateCount),
            healthy: healthy,
            reason: reason
        )
        return handle(.mesos(.update(status)))
    }

    /// A started instance of `spec`, brought to a condition.
    mutating func bring(_ spec: Spec, to condition: Condition, on agent: Agent = makeAgent(1), number: Int = 1) {
        start(spec, number...number)
        guard condition != .scheduled else { return }
        offer([agent])
        let id = makeInstance(spec, number)
        let states: [TaskStatus.State] =
            switch condition {
            case .scheduled, .launching: []
            case .staging: [.staging]
            case .starting: [.starting]
            case .running: [.running]
            case .killing: [.running, .killing]
            case .unreachable: [.running, .unreachable]
            }
        for state in states { update(id, state) }
    }
}

extension [SchedulerEffect] {
    var gated: [GatedCall] { compactMap { if case .afterCommit(let call) = $0 { call } else { nil } } }
    var free: [FreeCall] { compactMap { if case .send(let call) = $0 { call } else { nil } } }
    var changed: [Instance] { compactMap { if case .changed(let instance) = $0 { instance } else { nil } } }
    var removed: [InstanceID] { compactMap { if case .removed(let id) = $0 { id } else { nil } } }
    var notes: [SchedulerNote] { compactMap { if case .note(let note) = $0 { note } else { nil } } }
    var orphans: [OrphanTask] { compactMap { if case .orphan(let orphan) = $0 { orphan } else { nil } } }
    var connects: [Milliseconds] { compactMap { if case .connect(_, _, let delay) = $0 { delay } else { nil } } }

    /// The tasks that are launched, over all accepts.
    var launches: [TaskDescription] {
        gated.flatMap { call -> [TaskDescription] in
            if case .accept(_, let operations, _) = call { operations.launches } else { [] }
        }
    }
    /// The tasks that are killed.
    var kills: [TaskID] { gated.compactMap { if case .kill(let task, _) = $0 { task } else { nil } } }
    var acknowledged: [[UInt8]] {
        gated.compactMap { if case .acknowledge(_, _, let uuid) = $0 { uuid } else { nil } }
    }
    /// Explicit questions, over all calls.
    var questions: [TaskQuestion] {
        free.flatMap { call -> [TaskQuestion] in if case .reconcile(let tasks) = call { tasks } else { [] } }
    }
    var declined: [OfferID: Milliseconds] {
        var declined: [OfferID: Milliseconds] = [:]
        for case .decline(let ids, let refuse) in free {
            for id in ids { declined[id] = refuse }
        }
        return declined
    }
}
