/// One stretch of one drift: actual differs from desired and no running rollout explains it.
package struct DriftEpisode: Hashable, Sendable, Codable {
    /// What is different.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Fewer instances run than wanted.
        case missing
        /// More run than wanted.
        case surplus
        /// An instance runs another spec.
        case staleSpec = "stale_spec"
        /// An instance's health check fails.
        case unhealthy
        /// A task of our framework that no record knows.
        case orphanTask = "orphan_task"
        /// An app that git does not have, and that is kept all the same.
        case unmanaged
        /// A person keeps the app from what git says: a pin, a suspension, another number of instances.
        case exceptionInForce = "exception_in_force"
        /// A file with an error.
        case manifestProblem = "manifest_problem"
        /// The source cannot be read, or a commit waits.
        case sourceBehind = "source_behind"
    }

    /// The app; absent where the source as a whole is meant.
    package var app: AppID?
    /// What within the app or the source: an instance, a task, a file.
    package var subject: String
    /// What is different.
    package var kind: Kind
    /// Why, as far as it is known: `task failed: TASK_FAILED, Command exited with status 1`.
    package var cause: String
    /// When it was first seen.
    package var firstSeen: Instant
    /// When it was last seen.
    package var lastSeen: Instant
    /// What is wanted.
    package var expected: String
    /// What there is.
    package var actual: String
    /// What is done about it.
    package var action: String

    /// An episode.
    package init(
        app: AppID?,
        subject: String,
        kind: Kind,
        cause: String,
        firstSeen: Instant,
        lastSeen: Instant,
        expected: String,
        actual: String,
        action: String
    ) {
        self.app = app
        self.subject = subject
        self.kind = kind
        self.cause = cause
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.expected = expected
        self.actual = actual
        self.action = action
    }
}
