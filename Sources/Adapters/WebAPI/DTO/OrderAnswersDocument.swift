import Domain
package import Rollout

/// What came of an order about rollouts: `{"format_version","verb","answers":[…]}`.
package struct OrderAnswersDocument: Hashable, Sendable, Codable {
    /// What came of it for one app.
    package struct Answer: Hashable, Sendable, Codable {
        /// The app.
        package var app: String
        /// Whether it was carried out.
        package var done: Bool
        /// What was done, or why not and what to do instead.
        package var message: String

        /// An answer's document.
        package init(_ answer: RolloutAnswer) {
            self.app = answer.app.path
            self.done = answer.isDone
            self.message = answer.text
        }
    }

    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// What was ordered.
    package var verb: String
    /// One entry for each app, by id.
    package var answers: [Answer]

    enum CodingKeys: String, CodingKey {
        case verb, answers
        case formatVersion = "format_version"
    }

    /// A report with these answers.
    package init(verb: String, answers: [Answer]) {
        self.verb = verb
        self.answers = answers
    }

    /// A report.
    package init(_ verb: RolloutVerb, _ answers: [RolloutAnswer]) {
        self.verb = verb.rawValue
        self.answers = answers.sorted { $0.app < $1.app }.map(Answer.init)
    }
}
