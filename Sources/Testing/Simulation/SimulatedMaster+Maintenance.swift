package import Domain
package import Scheduling
import SeededRandom

/// When an agent is to be away.
package struct MaintenanceWindow: Hashable, Sendable {
    /// From this moment.
    package var from: Instant
    /// Until this one.
    package var until: Instant

    /// A window.
    package init(from: Instant, until: Instant) {
        self.from = from
        self.until = until
    }
}

/// What operators do with agents (mesos.md §3.10).
extension SimulatedMaster {
    /// An operator announces that an agent will be away: its offers are void and come again with the window.
    package mutating func announce(
        _ id: AgentID,
        _ window: MaintenanceWindow,
        goesDown: Bool,
        at now: Instant
    ) -> [Output] {
        guard agents[id] != nil else { return [] }
        agents[id]?.window = window
        agents[id]?.filters = [:]
        return rescind(id) + [
            .later(.windowOpens(id, goesDown: goesDown), window.from - now),
            .later(.windowCloses(id), window.until - now),
        ]
    }

    /// An operator takes the announcement back. Nobody is told: the next offers do not name it.
    package mutating func withdrawWindow(of id: AgentID) -> [Output] {
        agents[id]?.window = nil
        agents[id]?.inverseOffer = nil
        return rescind(id)
    }

    /// An operator drains an agent: no more offers, and its tasks are killed without notice.
    package mutating func drain(_ id: AgentID) -> [Output] {
        guard let agent = agents[id], agent.isReachable, agent.isRegistered, !agent.isDraining else { return [] }
        agents[id]?.isDraining = true
        var output = rescind(id)
        for task in byAgent[id] ?? [] {
            guard let value = tasks[task], value.isOnAgent, !value.isOver, value.state != .killing else { continue }
            tasks[task]?.endReason = "REASON_AGENT_DRAINING"
            output += become(task, .killing)
            output.append(.later(.becomes(task, .killed), Milliseconds(Int64(random.int(100...3000)))))
        }
        return output
    }

    /// The drain is over: the agent is reactivated, or marked gone.
    mutating func endDrain(_ id: AgentID, markGone: Bool) -> [Output] {
        guard agents[id]?.isDraining == true else { return [] }
        guard !markGone else { return remove(id) }
        agents[id]?.isDraining = false
        return []
    }

    /// The machine goes down, and its tasks are lost with it; or the window passes without anything happening.
    mutating func openWindow(_ id: AgentID, goesDown: Bool) -> [Output] {
        guard goesDown, agents[id]?.window != nil else { return [] }
        var output = rescind(id)
        down[id] = agents[id]
        forget(id)
        for task in byAgent[id] ?? [] {
            guard tasks[task]?.isOver == false || known.contains(task) else { continue }
            if tasks[task]?.isOver == false { tasks[task]?.state = .lost }
            tasks[task]?.updates = []
            known.remove(task)
            output += answer(task, .lost, agent: id, reason: "REASON_SLAVE_REMOVED")
        }
        return output
    }

    /// What was announced is over.
    mutating func closeWindow(_ id: AgentID) -> [Output] {
        if let agent = down.removeValue(forKey: id) {
            if !agent.written.reserved.isEmpty {
                operations["agent with reservations back under another id", default: 0] += 1
            }
            addAgent(agent.kind, finding: agent.written)
        }
        agents[id]?.window = nil
        return rescind(id)
    }

    /// A launch that reaches an agent under drain is dropped.
    mutating func refuseLaunch(_ id: TaskID) -> [Output] {
        tasks[id]?.isOnAgent = true
        tasks[id]?.endReason = "REASON_AGENT_DRAINING"
        return become(id, .dropped)
    }

    /// Asks the framework to leave the agents that will be away, unless it has said that it knows.
    mutating func askToEmpty(at now: Instant) -> [Output] {
        guard let stream else { return [] }
        var made: [InverseOffer] = []
        for id in agentOrder {
            guard let agent = agents[id], agent.window != nil, agent.isRegistered, let window = agent.window,
                now < window.until
            else {
                continue
            }
            guard agent.inverseOffer == nil, agent.inverseRefusedUntil.map({ $0 <= now }) ?? true else { continue }
            guard live(on: id).contains(where: known.contains) else { continue }
            offerCounter += 1
            let offer = OfferID("I\(offerCounter)")
            agents[id]?.inverseOffer = offer
            made.append(InverseOffer(id: offer, agent: id, from: window.from, until: window.until))
        }
        return made.isEmpty ? [] : [.tell(stream, .inverseOffers(made))]
    }

    /// The framework knows of the windows, and need not be asked again for a while.
    mutating func acceptInverse(_ ids: [OfferID], refuse: Milliseconds, at now: Instant) {
        for agent in agents.keys {
            guard let offer = agents[agent]?.inverseOffer, ids.contains(offer) else { continue }
            agents[agent]?.inverseOffer = nil
            agents[agent]?.inverseRefusedUntil = now + refuse
        }
    }

    /// A task of an older life of the framework, which no record knows, runs on an agent. It uses some memory that is free,
    /// if there is any.
    package mutating func addRelic(_ name: TaskID, like description: TaskDescription) {
        var relic = description
        relic.id = name
        let memory = relic.resources.filter { $0.name == "mem" && $0.reservations.isEmpty }
        var rest = free(on: relic.agent)
        relic.resources = rest.take(memory) ? memory : []
        add(SimulatedTask(description: relic, instance: nil))
        tasks[name]?.state = .running
        tasks[name]?.forwarded = .running
        tasks[name]?.isOnAgent = true
    }

    private mutating func rescind(_ id: AgentID) -> [Output] {
        guard let offer = agents[id]?.offer else { return [] }
        offers[offer] = nil
        agents[id]?.offer = nil
        guard let stream else { return [] }
        return [.tell(stream, .rescind(offer))]
    }
}
