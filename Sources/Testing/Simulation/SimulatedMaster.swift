package import Boundary
package import Domain
import OrderedCollections
package import Scheduling
import SeededRandom

/// A Mesos master with its agents, as far as a scheduler can tell: subscriptions, offers and filters, launches, updates
/// that are repeated until acknowledged, kills, reconciliation, agents that are cut off or gone, and a master that
/// forgets. Pure: time comes in, what happens later goes out.
package struct SimulatedMaster: Sendable {
    /// An agent.
    package struct Agent: Sendable {
        /// What constraints compare.
        package var facts: Domain.Agent
        /// What its attributes and sizes were made from; the agent that comes in its place is made from the same.
        let kind: Int
        /// All it has, as the master counts: what is reserved on it included.
        var total: ResourceBag
        /// All it has, as it has written down itself. Where the master forgets, this is what there is.
        var written: ResourceBag
        /// Tasks on it that were not over when they were looked at last.
        var live: [TaskID] = []
        /// What no task uses; worked out anew where it is `nil`.
        var rest: ResourceBag?
        /// Whether messages reach it.
        package var isReachable = true
        /// Whether the master has called it unreachable.
        package var isMarkedUnreachable = false
        /// Whether the present master knows it.
        package var isRegistered = true
        /// The offer that is out for it.
        package var offer: OfferID?
        /// When it is to be away, where an operator has announced that.
        package var window: MaintenanceWindow?
        /// The inverse offer that is out for it.
        package var inverseOffer: OfferID?
        /// Until when no inverse offer is made for it again.
        package var inverseRefusedUntil: Instant?
        /// Whether an operator drains it: no offers, and its tasks are killed.
        package var isDraining = false
        /// What was refused for each role, and until when it is not offered again.
        var filters: [String: (until: Instant, free: ResourceBag)] = [:]
    }

    /// An offer that is out.
    struct OpenOffer: Hashable {
        var agent: AgentID
        var role: String
    }

    /// Something that happens later.
    package enum Event: Hashable, Sendable {
        /// The allocator runs.
        case allocate
        /// A sign of life is due on this subscription.
        case heartbeat(Int)
        /// A launch reaches its agent.
        case arrives(TaskID)
        /// The task comes to this state by itself.
        case becomes(TaskID, TaskStatus.State)
        /// The task's check says this.
        case checked(TaskID, healthy: Bool)
        /// The first update is due again, if it still is the one that was sent that often.
        case resend(TaskID, sent: Int)
        /// The master gives up waiting for an agent's answers.
        case giveUp(AgentID)
        /// An agent registers with the present master.
        case registers(AgentID)
        /// An announced window begins: the machine goes down, or stays after all.
        case windowOpens(AgentID, goesDown: Bool)
        /// The window is over; where the machine was down, a new agent comes up on it.
        case windowCloses(AgentID)
        /// A drained agent is given back, or marked gone.
        case drained(AgentID, markGone: Bool)
    }

    /// What comes out.
    package enum Output: Sendable {
        /// An event for the subscription with this number.
        case tell(Int, MesosEvent)
        /// The answer to an update that the subscription with this number sent.
        case answer(Int, UpdateAnswer)
        /// The subscription with this number ends.
        case close(Int, String)
        /// Something that happens later.
        case later(Event, Milliseconds)
    }

    /// The agents.
    package internal(set) var agents: [AgentID: Agent] = [:]
    /// The agents in the order in which they came.
    package internal(set) var agentOrder: [AgentID] = []
    /// Every task there ever was.
    package internal(set) var tasks: [TaskID: SimulatedTask] = [:]
    /// The tasks that were ever on an agent, in the order of their launch.
    var byAgent: [AgentID: [TaskID]] = [:]
    /// The tasks that were ever launched for an instance.
    package internal(set) var byInstance: [InstanceID: [TaskID]] = [:]
    /// What the executors of task groups use for themselves.
    var executors: [String: [MesosResource]] = [:]
    /// The tasks that the present master knows.
    var known: Set<TaskID> = []
    /// The subscription that holds.
    package internal(set) var stream: Int?
    /// The framework's id, once one has registered.
    package internal(set) var framework: FrameworkID?
    /// How many frameworks were registered anew.
    package internal(set) var registrations = 0
    /// What the framework said of its roles.
    var wishes = RoleWishes(roles: [])
    var offers: [OfferID: OpenOffer] = [:]
    var offerCounter = 0
    var uuidCounter: UInt64 = 0
    var agentCounter = 0
    /// Commands that fail although they have worked, by app.
    var spoiled: [AppID: Set<String>] = [:]
    /// Agents that an operator took away.
    var gone: Set<AgentID> = []
    /// Agents whose machine is down for maintenance.
    var down: [AgentID: Agent] = [:]
    var random: SplitMix64
    /// What kind of agents there are.
    let cluster: ClusterShape
    /// Which patterns of the framework match which attributes, as far as that was asked.
    var verdicts: [String: [String: Bool]] = [:]
    /// What a real master would have refused as malformed: a defect of the scheduler.
    package internal(set) var complaints: [String] = []
    /// How often each kind of operation was carried out.
    package internal(set) var operations: [String: Int] = [:]

    /// A master with agents of sizes and attributes that the shape tells.
    package init(_ cluster: ClusterShape, seed: UInt64) {
        random = SplitMix64(seed: seed)
        self.cluster = cluster
        for kind in 1...cluster.agents { addAgent(kind) }
    }

    /// An agent comes up under an id that nobody has heard of. On the disk of a machine that was there before, it finds
    /// what was reserved on it.
    mutating func addAgent(_ kind: Int, finding written: ResourceBag? = nil) {
        agentCounter += 1
        let id = AgentID("S\(agentCounter)")
        let bag = written ?? cluster.resources(of: kind)
        agents[id] = Agent(
            facts: cluster.facts(of: kind, id: id, hostname: "host\(agentCounter)"),
            kind: kind,
            total: bag,
            written: bag
        )
        agentOrder.append(id)
    }

    /// An agent is there no more.
    mutating func forget(_ id: AgentID) {
        agents[id] = nil
        agentOrder.removeAll { $0 == id }
    }

    /// A scheduler subscribes under a number of its own.
    package mutating func subscribe(_ number: Int, as id: FrameworkID?, _ wishes: RoleWishes) -> [Output] {
        var output: [Output] = []
        if let stream {
            output.append(.tell(stream, .error("Framework failed over")))
            output.append(.close(stream, "the master closed the stream"))
        }
        if id == nil { registrations += 1 }
        let id = id ?? FrameworkID("F\(registrations)")
        framework = id
        stream = number
        take(wishes)
        offers = [:]
        for agent in agents.keys {
            agents[agent]?.offer = nil
            agents[agent]?.filters = [:]
            agents[agent]?.inverseOffer = nil
            agents[agent]?.inverseRefusedUntil = nil
        }
        let facts = MasterFacts(version: "1.11.0", region: cluster.hasDomains ? ClusterShape.home : nil)
        output.append(.tell(number, .subscribed(id, heartbeat: .seconds(15), master: facts)))
        output.append(.tell(number, .heartbeat))
        output.append(.later(.heartbeat(number), .seconds(15)))
        for task in tasks.keys.sorted() { output += send(task, again: true) }
        return output
    }

    /// A scheduler's connection is gone.
    package mutating func disconnect(_ number: Int) {
        guard stream == number else { return }
        stream = nil
        offers = [:]
        for agent in agents.keys { agents[agent]?.offer = nil }
    }

    /// Another master takes over: it knows no framework, no task and no offer, and agents register again one by one.
    package mutating func failOver() -> [Output] {
        var output: [Output] = []
        if let stream { output.append(.close(stream, "the master went away")) }
        stream = nil
        known = []
        offers = [:]
        for id in agentOrder {
            agents[id]?.isRegistered = false
            agents[id]?.offer = nil
            agents[id]?.filters = [:]
            output.append(.later(.registers(id), Milliseconds(Int64(random.int(500...5000)))))
        }
        return output
    }

    /// Something that was to happen later happens now.
    package mutating func handle(_ event: Event, at now: Instant) -> [Output] {
        switch event {
        case .allocate: return allocate(at: now) + askToEmpty(at: now) + [.later(.allocate, .seconds(1))]
        case .heartbeat(let number):
            guard stream == number else { return [] }
            return [.tell(number, .heartbeat), .later(.heartbeat(number), .seconds(15))]
        case .arrives(let task): return arrive(task)
        case .becomes(let task, let state): return become(task, state)
        case .checked(let task, let healthy): return check(task, healthy: healthy)
        case .resend(let task, let sent):
            guard tasks[task]?.sent == sent else { return [] }
            return send(task, again: true)
        case .giveUp(let agent): return giveUp(agent)
        case .registers(let agent): return register(agent)
        case .windowOpens(let agent, let goesDown): return openWindow(agent, goesDown: goesDown)
        case .windowCloses(let agent): return closeWindow(agent)
        case .drained(let agent, let markGone): return endDrain(agent, markGone: markGone)
        }
    }

    /// A call arrives on a subscription. `recorded` is what the store has for a task at this moment.
    package mutating func receive(
        _ call: ReleasedCall.Call,
        on number: Int,
        at now: Instant,
        recorded: (TaskID) -> InstanceID?
    ) -> [Output] {
        guard stream == number else { return [] }
        switch call {
        case .free(.decline(let ids, let refuse)):
            for id in ids { giveBack(id, refuse: refuse, at: now) }
            return []
        case .free(.revive(let roles)): return revive(roles, at: now)
        case .free(.suppress(let roles)):
            suppress(roles)
            return []
        case .free(.updateFramework(let wishes)): return update(to: wishes, on: number)
        case .free(.reconcile(let questions)): return reconcile(questions)
        case .free(.acceptInverseOffers(let ids, let refuse)):
            acceptInverse(ids, refuse: refuse, at: now)
            return []
        case .gated(.accept(let ids, let operations, let refuse)):
            return accept(ids, operations, refuse: refuse, at: now, recorded: recorded)
        case .gated(.kill(let task, let agent)): return kill(task, agent: agent)
        case .gated(.acknowledge(let task, _, let uuid)): return acknowledge(task, uuid: uuid)
        }
    }
}
