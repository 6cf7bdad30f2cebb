package import Domain

/// A call that may go out at any time: it launches, ends and acknowledges nothing.
package enum FreeCall: Hashable, Sendable {
    /// Offers go back; they do not return for `refuse` ms unless the agent frees more.
    case decline([OfferID], refuse: Milliseconds)
    /// Offers for these roles are wanted again; their filters fall.
    case revive([String])
    /// No offers for these roles are wanted.
    case suppress([String])
    /// The framework's roles are these from now on. Answered by itself (``UpdateAnswer``).
    case updateFramework(RoleWishes)
    /// What is the state of these tasks? An empty list asks for all that Mesos knows.
    case reconcile([TaskQuestion])
    /// Requests to empty agents are noted.
    case acceptInverseOffers([OfferID], refuse: Milliseconds)
}

/// A task to ask for, with its agent (without one, an unreachable task reads as unknown).
package struct TaskQuestion: Hashable, Sendable {
    /// The task.
    package var task: TaskID
    /// Its agent.
    package var agent: AgentID?

    /// A question.
    package init(task: TaskID, agent: AgentID?) {
        self.task = task
        self.agent = agent
    }
}

/// A call that may go out only after what it rests on is durable. The shell can send it only with the token that a
/// commit gives back.
package enum GatedCall: Hashable, Sendable {
    /// Uses what is offered on one agent, step by step; what the offers have beyond it is declined for `refuse` ms.
    case accept([OfferID], [OfferOperation], refuse: Milliseconds)
    /// Ends a task.
    case kill(TaskID, AgentID?)
    /// A status has been taken in: Mesos may forget it and send the next.
    case acknowledge(TaskID, AgentID, uuid: [UInt8])
}
