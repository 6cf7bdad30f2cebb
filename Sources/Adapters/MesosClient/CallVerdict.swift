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

    /// What the answer to UPDATE_FRAMEWORK means, the one call that Mesos answers with what became of it (Mesos 1.11,
    /// `Master::updateFramework`): 400 for what is not valid, 403 for what is not allowed, 409 where the framework was
    /// removed meanwhile.
    init(update name: String, _ result: Result<HTTPResponse, HTTPError>) {
        guard case .success(let response) = result else {
            self.init(name, result)
            return
        }
        let text = response.text
        switch response.status {
        case 400 where !Self.isAboutTheStream(text) && !Self.isAboutTheFramework(text): self = .rejected(text)
        case 403 where !Self.isAboutTheFramework(text): self = .rejected(text)
        case 409: self = .over(.closed("Mesos has removed the framework: \(text) (\(name), 409)"))
        default: self.init(name, result)
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
        case 500, 502, 504...599:
            // What a call named, such as offers, may be anybody's by now; a new subscription makes all of it void.
            let outcome = "nobody knows whether it was carried out, so Mesos is asked anew"
            return .over(.closed("\(name) was answered with \(response.status), and \(outcome): \(text)"))
        default: return .rejected("Mesos rejected \(name) with \(response.status): \(text)")
        }
    }

    /// A live subscription has lost its stream id to a newer one. The call that learns of it may be answered before the
    /// event "Framework failed over" arrives, and ends the subscription before the event is read.
    private static func isAboutTheStream(_ text: String) -> Bool {
        text.hasPrefix("The stream ID") && text.contains("didn't match")
    }

    /// Whoever calls is no subscribed framework: `Framework cannot be found`, `Framework is not subscribed`.
    private static func isAboutTheFramework(_ text: String) -> Bool { text.hasPrefix("Framework ") }

    /// A 400 is either about the session (an unknown framework, another principal) or about the one
    /// call: then the next try would fail in the same way.
    private static func isAboutTheCall(_ text: String) -> Bool {
        text.hasPrefix("Failed to validate") || text.hasPrefix("Failed to parse") || text.hasPrefix("Expecting")
    }
}
