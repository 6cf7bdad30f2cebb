import HTTPClient

/// Why no subscription could be had: a sentence for a reader.
struct SubscribeRefusal: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// What a master's answer to SUBSCRIBE means, where it is not 200 (Mesos 1.11, master/http.cpp).
    init(_ server: String, status: Int, text: String, principal: String?) {
        let words = text.isEmpty ? "" : ": \(text)"
        switch status {
        case 503, 404:
            self.init("The master at \(server) is recovering or does not lead yet; trying again (\(status)\(words)).")
        case 401:
            let who = principal.map { "the secret of principal \($0)" } ?? "a framework without credentials"
            self.init("The master at \(server) does not accept \(who): check framework.principal and secretFile.")
        case 403: self.init("The master at \(server) does not let this framework in (403\(words)).")
        case 405, 501:
            self.init("What listens at \(server) does not speak Mesos's v1 scheduler API (\(status)\(words)).")
        default: self.init("The master at \(server) refused the subscription (\(status)\(words)).")
        }
    }

    /// A master that named another as the leader, which cannot be reached under that name.
    init(from first: String, to leader: String, _ error: HTTPError) {
        guard error.kind == .unresolvable else {
            self.init("\(first) names \(leader) as the leading master. \(error)")
            return
        }
        self.init(
            "\(first) names \(leader) as the leading master, and that name has no address here. Start the masters with "
                + "--hostname or --advertise_ip that the controller can resolve, or add the name to its hosts file."
        )
    }
}
