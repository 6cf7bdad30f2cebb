package import Controller
package import Domain

/// The apps that are on their way, or kept from what git says: `{"format_version","rollouts":[…]}`.
package struct RolloutsDocument: Hashable, Sendable, Codable {
    /// One app.
    package struct Entry: Hashable, Sendable, Codable {
        /// The app.
        package var id: String
        /// `waiting`, `canary`, `rolling`, `paused`, `rollingBack`, `aborted`, `removing`; `null` without a rollout.
        @Nullable package var phase: String?
        /// How far it is, in words.
        @Nullable package var step: String?
        /// What it waits for, or why it is where it is.
        @Nullable package var reason: String?
        /// Since when it is in its phase.
        @Nullable package var since: Timestamp?
        /// How many new tasks have failed.
        package var failures: Int
        /// The last of these failures.
        @Nullable package var lastFailure: String?
        /// The deployment that the rollout belongs to.
        @Nullable package var deployment: String?
        /// The app that it waits for.
        @Nullable package var blocker: String?
        /// Who brought it into this phase, where a person did.
        @Nullable package var order: OrderDocument?
        /// Keeps it on a spec, whatever git says.
        @Nullable package var pin: PinDocument?
        /// Keeps it stopped.
        @Nullable package var suspension: OrderDocument?
        /// Has it run another number of instances than its spec says.
        @Nullable package var scale: ScaleDocument?
        /// The spec of git that is not tried again.
        @Nullable package var heldBack: HeldBackDocument?
        /// All of that as one short phrase for a reader.
        @Nullable package var summary: String?

        enum CodingKeys: String, CodingKey {
            case id, phase, step, reason, since, failures, deployment, blocker, order, pin, suspension, summary
            case scale
            case lastFailure = "last_failure"
            case heldBack = "held_back"
        }

        /// An app's entry, of a snapshot's time.
        package init(_ app: AppStatus, at now: Instant) {
            let rollout = app.record?.rollout
            self.id = app.id.path
            self.phase = rollout?.phase.rawValue
            self.step = rollout == nil ? nil : app.progress
            self.reason = rollout?.reason
            self.since = rollout.map { Timestamp($0.since) }
            self.failures = rollout?.failures ?? 0
            self.lastFailure = rollout?.lastFailure
            self.deployment = rollout?.deployment.rawValue
            self.blocker = app.blocker?.path
            self.order = rollout?.order.map(OrderDocument.init)
            self.pin = app.record?.pin.map(PinDocument.init)
            self.suspension = app.record?.suspension.map(OrderDocument.init)
            self.scale = app.record?.scale.map { ScaleDocument($0, besides: app.spec) }
            self.heldBack = app.record?.heldBack.map(HeldBackDocument.init)
            self.summary = app.summary(at: now)
        }
    }

    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// The apps, by id.
    package var rollouts: [Entry]

    enum CodingKeys: String, CodingKey {
        case rollouts
        case formatVersion = "format_version"
    }

    /// A snapshot's document.
    package init(_ snapshot: Snapshot) {
        self.rollouts = snapshot.sortedApps.filter(\.isUnderway).map { Entry($0, at: snapshot.at) }
    }
}

extension AppStatus {
    /// Whether it has a rollout, or something keeps it from what git says.
    var isUnderway: Bool {
        guard let record else { return false }
        return record.rollout != nil || record.pin != nil || record.suspension != nil || record.scale != nil
            || record.heldBack != nil
    }
}
