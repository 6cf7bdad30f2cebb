package import Domain

/// What a person can order about an app's rollout.
package enum RolloutVerb: String, Hashable, Sendable, CaseIterable {
    /// Nothing more of the rollout happens; tasks that end are started again.
    case pause
    /// What holds the app is lifted: a pause, a suspension, a pin, another number of instances.
    case resume
    /// The rollout ends where it is, and so it stays.
    case abort
    /// Back to a spec that was healthy; the app is pinned to it for a while, and the spec that it leaves is held back.
    case rollback
    /// What failed or was aborted is tried again.
    case retry
    /// Every task is replaced, within the bounds, though nothing changed.
    case restart
    /// The canary passes.
    case promote
    /// All instances are stopped for a while.
    case suspend
    /// Another number of instances than the spec says for a while.
    case scale
}

/// What came of an order for one app.
package struct RolloutAnswer: Hashable, Sendable {
    /// What an order comes to.
    package enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// It was carried out.
        case done
        /// The app has no rollout (any more) that it could be about. Of a deployment's apps that is no failure.
        case finished
        /// It was as the order would have it already. Of a deployment's apps that is no failure.
        case unchanged
        /// It could not be carried out.
        case refused
    }

    /// The app.
    package var app: AppID
    /// What it came to.
    package var outcome: Outcome
    /// What was done, or why not and what to do instead.
    package var text: String

    /// Whether it was carried out.
    package var isDone: Bool { outcome == .done }

    /// An answer.
    package init(app: AppID, _ outcome: Outcome, text: String) {
        self.app = app
        self.outcome = outcome
        self.text = text
    }

    /// An answer that is either yes or no.
    package init(app: AppID, isDone: Bool, text: String) {
        self.init(app: app, isDone ? .done : .refused, text: text)
    }
}
