package import Domain

/// What holds for the rollouts of all apps.
package struct RolloutPolicy: Hashable, Sendable {
    /// Whether an app outside a rollout is led back to its spec when its instances are too few, too many or of another
    /// spec. A rollout comes to its end in any case, and so does a removal.
    package var healsDrift = true
    /// How many apps may be rolled out at the same time; `nil` for any number.
    package var maxConcurrentApps: Int?
    /// How many instances of all rollouts together may be on their way to healthy; `nil` for any number.
    package var maxConcurrentTasks: Int?
    /// When replacements stop by themselves.
    package var brake = Brake()
    /// How long a rollback by order keeps its app pinned, unless the order says otherwise.
    package var pinFor = Milliseconds.seconds(24 * 3600)
    /// How long an app stays suspended, unless the order says otherwise.
    package var suspendFor = Milliseconds.seconds(24 * 3600)
    /// How long a pause by order lasts, unless the order says otherwise.
    package var pauseFor = Milliseconds.seconds(24 * 3600)
    /// How long another number of instances than the spec's holds, unless the order says otherwise.
    package var scaleFor = Milliseconds.seconds(24 * 3600)

    /// Nothing is limited, the brake is set.
    package init() {}

    /// When replacements stop by themselves, since something larger than one app is wrong.
    package struct Brake: Hashable, Sendable {
        /// Tasks lost with their agents within ``window`` that pull it.
        package var lostTasks = 10
        /// They must also be this share of all instances, in millionths.
        package var lostShareMillionths: Int64 = 50_000
        /// How far back losses count, in milliseconds.
        package var window = Milliseconds.seconds(300)
        /// A deployment with at least this many apps is a wide one.
        package var wideDeployment = 6
        /// Apps of a wide deployment that fail before more than as many succeed pull the brake for the rest of it.
        package var failedApps = 3

        /// The defaults.
        package init() {}
    }
}
