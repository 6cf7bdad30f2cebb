package import Domain

/// One thing that keeps an app from what git says, by a person's order or since it failed: who, why, since when, until
/// when.
package struct AppException: Hashable, Sendable {
    /// What it is.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The app is kept on a spec.
        case pin
        /// All of its instances are stopped.
        case suspension
        /// It has another number of instances than its spec says.
        case scale
        /// Its rollout is paused: by a person, or by itself after failures or by the brake.
        case pause
        /// A person has aborted its rollout, and it stays half-way.
        case abort
        /// A spec of git that failed, or that a person left, is not tried again.
        case heldBack = "held_back"
    }

    /// The app.
    package var app: AppID
    /// What it is.
    package var kind: Kind
    /// What is in force: `pinned to 3f2a9c01`, `6 instances instead of 3`.
    package var what: String
    /// Whose order it is; `nil` where nobody gave one.
    package var who: String?
    /// Why; may be empty.
    package var why: String
    /// Since when.
    package var since: Instant
    /// When it ends by itself; `nil` where it does not.
    package var until: Instant?
    /// The command that ends it now.
    package var end: String

    /// Whether `left` comes first in a list: what ends first, and last of all what does not end by itself.
    package static func precedes(_ left: AppException, _ right: AppException) -> Bool {
        let ends = (left.until ?? Instant(milliseconds: .max), right.until ?? Instant(milliseconds: .max))
        return (ends.0, left.app.path, left.kind.rawValue) < (ends.1, right.app.path, right.kind.rawValue)
    }
}

extension AppRecord {
    /// What keeps the app from what git says, in the order of the kinds; nothing where it is being removed.
    /// - Parameter spec: the spec that the record names, where it is known.
    package func exceptions(_ spec: Spec?) -> [AppException] {
        guard desired != nil else { return [] }
        let resume = "pacer rollout resume \(id)"
        var found: [AppException] = []
        if let pin {
            found.append(exception(.pin, "pinned to \(pin.digest.short)", pin.order, end: resume))
        }
        if let suspension { found.append(exception(.suspension, "no instance runs", suspension, end: resume)) }
        if let scale { found.append(exception(.scale, scale.words(besides: spec), scale.order, end: resume)) }
        if let rollout, rollout.phase == .paused { found.append(pause(rollout)) }
        if let rollout, let order = rollout.order, rollout.phase == .aborted {
            found.append(exception(.abort, "stays half-way", order, end: "pacer rollout retry \(id)"))
        }
        if let heldBack { found.append(exception(heldBack)) }
        return found
    }

    /// A person's pause, or one that came by itself: after failures, or by the brake.
    private func pause(_ rollout: RolloutRecord) -> AppException {
        let place = rollout.pausedIn?.rawValue ?? "waiting"
        guard let order = rollout.order else {
            return AppException(
                app: id,
                kind: .pause,
                what: "paused by itself while \(place)",
                who: nil,
                why: rollout.reason,
                since: rollout.since,
                until: nil,
                end: rollout.failures > 0 ? "pacer rollout retry \(id)" : "pacer rollout resume \(id)"
            )
        }
        return exception(.pause, "paused while \(place)", order, end: "pacer rollout resume \(id)")
    }

    private func exception(_ held: HeldBack) -> AppException {
        let pin = held.endsWithPin == true ? pin : nil
        return AppException(
            app: id,
            kind: .heldBack,
            what: "\(held.digest.short) is not tried again",
            who: pin?.order.who,
            why: held.reason,
            since: held.at,
            until: pin?.order.until,
            end: "pacer rollout retry \(id)"
        )
    }

    private func exception(_ kind: AppException.Kind, _ what: String, _ order: Order, end: String) -> AppException {
        AppException(
            app: id,
            kind: kind,
            what: what,
            who: order.who,
            why: order.why,
            since: order.at,
            until: order.until,
            end: end
        )
    }
}

extension ScaleOverride {
    /// `6 instances instead of 3`.
    package func words(besides spec: Spec?) -> String {
        let count = instances == 1 ? "1 instance" : "\(instances) instances"
        guard let own = spec?.app.instances else { return count }
        return own == instances ? "\(count), as its spec says" : "\(count) instead of \(own)"
    }
}
