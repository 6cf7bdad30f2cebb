import HTTPClient

/// What the answer to a call means (Mesos 1.11, master/http.cpp).
enum CallVerdict: Hashable {
    /// Mesos has taken the call.
    case taken
    /// Mesos holds this call for wrong; the subscription goes on without it.
    case rejected(String)
    /// The subscription is over.
    case over(SubscriptionEnd)

    init(_ name: String, _ result: Result<HTTPResponse, HTTPError>) {
        switch result {
        case .success(let response): self = Self.verdict(name, response)
        case .failure(let error): self = .over(.closed("\(name) got no answer, so Mesos is asked anew: \(error)"))
        }
    }

    private static func verdict(_ name: String, _ response: HTTPResponse) -> CallVerdict {
        let text = response.text
        switch response.status {
        case 200, 202: return .taken
        case 307, 404, 503:
            return .over(.closed("The master no longer leads (\(name) was answered with \(response.status))."))
        case 401: return .over(.closed("Mesos no longer accepts the credentials: \(name) was answered with 401."))
        case 403: return .over(.closed("Mesos has ended the subscription: \(text) (\(name), 403)"))
        case 400 where isAboutTheStream(text): return .over(.takenOver("\(text) (\(name), 400)"))
        case 400 where !isAboutTheCall(text):
            return .over(.closed("Mesos has ended the subscription: \(text) (\(name), 400)"))
        default: return .rejected("Mesos rejected \(name) with \(response.status): \(text)")
        }
    }

    /// A live subscription has lost its stream id to a newer one. The call that learns of it may be answered before the
    /// event "Framework failed over" arrives, and ends the subscription before the event is read.
    private static func isAboutTheStream(_ text: String) -> Bool {
        text.hasPrefix("The stream ID") && text.contains("didn't match")
    }

    /// A 400 is either about the session (an unknown framework, another principal) or about the one
    /// call: then the next try would fail in the same way.
    private static func isAboutTheCall(_ text: String) -> Bool {
        text.hasPrefix("Failed to validate") || text.hasPrefix("Failed to parse") || text.hasPrefix("Expecting")
    }
}
