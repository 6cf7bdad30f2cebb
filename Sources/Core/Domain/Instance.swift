package import OrderedCollections

/// Names one slot of an app. Numbers are given once and never again for the same app.
package struct InstanceID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The app.
    package let app: AppID
    /// The slot's number within the app.
    package let number: Int

    /// A slot.
    package init(app: AppID, number: Int) {
        self.app = app
        self.number = number
    }

    /// By app, then by number.
    package static func < (left: InstanceID, right: InstanceID) -> Bool {
        left.app == right.app ? left.number < right.number : left.app < right.app
    }

    /// `/shop/web#3`.
    package var description: String { "\(app)#\(number)" }
}

/// What is wanted of an instance.
package enum Goal: String, Hashable, Sendable, Codable {
    /// It runs, and is started again when its task ends.
    case running
    /// It goes: its task is killed, then the record.
    case stopped
}

/// What Mesos says of an instance.
///
///     scheduled ──placed──▶ launching ──▶ staging ──▶ starting ──▶ running ──▶ killing
///         ▲                    │             │            │           │           │
///         └─── goal running ───┴─────────────┴── task ended ──────────┴───────────┘   goal stopped: record removed
///
/// `unreachable` can follow every condition with a task, and goes back to what Mesos reports when the agent returns.
/// Mesos may skip conditions (an update is always the newest it has), so every forward move is legal.
package enum Condition: String, Hashable, Sendable, Codable, CaseIterable {
    /// Waits for an offer; has no task.
    case scheduled
    /// A task is recorded; ACCEPT goes out once that is durable, and Mesos has not answered yet.
    case launching
    /// Mesos knows the task; the agent prepares it (fetches, for one).
    case staging
    /// The executor has it.
    case starting
    /// It runs.
    case running
    /// It got SIGTERM.
    case killing
    /// Its agent is cut off; it may still run.
    case unreachable

    /// Whether there is a task that may be running somewhere.
    package var hasTask: Bool { self != .scheduled }
}

/// An agent as far as placement needs it. Attributes are in text form, as constraints compare them.
package struct Agent: Hashable, Sendable, Codable {
    /// The agent's id.
    package var id: AgentID
    /// The host's name.
    package var hostname: String
    /// Attributes in text form: scalars `0.###`, ranges `[a-b]`, sets `{a,b}`.
    package var attributes: OrderedDictionary<String, String>
    /// The fault domain's region.
    package var region: String?
    /// The fault domain's zone.
    package var zone: String?

    /// An agent.
    package init(
        id: AgentID,
        hostname: String,
        attributes: OrderedDictionary<String, String> = [:],
        region: String? = nil,
        zone: String? = nil
    ) {
        self.id = id
        self.hostname = hostname
        self.attributes = attributes
        self.region = region
        self.zone = zone
    }
}

/// One incarnation of an instance on an agent: a task, or a pod's task group.
package struct TaskRecord: Hashable, Sendable, Codable {
    /// Its name in Mesos; of a task group what its members' names begin with.
    package var id: TaskID
    /// Where it was launched.
    package var agent: Agent
    /// Its host ports, in the order of the spec's ``AppSpec/ports``.
    package var ports: [Int]
    /// When its launch was decided.
    package var launched: Instant
    /// What Mesos's health check last said; `nil` before the first answer or without a check. Of a task group: whether
    /// every check passes, and `false` as soon as one does not.
    package var healthy: Bool?
    /// Since when the check passes without a break; `nil` while it does not, and without a check.
    package var healthySince: Instant?
    /// When its agent goes, where that is planned and near (maintenance): by then the instance should run elsewhere.
    package var leavesAt: Instant?
    /// The tasks of a pod's group, in the order of its containers; absent for an app.
    package var members: [TaskMember]?
    /// How the group's end began, once a member ended.
    package var groupEnd: GroupEnd?
    /// What it has to show besides its health check; ``healthy`` is what both together say. Absent where that is nothing.
    package var gate: TaskGate?

    /// A task.
    package init(
        id: TaskID,
        agent: Agent,
        ports: [Int],
        launched: Instant,
        healthy: Bool? = nil,
        members: [TaskMember]? = nil
    ) {
        self.id = id
        self.agent = agent
        self.ports = ports
        self.launched = launched
        self.healthy = healthy
        self.members = members
    }
}

