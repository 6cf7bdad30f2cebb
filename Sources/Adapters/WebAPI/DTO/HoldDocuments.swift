package import Domain

/// Who asked for something, why, and until when.
package struct OrderDocument: Hashable, Sendable, Codable {
    /// Who.
    package var who: String
    /// Why; may be empty.
    package var why: String
    /// When.
    package var at: Timestamp
    /// When it ends by itself.
    @Nullable package var until: Timestamp?

    /// An order's document.
    package init(_ order: Order) {
        self.who = order.who
        self.why = order.why
        self.at = Timestamp(order.at)
        self.until = order.until.map(Timestamp.init)
    }
}

/// What keeps an app on a spec, whatever git says.
package struct PinDocument: Hashable, Sendable, Codable {
    /// The spec.
    package var digest: String
    /// Who wants that.
    package var who: String
    /// Why; may be empty.
    package var why: String
    /// Since when.
    package var at: Timestamp
    /// When it ends by itself.
    @Nullable package var until: Timestamp?

    /// A pin's document.
    package init(_ pin: Pin) {
        self.digest = pin.digest.hex
        self.who = pin.order.who
        self.why = pin.order.why
        self.at = Timestamp(pin.order.at)
        self.until = pin.order.until.map(Timestamp.init)
    }
}

/// What has an app run another number of instances than its spec says.
package struct ScaleDocument: Hashable, Sendable, Codable {
    /// How many.
    package var instances: Int
    /// How many its spec says; `null` where that is not known.
    @Nullable package var instead: Int?
    /// Who wants that.
    package var who: String
    /// Why; may be empty.
    package var why: String
    /// Since when.
    package var at: Timestamp
    /// When it ends by itself.
    @Nullable package var until: Timestamp?

    /// An override's document, beside the spec that the app shall run.
    package init(_ scale: ScaleOverride, besides spec: Spec?) {
        self.instances = scale.instances
        self.instead = spec?.app.instances
        self.who = scale.order.who
        self.why = scale.order.why
        self.at = Timestamp(scale.order.at)
        self.until = scale.order.until.map(Timestamp.init)
    }

    /// `6 instances instead of 3`.
    package var words: String {
        let count = instances == 1 ? "1 instance" : "\(instances) instances"
        guard let instead else { return count }
        return instead == instances ? "\(count), as its spec says" : "\(count) instead of \(instead)"
    }
}

/// A spec of git that is not tried again before git changes the app or somebody says `retry`.
package struct HeldBackDocument: Hashable, Sendable, Codable {
    /// The spec.
    package var digest: String
    /// The deployment that brought it.
    package var deployment: String
    /// Why.
    package var reason: String
    /// Since when.
    package var at: Timestamp

    /// A held-back spec's document.
    package init(_ held: HeldBack) {
        self.digest = held.digest.hex
        self.deployment = held.deployment.rawValue
        self.reason = held.reason
        self.at = Timestamp(held.at)
    }
}

/// A spec that the app was healthy on.
package struct HealthySpecDocument: Hashable, Sendable, Codable {
    /// The spec.
    package var digest: String
    /// The commit that brought it.
    package var revision: String
    /// When it was reached.
    package var at: Timestamp

    /// A healthy spec's document.
    package init(_ spec: HealthySpec) {
        self.digest = spec.digest.hex
        self.revision = spec.revision.rawValue
        self.at = Timestamp(spec.at)
    }
}
