/// Who asked for something, why, and when it ends by itself. Nothing temporary lasts for ever.
package struct Order: Hashable, Sendable, Codable {
    /// Who.
    package var who: String
    /// Why, in their words; may be empty.
    package var why: String
    /// When.
    package var at: Instant
    /// When it ends by itself; `nil` where it is done at once.
    package var until: Instant?

    /// An order. What people write is kept to 200 characters each, since records are small.
    package init(who: String, why: String, at: Instant, until: Instant? = nil) {
        self.who = who.cut(to: 200)
        self.why = why.cut(to: 200)
        self.at = at
        self.until = until
    }
}

/// Keeps an app on a spec, whatever git says, until it expires or somebody says `resume`.
package struct Pin: Hashable, Sendable, Codable {
    /// The spec.
    package var digest: Digest
    /// Who wants that.
    package var order: Order

    /// A pin.
    package init(digest: Digest, order: Order) {
        self.digest = digest
        self.order = order
    }
}

/// A spec that failed, or that somebody rolled back: it is not tried again before git changes the app, or somebody says
/// `retry`.
package struct HeldBack: Hashable, Sendable, Codable {
    /// The spec.
    package var digest: Digest
    /// The deployment that brought it.
    package var deployment: DeploymentID
    /// Why, for a reader.
    package var reason: String
    /// Since when.
    package var at: Instant
    /// Whether the app's pin holds it back, and nothing else: nothing of it had failed when it was left by order. It is
    /// tried again when the pin ends. Absent in older records, and for what failed.
    package var endsWithPin: Bool?

    /// A spec that is held back.
    package init(digest: Digest, deployment: DeploymentID, reason: String, at: Instant, endsWithPin: Bool? = nil) {
        self.digest = digest
        self.deployment = deployment
        self.reason = reason
        self.at = at
        self.endsWithPin = endsWithPin
    }
}

/// A spec that the app was healthy on as a whole: somewhere to go back to.
package struct HealthySpec: Hashable, Sendable, Codable {
    /// The spec.
    package var digest: Digest
    /// The commit that brought it.
    package var revision: Revision
    /// When it was reached.
    package var at: Instant

    /// A healthy spec.
    package init(digest: Digest, revision: Revision, at: Instant) {
        self.digest = digest
        self.revision = revision
        self.at = at
    }
}
