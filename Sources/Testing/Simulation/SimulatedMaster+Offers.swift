import Domain
import Scheduling

extension SimulatedMaster {
    /// The tasks on an agent that are not over, as the master knows, in the order of their launch.
    mutating func live(on id: AgentID) -> [TaskID] {
        let live = (agents[id]?.live ?? []).filter { tasks[$0]?.isOver == false }
        agents[id]?.live = live
        return live
    }

    /// The tasks that are not over, agent by agent.
    var livingTasks: [TaskID] {
        agentOrder.flatMap { agents[$0]?.live ?? [] }.filter { tasks[$0]?.isOver == false }
    }

    /// The master takes a new task in.
    mutating func add(_ task: SimulatedTask) {
        let id = task.description.id
        tasks[id] = task
        known.insert(id)
        byAgent[task.description.agent, default: []].append(id)
        agents[task.description.agent]?.live.append(id)
        agents[task.description.agent]?.rest = nil
        if let instance = task.instance { byInstance[instance, default: []].append(id) }
    }

    /// What is free on an agent, as the master counts.
    mutating func free(on id: AgentID) -> ResourceBag {
        if let rest = agents[id]?.rest { return rest }
        guard var rest = agents[id]?.total else { return ResourceBag(.zero, ports: PortMask(first: 0)) }
        var executors: Set<String> = []
        for task in live(on: id) {
            guard let value = tasks[task] else { continue }
            var used = value.description.resources
            if let executor = value.executor, executors.insert(executor).inserted {
                used += self.executors[executor] ?? []
            }
            for resource in used where !rest.take(resource) {
                complaints.append("\(task) uses \(resource.name) of \(id) that is not there: \(resource.value)")
            }
        }
        agents[id]?.rest = rest
        return rest
    }

    /// Offers everything that is free and neither out nor refused: all that is free on an agent to one role.
    mutating func allocate(at now: Instant) -> [Output] {
        guard let stream else { return [] }
        let wanting = wishes.roles.filter { !wishes.suppressed.contains($0) }
        guard !wanting.isEmpty else { return [] }
        var made: [Offer] = []
        for id in agentOrder {
            guard let agent = agents[id], agent.offer == nil, agent.isRegistered, agent.isReachable else { continue }
            guard !agent.isDraining else { continue }
            let free = free(on: id)
            let roles = wanting.filter { role in
                let offered = free.offered(to: role)
                return offered.isAllocatable(to: role) && wants(agent, offered, for: role, at: now)
            }
            guard !roles.isEmpty else { continue }
            offerCounter += 1
            let offer = OfferID("O\(offerCounter)")
            let role = roles[offerCounter % roles.count]
            offers[offer] = OpenOffer(agent: id, role: role)
            agents[id]?.offer = offer
            made.append(
                Offer(
                    id: offer,
                    agent: agent.facts,
                    resources: free.offered(to: role).resources(for: role),
                    role: role,
                    unavailableFrom: agent.window?.from,
                    unavailableUntil: agent.window?.until
                )
            )
        }
        return made.isEmpty ? [] : [.tell(stream, .offers(made))]
    }

    /// Whether apps without constraints that want no GPU use an agent.
    func isUsable(_ id: AgentID) -> Bool {
        guard let agent = agents[id] else { return false }
        return agent.total.plain.gpus == 0 && [nil, ClusterShape.home].contains(agent.facts.region)
    }

    /// Whether no task has a port of an agent.
    mutating func isPortFree(_ port: Int, on id: AgentID) -> Bool {
        free(on: id).ports.isSuperset(of: PortMask([port...port]))
    }

    /// Whether an offer is out.
    func isOut(_ offer: OfferID) -> Bool { offers[offer] != nil }

    /// Takes an offer back into the pool, and remembers that it was refused.
    mutating func giveBack(_ id: OfferID, refuse: Milliseconds, at now: Instant) {
        guard let offer = offers.removeValue(forKey: id) else { return }
        agents[offer.agent]?.offer = nil
        let rest = free(on: offer.agent).offered(to: offer.role)
        agents[offer.agent]?.filters[offer.role] = refuse > .zero ? (now + refuse, rest) : nil
    }
}
