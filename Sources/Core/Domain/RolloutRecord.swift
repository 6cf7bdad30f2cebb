/// One app's way within a deployment.
package struct RolloutRecord: Hashable, Sendable, Codable {
    /// Where the rollout is.
    ///
    ///                 dependencies healthy, its turn            canary healthy          all new healthy, no old left
    ///     waiting ──────────────┬───────────────▶ canary ─────────────────────▶ rolling ──────────▶ (no rollout)
    ///        │                  └─ no canary asked for ───────────────────────▶    │
    ///        │                                       │                             │
    ///        └────────────── pause, brake, too many failures ──────────────────────┤
    ///        ▲                                       ▼                             │
    ///        └─ resume, its end: where it was ───  paused                          │
    ///                                                │ rollback                    │ too many failures, rollback
    ///                                                ▼                             ▼
    ///     (no rollout) ◀── the last healthy spec is reached again ── rollingBack ◀─┘
    ///
    ///     (no rollout) ── restart, end of a suspension ──▶ rolling, as soon as there is a turn
    ///     (no rollout) ── rollback ──▶ rollingBack
    ///     every one of these ── abort ──▶ aborted: stays as it is, until git changes the app, retry or rollback
    ///     every one of these ── a newer commit changes the app ──▶ waiting (or rolling) with the new spec
    ///     every one of these ── git has the app no more ──▶ removing ── no instance left ──▶ (no record)
    package enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing of the new spec is started: what it depends on is not healthy, or others have their turn. Can go to
        /// `canary` and `rolling` because nothing stands in its way, to `paused`, `rollingBack` and `aborted` by order,
        /// and to `paused` because the deployment is braked.
        case waiting
        /// The first instances of the new spec come out, in the place of as many old ones; the others stay. Can go to
        /// `rolling` because they are healthy for long enough (or a person says so), to `rollingBack` or `paused`
        /// because they failed, and wherever an order leads.
        case canary
        /// Instances are started and stopped, within the strategy's bounds. Ends because every instance is healthy on
        /// the wanted spec; can go to `rollingBack` or `paused` because new tasks failed, and wherever an order leads.
        case rolling
        /// Nothing is started or stopped; tasks that end are started again. Goes back to where it was by `resume`, `retry`
        /// or, where a person paused it, when its time is over; to `rolling` by `promote` out of a canary, and to
        /// `rollingBack` and `aborted` by order.
        case paused
        /// As `rolling`, towards the last healthy spec: without canary, without the definition's watch (an app without a check
        /// is watched for a few seconds all the same), what depends on others first. Ends because that spec is reached. Failures are counted no more: there is nothing else to go back to.
        case rollingBack
        /// A person stopped it half-way, and so it stays. Can go to `waiting` because of a newer commit or `retry` (to
        /// `rolling` where it was a restart), and to `rollingBack` by order.
        case aborted
        /// Instances are stopped, then the record goes.
        case removing
    }

    /// The deployment that it belongs to.
    package var deployment: DeploymentID
    /// Where it is.
    package var phase: Phase
    /// What keeps a rollout from moving although its phase would let it; then ``reason`` says so.
    package enum Hindrance: String, Hashable, Sendable, Codable {
        /// Something larger than the app: the brake, the budget of tasks, what has to go back first.
        case held
        /// Nothing has moved for as long as the deadline. Others need not wait until it does: it has no turn.
        case stalled
        /// A person has to let its canary pass. It has no turn meanwhile.
        case person
        /// It has no turn, and needs one before it goes on: it restarts, or stood still for a while. Others have theirs, or
        /// the brake is on.
        case turn
    }

    /// What it waits for, as a sentence for a reader.
    package var reason: String
    /// What keeps it from moving; `nil` where nothing does.
    package var hindrance: Hindrance?
    /// Since when it is in this phase.
    package var since: Instant
    /// When it began.
    package var began: Instant
    /// How many new tasks have failed.
    package var failures: Int
    /// The last of these failures, for a reader.
    package var lastFailure: String?
    /// The nearest that it has come to its aim, as `Census.progress` counts; absent as long as no new task has failed, and in
    /// records of older controllers.
    package var nearest: Int?
    /// When it came nearer than ever the last time since then; absent as long as it did not.
    package var nearestAt: Instant?
    /// In the phase `paused`: where it goes on. In the phase `aborted`: `rollingBack` where a way back was aborted, which
    /// `retry` and `rollback` take up again.
    package var pausedIn: Phase?
    /// The order that brought it into this phase, where a person did.
    package var order: Order?

    /// A rollout.
    package init(deployment: DeploymentID, phase: Phase, reason: String, since: Instant) {
        self.deployment = deployment
        self.phase = phase
        self.reason = reason
        self.since = since
        self.began = since
        self.failures = 0
    }
}
