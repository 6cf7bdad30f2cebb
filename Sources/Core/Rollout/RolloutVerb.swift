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
    /// The app.
    package var app: AppID
    /// Whether it was carried out.
    package var isDone: Bool
    /// What was done, or why not and what to do instead.
    package var text: String

    /// An answer.
    package init(app: AppID, isDone: Bool, text: String) {
        self.app = app
        self.isDone = isDone
        self.text = text
    }
}
