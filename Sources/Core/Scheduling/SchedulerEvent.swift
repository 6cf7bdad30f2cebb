package import Domain

/// What the scheduler machine is told.
package enum SchedulerEvent: Sendable {
    /// The connection to Mesos changed.
    case connection(Connection)
    /// Mesos says something.
    case mesos(MesosEvent)
    /// The rollouts want something of an app's instances.
    case order(InstanceOrder)
    /// A spec that instances are or will be of.
    case learn(Spec)
    /// No instance is of this spec any more, and none will be.
    case forget(Digest)
    /// The app shall have so many instances, whatever its specs say; `nil` where what they say is in force.
    case scale(AppID, Int?)
    /// The app's tasks from before this moment are to be replaced, though nothing changed; `nil` for none.
    case restart(AppID, Instant?)
    /// Time has passed; also the end of each turn. Offers are matched, deadlines are looked at.
    case tick

    /// How the connection to Mesos changed.
    package enum Connection: Hashable, Sendable {
        /// A leading master was found and the subscription was sent to it.
        case opened
        /// The stream ended or could not be opened: why, in words for a reader.
        case closed(String)
        /// The stream ended because another scheduler subscribed as the same framework: how that was seen.
        case takenOver(String)
        /// Mesos answered the UPDATE_FRAMEWORK that is under way.
        case answered(UpdateAnswer)
    }
}

/// What the rollouts want of an app's instances.
package enum InstanceOrder: Hashable, Sendable {
    /// A new instance with this number, of this spec.
    case start(InstanceID, Digest)
    /// The instance goes: its goal becomes stopped.
    case stop(InstanceID)
    /// The instance runs what this spec says already (equal restart digests): only its record changes.
    case adopt(InstanceID, Digest)
    /// The instance's task ends, and its next one is of this spec, on what is reserved for the instance. One without a task
    /// takes the spec at once, whatever is reserved for it.
    case relaunch(InstanceID, Digest)
}