/// How a task ended, kept for the reader of a status.
package struct TaskEnd: Hashable, Sendable, Codable {
    /// The task.
    package var task: TaskID
    /// The state's name as Mesos writes it: `TASK_FAILED`.
    package var state: String
    /// Mesos's message, its first 500 characters: an executor can send any amount of text.
    package var message: String
    /// The reason's name as Mesos writes it, where there was one.
    package var reason: String?
    /// When it was noticed.
    package var at: Instant
    /// The host it ran on.
    package var host: String
    /// Since when its agent had been cut off, where it was so until the end.
    package var unreachableSince: Instant?

    /// An end.
    package init(task: TaskID, state: String, message: String, reason: String?, at: Instant, host: String) {
        self.task = task
        self.state = state
        self.message = message.cut(to: 500)
        self.reason = reason
        self.at = at
        self.host = host
    }
}

extension TaskEnd {
    /// Reasons of an agent (Mesos 1.11 `TaskStatus.Reason`) for a task that it tried to launch, and could not.
    package static let launchFailures: Set<String> = [
        "REASON_EXECUTOR_TERMINATED", "REASON_EXECUTOR_REGISTRATION_TIMEOUT", "REASON_COMMAND_EXECUTOR_FAILED",
        "REASON_CONTAINER_LAUNCH_FAILED", "REASON_CONTAINER_UPDATE_FAILED", "REASON_CONTAINER_LIMITATION",
        "REASON_CONTAINER_LIMITATION_DISK", "REASON_CONTAINER_LIMITATION_MEMORY", "REASON_IO_SWITCHBOARD_EXITED",
    ]

    /// Whether the agent dropped the task because it cannot run as it is defined, and not because the agent or the offer was
    /// gone.
    package var isLaunchFailure: Bool {
        state == "TASK_DROPPED" && reason.map(TaskEnd.launchFailures.contains) ?? false
    }
}

/// One slot of an app that Pacer keeps alive.
package struct Instance: Hashable, Sendable, Codable {
    /// Its name.
    package var id: InstanceID
    /// The spec that its task runs; without a task, the one that its next task shall run.
    package var digest: Digest
    /// What is wanted of it.
    package var goal: Goal
    /// What Mesos says of it.
    package var condition: Condition
    /// Its task; absent exactly in the condition `scheduled`.
    package var task: TaskRecord?
    /// Since when it is in its condition.
    package var since: Instant
    /// How the task before the present one ended.
    package var lastEnd: TaskEnd?
    /// What is reserved for it, where its app has persistent volumes.
    package var reservation: Reservation?
    /// The spec that its next task is of, while the present one is ended for that: an instance with volumes is not
    /// replaced by another one but stays where it is.
    package var next: Digest?

    /// A slot that waits for its first task.
    package init(id: InstanceID, digest: Digest, since: Instant) {
        self.id = id
        self.digest = digest
        self.goal = .running
        self.condition = .scheduled
        self.since = since
    }

    /// When its agent goes, where that is planned and near: until then it can be replaced within the app's bounds.
    package var leavesAt: Instant? { task?.leavesAt }

    /// Whether it counts as healthy for `spec`: it runs, is not about to end, and its checks (if any) pass.
    /// Marathon's rule: without a health check, running is healthy.
    package func isHealthy(under spec: AppSpec) -> Bool {
        guard condition == .running, next == nil, let task else { return false }
        return !spec.isChecked || task.healthy == true
    }
}
