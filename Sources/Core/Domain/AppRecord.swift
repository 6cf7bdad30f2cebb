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
    /// Keeps the app on a spec, whatever git says.
    package var pin: Pin?
    /// Keeps all of its instances stopped, whatever its spec says.
    package var suspension: Order?
    /// Has it run another number of instances than its spec says.
    package var scale: ScaleOverride?
    /// The spec of git that is not tried again.
    package var heldBack: HeldBack?
    /// The spec whose canary a person let pass, as long as nothing of it has failed since: it has no canary again. Absent in
    /// records of older controllers.
    package var promoted: Digest?
    /// Tasks that were launched before this order are replaced, though their spec is the wanted one.
    package var restart: Order?
    /// The last specs that it was healthy on, newest first.
    package var history: [HealthySpec]?

    /// How many healthy specs are remembered.
    package static let historyLength = 5

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
