/// Why a request has no answer.
package struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Kind: Hashable, Sendable {
        /// The server's name has no address.
        case unresolvable
        /// No connection could be made. Nothing was sent.
        case unreachable
        /// The server's certificate or the encryption is not acceptable. Nothing was sent.
        case untrusted
        /// It took too long. The server may have done what was asked.
        case timedOut
        /// The connection broke. The server may have done what was asked.
        case broken
        /// The answer is longer than the request allows, or came faster than it was read.
        case tooLong
        /// The request cannot be sent as it is.
        case invalid
        /// The caller no longer wants it.
        case cancelled
        /// The client was shut down.
        case shutDown
    }

    /// What kind of failure it is.
    package let kind: Kind
    /// The failure as a sentence: which server, what happened, and what it may mean.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    static func cancelled(_ request: HTTPRequest) -> HTTPError {
        HTTPError(.cancelled, "The request to \(request.server) was given up.")
    }

    static func shutDown(_ request: HTTPRequest) -> HTTPError {
        HTTPError(.shutDown, "The request to \(request.server) was given up: the HTTP client is shut down.")
    }
}

extension Duration {
    /// The length for a sentence: `75 s`, `1.5 s`, `200 ms`.
    var inWords: String {
        let milliseconds = inMilliseconds
        guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
        guard milliseconds % 1000 != 0 else { return "\(milliseconds / 1000) s" }
        return "\(Double(milliseconds) / 1000) s"
    }

    /// Whole milliseconds, rounded up, so that a wait of this length never ends early.
    var inMilliseconds: Int {
        let (seconds, attoseconds) = components
        let fraction = Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
        let (whole, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
        return overflow ? .max : whole + fraction
    }
}
