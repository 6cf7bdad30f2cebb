package import Controller
import Domain

/// Why an app is as it is: `{"format_version","app","fine","steps":[…],"next"}`.
package struct ExplanationDocument: Hashable, Sendable, Codable {
    /// One link of the chain of waits.
    package struct Step: Hashable, Sendable, Codable {
        /// The app that it is about: the one asked for, or one that it waits for.
        package var app: String
        /// `source`, `file`, `plan`, `rollout`, `instances` or `health`.
        package var stage: String
        /// `done`, `waiting` (goes on by itself) or `stopped` (a person is needed, or has decided so).
        package var state: String
        /// What happens there and why.
        package var text: String
        /// Since when, as far as that is known.
        @Nullable package var since: Timestamp?
        /// When it ends by itself, where that is known.
        @Nullable package var until: Timestamp?
        /// What happens next, or what a person can do; empty where it is done.
        package var next: String
    }

    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// The app.
    package var app: String
    /// Whether nothing is waited for.
    package var fine: Bool
    /// The chain, from the commit that was seen to the instance that waits. What the app waits for stands behind the step
    /// that waits for it.
    package var steps: [Step]
    /// What happens next, or what a person can do.
    package var next: String

    enum CodingKeys: String, CodingKey {
        case app, fine, steps, next
        case formatVersion = "format_version"
    }

    /// An explanation's document.
    package init(_ explanation: Explanation) {
        self.app = explanation.app.path
        self.fine = explanation.isFine
        self.steps = explanation.steps.map { step in
            Step(
                app: step.app.path,
                stage: step.stage.rawValue,
                state: step.state.rawValue,
                text: step.text,
                since: step.since.map(Timestamp.init),
                until: step.until.map(Timestamp.init),
                next: step.next
            )
        }
        self.next = explanation.next
    }
}
