/// What Pacer keeps about one app besides its instances: a small record, written whenever it changes.
package struct AppRecord: Hashable, Sendable, Codable {
    /// The app.
    package var id: AppID
    /// The source that declares it.
    package var source: String
    /// The file within the source that declares it: while that file cannot be read, the app is left alone.
    package var file: String
    /// The spec that it shall run; `nil` once the app is to be removed.
    package var desired: Digest?
    /// The commit that brought `desired`.
    package var revision: Revision
    /// The spec that last was healthy as a whole.
    package var lastHealthy: Digest?
    /// The way to `desired`, while it is not reached.
    package var rollout: RolloutRecord?
    /// How failing tasks are being slowed down, while they are.
    package var backoff: BackoffState?
    /// The number that the app's next instance gets.
    package var nextInstance: Int

    /// An app that has nothing running yet.
    package init(id: AppID, source: String, file: String, desired: Digest?, revision: Revision, nextInstance: Int = 1) {
        self.id = id
        self.source = source
        self.file = file
        self.desired = desired
        self.revision = revision
        self.nextInstance = nextInstance
    }
}

/// One app's way within a deployment.
package struct RolloutRecord: Hashable, Sendable, Codable {
    /// Where the rollout is.
    ///
    ///     waiting ──dependencies healthy──▶ rolling ──all new healthy, no old left──▶ (no rollout)
    ///        └───────────── a newer commit changes the app: back to waiting with the new digest ◀──┘
    ///
    /// `removing` is the way of an app that git no longer has; it ends when no instance is left.
    package enum Phase: String, Hashable, Sendable, Codable {
        /// What it depends on is not healthy yet.
        case waiting
        /// Instances are started and stopped, within the strategy's bounds.
        case rolling
        /// Instances are stopped, then the record goes.
        case removing
    }

    /// The deployment that it belongs to.
    package var deployment: DeploymentID
    /// Where it is.
    package var phase: Phase
    /// What it waits for, as a sentence for a reader.
    package var reason: String
    /// Since when it is in this phase.
    package var since: Instant

    /// A rollout.
    package init(deployment: DeploymentID, phase: Phase, reason: String, since: Instant) {
        self.deployment = deployment
        self.phase = phase
        self.reason = reason
        self.since = since
    }
}

/// How an app's failing tasks are being slowed down. Belongs to one spec: another digest starts afresh.
package struct BackoffState: Hashable, Sendable, Codable {
    /// The spec whose tasks fail.
    package var digest: Digest
    /// The present delay, in milliseconds.
    package var delay: Milliseconds
    /// No task of the app is launched before this moment.
    package var until: Instant
    /// Failures in a row, for a reader.
    package var failures: Int

    /// A delay.
    package init(digest: Digest, delay: Milliseconds, until: Instant, failures: Int) {
        self.digest = digest
        self.delay = delay
        self.until = until
        self.failures = failures
    }
}
