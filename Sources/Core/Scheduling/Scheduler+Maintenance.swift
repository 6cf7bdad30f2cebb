import Domain

/// Agents under maintenance get no new tasks, and the instances on them carry the moment at which the agent goes
/// (``Instance/leavesAt``): whoever orders starts and stops replaces them until then, within the app's bounds. An agent
/// that is *drained* by an operator gives no such notice; its tasks' ends say `REASON_AGENT_DRAINING` and are no failures.
extension Scheduler {
    /// Operators want agents emptied. The answer is always yes: it is only noted for them.
    mutating func empty(_ requests: [InverseOffer], at now: Instant) {
        for request in requests {
            guard let agent = request.agent else { continue }
            plan(agent, from: request.from, until: request.until, at: now)
        }
        emit(.send(.acceptInverseOffers(requests.map(\.id), refuse: settings.refuseInverse)))
    }

    /// What an offer says of its agent's future.
    mutating func heed(_ offer: Offer, at now: Instant) {
        let agent = offer.agent.id
        if let from = offer.unavailableFrom, offer.unavailableUntil.map({ now < $0 }) ?? true {
            plan(agent, from: from, until: offer.unavailableUntil, at: now)
        } else if maintenance.knows(agent), maintenance.cancel(agent) {
            markTasks(on: agent, at: now)
        }
    }

    /// Agents whose time has come, or is over.
    mutating func watchMaintenance(at now: Instant) {
        while let agent = maintenance.takeBegun(at: now) { markTasks(on: agent, at: now) }
        while let agent = maintenance.takeOver(at: now) { markTasks(on: agent, at: now) }
    }

    /// An earlier leader's word for it that the agent of an instance goes; the agents are asked for anew soon.
    mutating func recallMaintenance(of instance: Instance, at now: Instant) {
        guard let task = instance.task, let moment = task.leavesAt else { return }
        _ = maintenance.plan(task.agent.id, from: moment, until: nil, at: now, settings)
    }

    private mutating func plan(_ agent: AgentID, from: Instant, until: Instant?, at now: Instant) {
        guard until.map({ now < $0 }) ?? true else { return }
        if maintenance.plan(agent, from: from, until: until, at: now, settings) { markTasks(on: agent, at: now) }
    }

    /// Puts the moment at which an agent goes into the records of its tasks, or takes it out of them.
    private mutating func markTasks(on agent: AgentID, at now: Instant) {
        let moment = maintenance.deadline(of: agent)
        for task in book.tasks(on: agent) {
            guard var instance = book.owner(of: task), instance.leavesAt != moment else { continue }
            instance.task?.leavesAt = moment
            save(instance, at: now)
        }
    }
}
