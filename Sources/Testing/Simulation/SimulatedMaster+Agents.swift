package import Domain
import Scheduling

extension SimulatedMaster {
    /// An agent is cut off: its tasks go on, nobody hears of them.
    package mutating func cutOff(_ id: AgentID) -> [Output] {
        guard agents[id]?.isReachable == true else { return [] }
        agents[id]?.isReachable = false
        for task in live(on: id) { tasks[task]?.wasCutOff = true }
        return [.later(.giveUp(id), .seconds(75))]
    }

    /// An agent's messages get through again.
    package mutating func reconnect(_ id: AgentID) -> [Output] {
        guard agents[id]?.isReachable == false else { return [] }
        agents[id]?.isReachable = true
        return register(id)
    }

    /// The master calls a silent agent unreachable, and its tasks with it.
    mutating func giveUp(_ id: AgentID) -> [Output] {
        guard let agent = agents[id], !agent.isReachable, agent.isRegistered else { return [] }
        agents[id]?.isMarkedUnreachable = true
        var output: [Output] = []
        if let offer = agent.offer, let stream {
            offers[offer] = nil
            agents[id]?.offer = nil
            output.append(.tell(stream, .rescind(offer)))
        }
        for task in byAgent[id] ?? [] where known.contains(task) {
            known.remove(task)
            output += answer(task, .unreachable, agent: id, reason: "REASON_AGENT_REMOVED")
        }
        if let stream { output.append(.tell(stream, .failure(id, executor: nil, status: nil))) }
        return output
    }

    /// An agent registers with the present master and tells of its tasks.
    mutating func register(_ id: AgentID) -> [Output] {
        guard let agent = agents[id], agent.isReachable else { return [] }
        let wasUnreachable = agent.isMarkedUnreachable
        agents[id]?.isRegistered = true
        agents[id]?.isMarkedUnreachable = false
        // What was reserved on it while it could not hear of it, a master that has forgotten it cannot tell it again.
        if wasUnreachable || !agent.isRegistered {
            agents[id]?.total = agent.written
        } else {
            agents[id]?.written = agent.total
        }
        agents[id]?.rest = nil
        var output: [Output] = []
        for task in byAgent[id] ?? [] {
            guard let value = tasks[task] else { continue }
            if !value.isOnAgent, !value.isOver {
                // The launch never arrived: the agent does not know the task. A master that knew of it says so; another
                // one says nothing before it is asked.
                tasks[task]?.state = .dropped
                guard known.remove(task) != nil else { continue }
                output += answer(task, .dropped, agent: id, reason: "REASON_RECONCILIATION")
                continue
            }
            if !value.isOver || !value.updates.isEmpty { known.insert(task) }
            if wasUnreachable, !value.isOver {
                tasks[task]?.forwarded = value.state
                output += answer(task, value.state, agent: id, reason: "REASON_AGENT_REREGISTERED")
            }
            output += send(task, again: true)
        }
        return output
    }

    /// An operator takes an agent away for good; another one comes in its place.
    package mutating func remove(_ id: AgentID) -> [Output] {
        guard agents[id] != nil else { return [] }
        var output: [Output] = []
        if let offer = agents[id]?.offer, let stream {
            offers[offer] = nil
            output.append(.tell(stream, .rescind(offer)))
        }
        let kind = agents[id]?.kind ?? 1
        forget(id)
        gone.insert(id)
        for task in byAgent[id] ?? [] {
            guard tasks[task]?.isOver == false || known.contains(task) else { continue }
            if tasks[task]?.isOver == false { tasks[task]?.state = .gone }
            tasks[task]?.updates = []
            known.remove(task)
            output += answer(task, .goneByOperator, agent: id, reason: "REASON_AGENT_REMOVED_BY_OPERATOR")
        }
        addAgent(kind)
        return output
    }
}
