/// One request to a controller.
package struct APICall: Hashable, Sendable {
    /// `GET` or `POST`.
    package var method: String
    /// The whole URL.
    package var url: String
    /// The body, JSON; empty for none.
    package var body: [UInt8]
}

/// A controller's answer.
package struct APIAnswer: Hashable, Sendable {
    /// The HTTP status.
    package var status: Int
    /// Where it is to be asked instead, for a redirection.
    package var location: String?
    /// The body.
    package var body: [UInt8]

    /// An answer.
    package init(status: Int, location: String? = nil, body: [UInt8]) {
        self.status = status
        self.location = location
        self.body = body
    }
}

/// Why there is no answer.
package struct NoAnswer: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened.
    package var description: String

    /// A failure.
    package init(_ description: String) { self.description = description }
}

/// Sends a call and waits for the answer.
/// - Throws: ``NoAnswer``.
package typealias APIExchange = @Sendable (APICall) async throws -> APIAnswer
