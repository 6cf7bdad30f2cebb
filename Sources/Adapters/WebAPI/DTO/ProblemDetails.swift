/// What went wrong with a request (RFC 9457, `application/problem+json`).
package struct ProblemDetails: Hashable, Sendable, Codable {
    /// The media type.
    package static let mediaType = "application/problem+json"

    /// What kind of problem it is: `urn:pacer:problem:…`, stable.
    package var type: String
    /// The kind, for a person.
    package var title: String
    /// The HTTP status.
    package var status: Int
    /// What happened this time.
    package var detail: String
    /// The path that was asked for.
    package var instance: String?
    /// What to do.
    package var hint: String?
    /// Why the controller cannot do its work, one sentence each.
    package var obstacles: [String]?
    /// What came of an order that no app took, for each app.
    package var answers: [OrderAnswersDocument.Answer]?

    /// A problem; `kind` is the last part of its type.
    package init(
        kind: String,
        title: String,
        status: Int,
        detail: String,
        hint: String? = nil,
        obstacles: [String]? = nil,
        answers: [OrderAnswersDocument.Answer]? = nil
    ) {
        self.type = "urn:pacer:problem:\(kind)"
        self.title = title
        self.status = status
        self.detail = detail
        self.hint = hint
        self.obstacles = obstacles
        self.answers = answers
    }
}
