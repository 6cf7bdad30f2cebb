import Domain
import Scheduling

extension SimulatedMaster {
    /// What is free on an agent, as the master counts.
    func free(on id: AgentID) -> (resources: Resources, ports: [ClosedRange<Int>]) {
        guard let agent = agents[id] else { return (.zero, []) }
        var resources = agent.total
        var taken: Set<Int> = []
        for task in tasks.values where task.description.agent == id && !task.isOver {
            for resource in task.description.resources {
                switch (resource.name, resource.value) {
                case ("cpus", .scalar(let amount)): resources.cpus -= amount
                case ("mem", .scalar(let amount)): resources.mem -= amount
                case ("disk", .scalar(let amount)): resources.disk -= amount
                case ("ports", .ranges(let ranges)): taken.formUnion(ranges.flatMap { Array($0) })
                default: break
                }
            }
        }
        var ranges: [ClosedRange<Int>] = []
        for port in agent.ports where !taken.contains(port) {
            if let last = ranges.last, last.upperBound == port - 1 {
                ranges[ranges.count - 1] = last.lowerBound...port
            } else {
                ranges.append(port...port)
            }
        }
        return (resources, ranges)
    }

    /// Offers everything that is free and neither out nor refused: all that is free on an agent to one role.
    mutating func allocate(at now: Instant) -> [Output] {
        guard let stream else { return [] }
        var made: [Offer] = []
        for id in agents.keys.sorted() {
            guard let agent = agents[id], agent.isRegistered, agent.isReachable, agent.offer == nil else { continue }
            guard !agent.isDraining else { continue }
            let (resources, ports) = free(on: id)
            guard resources.cpus >= 10, resources.mem >= 32_000 else { continue }
            let roles = wishes.roles.filter { wants(agent, resources, for: $0, at: now) }
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
                    resources: [
                        MesosResource(name: "cpus", value: .scalar(resources.cpus), allocationRole: role),
                        MesosResource(name: "mem", value: .scalar(resources.mem), allocationRole: role),
                        MesosResource(name: "disk", value: .scalar(resources.disk), allocationRole: role),
                        MesosResource(name: "ports", value: .ranges(ports), allocationRole: role),
                    ],
                    role: role,
                    unavailableFrom: agent.window?.from,
                    unavailableUntil: agent.window?.until
                )
            )
        }
        return made.isEmpty ? [] : [.tell(stream, .offers(made))]
    }

    /// Takes an offer back into the pool, and remembers that it was refused.
    mutating func giveBack(_ id: OfferID, refuse: Milliseconds, at now: Instant) {
        guard let offer = offers.removeValue(forKey: id) else { return }
        agents[offer.agent]?.offer = nil
        let resources = free(on: offer.agent).resources
        agents[offer.agent]?.filters[offer.role] = refuse > .zero ? (now + refuse, resources) : nil
    }

    /// Launches tasks on one agent, as far as the offers still hold.
    mutating func accept(
        _ ids: [OfferID],
        launches: [TaskDescription],
        refuse: Milliseconds,
        at now: Instant,
        recorded: (TaskID) -> InstanceID?
    ) -> [Output] {
        let owners = ids.map { offers[$0] }
        guard let owner = owners.first, let offer = owner, owners.allSatisfy({ $0 == offer }) else {
            for id in ids { giveBack(id, refuse: .zero, at: now) }
            return launches.flatMap { launch in
                answer(launch.id, .dropped, agent: launch.agent, reason: "REASON_INVALID_OFFERS")
            }
        }
        let agent = offer.agent
        var output: [Output] = []
        for launch in launches {
            if let complaint = complaint(about: launch, on: agent, as: offer.role) {
                complaints.append("launch of \(launch.id) on \(agent): \(complaint)")
                output += answer(launch.id, .error, agent: agent, reason: "REASON_TASK_INVALID")
                continue
            }
            guard let instance = recorded(launch.id) else {
                complaints.append("task \(launch.id) is launched although the store has no record of it")
                continue
            }
            tasks[launch.id] = SimulatedTask(description: launch, instance: instance)
            known.insert(launch.id)
            output.append(.later(.arrives(launch.id), Milliseconds(Int64(random.int(5...80)))))
        }
        for id in ids { giveBack(id, refuse: refuse, at: now) }
        return output
    }

    /// What is wrong with a launch, as the master's validation would find it.
    private func complaint(about launch: TaskDescription, on agent: AgentID, as role: String) -> String? {
        guard launch.agent == agent else { return "names the agent \(launch.agent)" }
        guard launch.resources.allSatisfy({ $0.allocationRole == role }) else {
            return "is of another role than \(role)"
        }
        guard tasks[launch.id] == nil else { return "its id was used before" }
        let (resources, ports) = free(on: agent)
        for resource in launch.resources {
            switch (resource.name, resource.value) {
            case ("cpus", .scalar(let amount)) where amount > resources.cpus: return "asks for more cpus than are free"
            case ("mem", .scalar(let amount)) where amount > resources.mem: return "asks for more mem than is free"
            case ("disk", .scalar(let amount)) where amount > resources.disk: return "asks for more disk than is free"
            case ("ports", .ranges(let ranges)):
                let isFree = ranges.allSatisfy { range in
                    ports.contains { $0.contains(range.lowerBound) && $0.contains(range.upperBound) }
                }
                guard isFree else { return "asks for ports that are taken" }
            default: continue
            }
        }
        return nil
    }
}
