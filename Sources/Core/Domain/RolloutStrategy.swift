/// How an app's new version comes out: Pacer's own addition to Marathon's definition, under the key `rollout`.
package struct RolloutStrategy: Hashable, Sendable, Codable {
    /// What is done when new tasks have failed too often.
    package enum OnFailure: String, Hashable, Sendable, Codable, CaseIterable {
        /// The app goes back to the spec that was healthy last; one that has none is paused.
        case rollback
        /// The rollout stays as it is until a person decides.
        case pause
        /// The rollout goes on trying.
        case `continue`
    }

    /// Who lets a healthy canary pass.
    package enum Promotion: String, Hashable, Sendable, Codable, CaseIterable {
        /// It passes by itself, when it has been healthy for ``RolloutStrategy/watch``.
        case automatic
        /// A person says `promote`.
        case manual
    }

    /// How many instances of a new spec come before all others; 0 for none.
    package var canary: Int
    /// Who lets the canary pass.
    package var promotion: Promotion
    /// How long a new instance must stay healthy before it counts, in milliseconds; what ``AppSpec/watch`` says where
    /// absent.
    package var watch: Milliseconds?
    /// How many new tasks may fail; the last of them ends the attempt. Not starting, dying, and not being healthy within
    /// ``deadline`` are failures.
    package var maxFailures: Int
    /// What is done then.
    package var onFailure: OnFailure
    /// How long a new task may take from its launch until it is healthy, in milliseconds. A rollout in which nothing has
    /// moved for as long says that it is stalled.
    package var deadline: Milliseconds

    /// The strategy of an app that says nothing about it.
    package init(
        canary: Int = 0,
        promotion: Promotion = .automatic,
        watch: Milliseconds? = nil,
        maxFailures: Int = 3,
        onFailure: OnFailure = .rollback,
        deadline: Milliseconds = .seconds(600)
    ) {
        self.canary = canary
        self.promotion = promotion
        self.watch = watch
        self.maxFailures = maxFailures
        self.onFailure = onFailure
        self.deadline = deadline
    }
}

extension AppSpec {
    /// How long a new instance must stay healthy before it counts, in milliseconds.
    ///
    /// Where the definition does not say: a health check speaks for itself. Without one an instance is healthy as soon as
    /// it runs (Marathon's rule), and so does a program that fails at its start, for a moment; it is watched for a while,
    /// since nothing would be left to go back to if the old instances went for it.
    package var watch: Milliseconds { strategy.watch ?? (isChecked ? .zero : AppSpec.uncheckedWatch) }

    /// How long an instance without a check is watched, in milliseconds.
    package static let uncheckedWatch = Milliseconds.seconds(5)
}
