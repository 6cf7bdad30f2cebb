/// One request to a controller.
package struct APICall: Hashable, Sendable {
    /// `GET` or `POST`.
    package var method: String
    /// The whole URL.
    package var url: String
    /// The body, JSON; empty for none.
    package var body: [UInt8]
}

extension APICall {
    /// Whether it is not the same to send it twice: a preview of a plan does nothing.
    var asksForAction: Bool { method == "POST" && !url.hasSuffix("/api/v1/plan") }
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
    /// Whether the controller may have got the call all the same: it was sent, and the answer did not come.
    package var mayHaveArrived: Bool

    /// A failure.
    package init(_ description: String, mayHaveArrived: Bool = false) {
        self.description = description
        self.mayHaveArrived = mayHaveArrived
    }
}

/// Sends a call and waits for the answer.
/// - Throws: ``NoAnswer``.
package typealias APIExchange = @Sendable (APICall) async throws -> APIAnswer
