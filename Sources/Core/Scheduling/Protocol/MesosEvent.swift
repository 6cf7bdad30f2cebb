package import Domain

/// What Mesos tells a scheduler (v1 scheduler API events), in the core's values.
package enum MesosEvent: Hashable, Sendable {
    /// The subscription holds. Offers of an earlier one are void.
    case subscribed(FrameworkID, heartbeat: Milliseconds, master: MasterFacts = MasterFacts())
    /// Resources to use or to decline.
    case offers([Offer])
    /// An offer is void.
    case rescind(OfferID)
    /// Operators want agents emptied; only the ids and the agents matter to a framework.
    case inverseOffers([InverseOffer])
    /// An inverse offer is void.
    case rescindInverseOffer(OfferID)
    /// A task's state.
    case update(TaskStatus)
    /// An agent is gone (no executor named), or an executor ended.
    case failure(AgentID?, executor: String?, status: Int?)
    /// The subscription is over, with Mesos's words.
    case error(String)
    /// Mesos is alive.
    case heartbeat
    /// A type that Pacer has no use for: its name or number.
    case other(String)
}

/// Everything free on one agent for one role.
package struct Offer: Hashable, Sendable {
    /// Its name.
    package var id: OfferID
    /// The agent, with what constraints compare.
    package var agent: Agent
    /// What is offered.
    package var resources: [MesosResource]
    /// The role it is allocated to.
    package var role: String
    /// From when the agent is under maintenance, where that is planned.
    package var unavailableFrom: Instant?
    /// When that maintenance ends; `nil` for never, or where none is planned.
    package var unavailableUntil: Instant?

    /// An offer.
    package init(
        id: OfferID,
        agent: Agent,
        resources: [MesosResource],
        role: String,
        unavailableFrom: Instant? = nil,
        unavailableUntil: Instant? = nil
    ) {
        self.id = id
        self.agent = agent
        self.resources = resources
        self.role = role
        self.unavailableFrom = unavailableFrom
        self.unavailableUntil = unavailableUntil
    }
}

/// A request to empty an agent.
package struct InverseOffer: Hashable, Sendable {
    /// Its name.
    package var id: OfferID
    /// The agent.
    package var agent: AgentID?
    /// From when it is unavailable.
    package var from: Instant
    /// Until when; `nil` for ever.
    package var until: Instant?

    /// A request.
    package init(id: OfferID, agent: AgentID?, from: Instant, until: Instant? = nil) {
        self.id = id
        self.agent = agent
        self.from = from
        self.until = until
    }
}

/// What Mesos says of a task (TaskStatus).
package struct TaskStatus: Hashable, Sendable {
    /// Mesos's task states.
    package enum State: String, Hashable, Sendable, CaseIterable {
        case staging = "TASK_STAGING"
        case starting = "TASK_STARTING"
        case running = "TASK_RUNNING"
        case killing = "TASK_KILLING"
        case finished = "TASK_FINISHED"
        case failed = "TASK_FAILED"
        case killed = "TASK_KILLED"
        case error = "TASK_ERROR"
        case lost = "TASK_LOST"
        case dropped = "TASK_DROPPED"
        case unreachable = "TASK_UNREACHABLE"
        case gone = "TASK_GONE"
        case goneByOperator = "TASK_GONE_BY_OPERATOR"
        case unknown = "TASK_UNKNOWN"
    }

    /// The task.
    package var task: TaskID
    /// Its state.
    package var state: State
    /// The agent; absent where Mesos does not know.
    package var agent: AgentID?
    /// Sixteen bytes that an acknowledgement must carry; absent where none is due (the master's own updates).
    package var uuid: [UInt8]?
    /// Whether the health check passes; absent before its first result.
    package var healthy: Bool?
    /// What the check that never kills last said; absent before its first result.
    package var sideCheck: SideCheckResult?
    /// Mesos's message.
    package var message: String
    /// The reason's name: `REASON_RECONCILIATION`.
    package var reason: String?
    /// Who made the update: `SOURCE_MASTER`, `SOURCE_AGENT`, `SOURCE_EXECUTOR`.
    package var source: String?

    /// A status.
    package init(
        task: TaskID,
        state: State,
        agent: AgentID? = nil,
        uuid: [UInt8]? = nil,
        healthy: Bool? = nil,
        sideCheck: SideCheckResult? = nil,
        message: String = "",
        reason: String? = nil,
        source: String? = nil
    ) {
        self.task = task
        self.state = state
        self.agent = agent
        self.uuid = uuid
        self.healthy = healthy
        self.sideCheck = sideCheck
        self.message = message
        self.reason = reason
        self.source = source
    }
}
