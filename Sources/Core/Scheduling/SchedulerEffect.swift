package import Domain

/// What the scheduler machine wants done. Effects of one turn are carried out in this order: all records are written in
/// one commit, then the gated calls go out in the order they were given; free calls go out at once.
package enum SchedulerEffect: Hashable, Sendable {
    /// The framework's id: written the moment it arrives.
    case register(FrameworkID)
    /// An instance is new or has changed: written, and the rollouts look at its app again.
    case changed(Instance)
    /// An instance is no more: its record goes.
    case removed(InstanceID)
    /// How the app's failing tasks are being slowed down; `nil` when they no longer are.
    case backoff(AppID, BackoffState?)
    /// A call that waits for this turn's commit.
    case afterCommit(GatedCall)
    /// A call that need not wait.
    case send(FreeCall)
    /// A (new) subscription is to be opened, after `delay` and some jitter that the shell adds. Any old one is closed.
    case connect(FrameworkID?, RoleWishes, delay: Milliseconds)
    /// The subscription is to be closed.
    case disconnect(reason: String)
    /// This process must not schedule any more: another one took the framework over, or Mesos removed it.
    case stop(reason: String, isFinal: Bool)
    /// A task of our framework that no record knows: reported, and killed after a grace period.
    case orphan(OrphanTask)
    /// Something for the journal and the log.
    case note(SchedulerNote)
}

/// A task of our framework that no record knows.
package struct OrphanTask: Hashable, Sendable {
    /// The task.
    package var task: TaskID
    /// Where it runs.
    package var agent: AgentID?
    /// When it was first seen.
    package var since: Instant
    /// When it is killed.
    package var killAt: Instant
    /// Whether Mesos said that it ended.
    package var ended: Bool

    /// An orphan.
    package init(task: TaskID, agent: AgentID?, since: Instant, killAt: Instant, ended: Bool = false) {
        self.task = task
        self.agent = agent
        self.since = since
        self.killAt = killAt
        self.ended = ended
    }
}

/// Something that happened in scheduling, for the journal and the log.
package enum SchedulerNote: Hashable, Sendable {
    /// A task's launch was decided.
    case launched(InstanceID, TaskID, host: String)
    /// A task ended.
    case ended(InstanceID, TaskEnd)
    /// A task's kill was decided or repeated.
    case killing(InstanceID, TaskID, attempt: Int)
    /// What an instance needs, with its volumes, is being reserved on a host.
    case reserved(InstanceID, ReservationID, host: String)
    /// What was reserved for an instance that goes is being given back; its volumes are deleted.
    case released(InstanceID, ReservationID, host: String)
    /// An instance starts anew, without what was reserved for it: why.
    case forsaken(InstanceID, ReservationID, host: String, reason: String)
    /// What is reserved for an instance was offered by an agent of another id, as it is after a machine was down.
    case moved(InstanceID, ReservationID, host: String, from: AgentID, to: AgentID)
    /// A reservation of ours that no record knows was offered: for whom it was, and whether it is being given back.
    case leftover(ReservationID, instance: String, host: String, isReleased: Bool)
    /// An agent was reported lost.
    case agentLost(AgentID)
    /// The framework is subscribed.
    case subscribed(FrameworkID)
    /// The subscription ended.
    case unsubscribed(String)
    /// A subscription that was asked for did not come about: why. Said once for each reason until there is one again.
    case unreachable(String)
    /// Mesos refused what it was told of the framework's roles: those that were new in it, and why. Without roles it was
    /// the constraints on offers.
    case updateRefused(roles: [String], String)
    /// An event that is legal but changes nothing, counted by kind.
    case ignored(String)
}
