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
        /// `done`; `finished`, where the app has no rollout any more; `unchanged`, where it is so already; `refused`.
        package var outcome: String
        /// What was done, or why not and what to do instead.
        package var message: String

        /// An answer's document.
        package init(_ answer: RolloutAnswer) {
            self.app = answer.app.path
            self.done = answer.isDone
            self.outcome = answer.outcome.rawValue
            self.message = answer.text
        }

        enum CodingKeys: String, CodingKey { case app, done, outcome, message }

        /// Reads an answer; one of an older controller has no outcome.
        /// - Throws: `DecodingError`.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.app = try container.decode(String.self, forKey: .app)
            self.done = try container.decode(Bool.self, forKey: .done)
            self.outcome =
                try container.decodeIfPresent(String.self, forKey: .outcome)
                ?? (done ? RolloutAnswer.Outcome.done : .refused).rawValue
            self.message = try container.decode(String.self, forKey: .message)
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
