package import Domain

/// Every number that the scheduler's behaviour hangs on. Times are in milliseconds.
///
/// The defaults are those that Mesos frameworks were found to need in production (Marathon's and Aurora's, for the most
/// part); tests make them shorter.
package struct SchedulerSettings: Hashable, Sendable {
    /// The role of apps that name none; `*` is the default role, which nothing can be reserved for.
    package var role: String
    /// The framework's principal, which Mesos wants to see on what it reserves; `nil` for a framework without one.
    package var principal: String?
    /// As whom tasks run whose app names nobody; the framework's own user where absent.
    package var user: String?
    /// Stands before `HOST` and the names of the port variables (Marathon's `--env_vars_prefix`).
    package var environmentPrefix: String
    /// The network of Mesos's own engine that is a bridge on each agent (Marathon's `--mesos_bridge_name`).
    package var bridgeName: String = "mesos-bridge"

    /// A subscription without any event for this many heartbeat intervals is dead.
    package var heartbeatsMissed: Int64
    /// How long a subscription that was sent may stay unanswered.
    package var subscribeTimeout: Milliseconds
    /// The delay before the first attempt to subscribe again; each further one waits twice as long.
    package var reconnectFirst: Milliseconds
    /// The longest such delay.
    package var reconnectLongest: Milliseconds
    /// A subscription that held this long was a good one: the next delay is the first again.
    package var reconnectForget: Milliseconds

    /// For how long an unused offer is refused while nothing waits for a place.
    package var refuseIdle: Milliseconds
    /// For how long an unused offer is refused while something waits.
    package var refuseWaiting: Milliseconds
    /// For how long the rest of an accepted offer is refused while something waits.
    package var refuseRest: Milliseconds
    /// For how long inverse offers need not come again.
    package var refuseInverse: Milliseconds
    /// An agent whose maintenance begins within this time gets no new tasks.
    package var maintenanceHorizon: Milliseconds
    /// One REVIVE per this time in the long run: each one makes the master look at every agent, which it does this often
    /// anyhow (Mesos's default `--allocation_interval`).
    package var reviveInterval: Milliseconds
    /// So many offers that a REVIVE brings count as much as another REVIVE: they become rarer in a large cluster.
    package var reviveOffers: Int64
    /// But never rarer than this in the long run (Marathon's `--min_revive_offers_interval`).
    package var reviveLongest: Milliseconds
    /// How long the offers that a REVIVE brings are waited for, before what became wanted meanwhile asks again.
    package var reviveAnswer: Milliseconds
    /// How many REVIVEs may come close together, after a quiet time: a rolling replacement wants offers at each of its
    /// steps, and most have no more steps than this.
    package var reviveBurst: Int64
    /// A REVIVE is repeated after this time if something still waits: a decline that crossed it filters again.
    package var reviveRepeat: Milliseconds
    /// A role that Mesos has refused is asked for again after this time.
    package var roleRetry: Milliseconds
    /// Whether tasks that ask for no GPU stay off agents that have some (Marathon's `--gpu_scheduling_behavior`:
    /// `restricted` is true, `unrestricted` is false).
    package var sparesGPUs: Bool
    /// How many instances of one spec are placed before the next spec has its turn.
    package var placementSlice: Int

    /// A kill is repeated after this time until the task's end is known.
    package var killRetry: Milliseconds
    /// The length of the window that the three limits below count in.
    package var killWindow: Milliseconds
    /// Kills within a window, for the whole cluster.
    package var killsPerWindow: Int
    /// Kills within a window, for one app.
    package var killsPerWindowAndApp: Int
    /// Kills of orphans within a window.
    package var orphanKillsPerWindow: Int
    /// From the first sight of a task that no record names until it is killed.
    package var orphanGrace: Milliseconds
    /// Whether such tasks are killed at all; they are reported in any case.
    package var killsOrphans: Bool

    /// How many tasks one RECONCILE asks for.
    package var reconcileBatch: Int
    /// Between two batches.
    package var reconcilePause: Milliseconds
    /// The wait before tasks that did not answer are asked for again; doubles from round to round.
    package var reconcileFirst: Milliseconds
    /// The longest such wait.
    package var reconcileLongest: Milliseconds
    /// Every task is asked for, and unknown ones are looked for, this often.
    package var reconcileInterval: Milliseconds

    /// A launch that Mesos has not confirmed after this time is asked for. A reservation that no offer has ever shown is
    /// waited for as long.
    package var launchConfirm: Milliseconds
    /// How long an unreachable task of an app without an `unreachableStrategy` is waited for before it is replaced; zero
    /// replaces at once (Marathon 1.11's default).
    package var unreachableReplaceAfter: Milliseconds
    /// Tasks given up for lost that are remembered, so that they are killed at once when they come back.
    package var rememberedTasks: Int
    /// How long an offer of an agent may still be without what was asked for, used or seen there last.
    package var reservationSettles: Milliseconds
    /// What is reserved for an instance that goes is waited for this long, from when it was last seen; then its record
    /// goes. Should it be offered later, it is given back as a leftover.
    package var reservationPatience: Milliseconds
    /// Offers of every role are looked at this often, though nothing is wanted: what an agent brings back later that was
    /// reserved for nobody is seen in no other way.
    package var leftoverInterval: Milliseconds
    /// A back-off ends when a task launched after the last failure was healthy for this time, or for the delay if that
    /// is longer.
    package var backoffForget: Milliseconds

    /// The defaults.
    package init(role: String = "*", user: String? = nil, environmentPrefix: String = "") {
        self.role = role
        self.principal = nil
        self.user = user
        self.environmentPrefix = environmentPrefix
        self.heartbeatsMissed = 5
        self.subscribeTimeout = .seconds(60)
        self.reconnectFirst = Milliseconds(100)
        self.reconnectLongest = .seconds(15)
        self.reconnectForget = .seconds(30)
        self.refuseIdle = .seconds(120)
        self.refuseWaiting = .seconds(5)
        self.refuseRest = .zero
        self.refuseInverse = .minutes(60)
        self.maintenanceHorizon = .minutes(240)
        self.reviveInterval = .seconds(1)
        self.reviveOffers = 1000
        self.reviveLongest = .seconds(5)
        self.reviveAnswer = .seconds(1)
        self.reviveBurst = 12
        self.reviveRepeat = .seconds(30)
        self.roleRetry = .minutes(5)
        self.sparesGPUs = true
        self.placementSlice = 64
        self.killRetry = .seconds(30)
        self.killWindow = .seconds(1)
        self.killsPerWindow = 200
        self.killsPerWindowAndApp = 100
        self.orphanKillsPerWindow = 10
        self.orphanGrace = .seconds(30)
        self.killsOrphans = true
        self.reconcileBatch = 1000
        self.reconcilePause = Milliseconds(100)
        self.reconcileFirst = .seconds(5)
        self.reconcileLongest = .minutes(5)
        self.reconcileInterval = .minutes(10)
        self.launchConfirm = .minutes(5)
        self.unreachableReplaceAfter = .zero
        self.rememberedTasks = 10_000
        self.reservationSettles = .seconds(10)
        self.reservationPatience = .minutes(24 * 60)
        self.leftoverInterval = .minutes(10)
        self.backoffForget = .seconds(60)
    }
}
