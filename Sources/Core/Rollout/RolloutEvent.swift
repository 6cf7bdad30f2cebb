package import Domain
package import Planning

/// What the rollout machine is told.
package enum RolloutEvent: Sendable {
    /// A plan is to be carried out as this deployment. A newer deployment supersedes app by app.
    case deploy(Plan, DeploymentID, Revision, source: String)
    /// The instances of an app changed: here are all of them.
    case instances(AppID, [Instance])
    /// How the app's failing tasks are being slowed down.
    case backoff(AppID, BackoffState?)
    /// A declaration moved to another file, or to another source: only the record changes.
    case declared(AppID, source: String, file: String, revision: Revision)
    /// No record and no instance names this spec any more.
    case forget(Digest)
    /// The end of a turn: every app that may move is looked at, until nothing moves any more.
    case tick
}

/// What the rollout machine wants done.
package enum RolloutEffect: Hashable, Sendable {
    /// The app's record is new or has changed: written.
    case changed(AppRecord)
    /// The app is gone: its record goes.
    case removed(AppID)
    /// The scheduler starts a new instance.
    case start(InstanceID, Digest)
    /// The scheduler stops an instance.
    case stop(InstanceID)
    /// The scheduler takes an instance over into a spec that differs in no restart field.
    case adopt(InstanceID, Digest)
    /// The scheduler ends an instance's task, if it has one, and launches one of this spec, on what is reserved for the
    /// instance.
    case relaunch(InstanceID, Digest)
    /// Something for the journal and the log.
    case note(RolloutNote)
}

/// Something that happened in a rollout, for the journal and the log.
package enum RolloutNote: Hashable, Sendable {
    /// A rollout began, with what it does.
    case began(AppID, DeploymentID, Change.Action)
    /// A newer commit took its place.
    case superseded(AppID, by: DeploymentID)
    /// It waits, for this reason.
    case waiting(AppID, String)
    /// Its canary passed; by whose order, where it was one.
    case promoted(AppID, by: String?)
    /// It stands still: why.
    case paused(AppID, String)
    /// It goes back: why.
    case rolledBack(AppID, from: Digest, to: Digest, String)
    /// A person ordered this.
    case ordered(AppID, RolloutVerb, Order)
    /// Another number of instances is in force than before.
    case scaled(AppID, from: Int, to: Int)
    /// Something temporary ended by itself.
    case expired(AppID, String)
    /// The cluster's brake was pulled, or released where there is no moment.
    case brake(until: Instant?, lost: Int)
    /// It came to its end.
    case finished(AppID, DeploymentID)
}
