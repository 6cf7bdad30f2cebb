package import Domain
package import Rollout

/// What the controller is told once, when it starts.
package struct ControllerSettings: Sendable {
    /// What is done about what git says without a person asking for it.
    package struct Sync: Hashable, Sendable {
        /// Whether a new commit is applied by itself.
        package var auto: Bool
        /// Whether what deviates from the applied state is mended by itself.
        package var selfHeal: Bool
        /// Whether apps that git no longer has are removed.
        package var prune: Bool
        /// A sync that would remove more apps than this, and more than `pruneShareMillionths`, is held.
        package var pruneApps: Int
        /// The share of the source's apps, in millionths.
        package var pruneShareMillionths: Int64

        /// A policy; the defaults are the design's.
        package init(
            auto: Bool = true,
            selfHeal: Bool = true,
            prune: Bool = true,
            pruneApps: Int = 10,
            pruneShareMillionths: Int64 = 100_000
        ) {
            self.auto = auto
            self.selfHeal = selfHeal
            self.prune = prune
            self.pruneApps = pruneApps
            self.pruneShareMillionths = pruneShareMillionths
        }
    }

    /// One source, as far as the loop needs it.
    package struct Source: Hashable, Sendable {
        /// Its name.
        package var name: String
        /// Where it is mounted.
        package var group: GroupID
        /// From one look at it to the next, in milliseconds; jitter comes on top.
        package var poll: Milliseconds

        /// A source.
        package init(name: String, group: GroupID, poll: Milliseconds) {
            self.name = name
            self.group = group
            self.poll = poll
        }
    }

    /// The framework's name.
    package var name: String
    /// The environment whose overlays are merged.
    package var environment: String?
    /// The sources.
    package var sources: [Source]
    /// The policy.
    package var sync: Sync
    /// What holds for all rollouts: budgets and brakes.
    package var rollouts = RolloutPolicy()

    /// What the rollouts are told: self-heal is a part of the sync policy.
    var rolloutPolicy: RolloutPolicy {
        var policy = rollouts
        policy.healsDrift = sync.selfHeal
        return policy
    }

    /// Settings.
    package init(name: String, environment: String?, sources: [Source], sync: Sync) {
        self.name = name
        self.environment = environment
        self.sources = sources
        self.sync = sync
    }
}
