import FoundationEssentials
package import MesosWire

/// How the scheduler's session is set up.
package struct MesosConfiguration: Sendable {
    /// How the leading master is found.
    package var master: MasterSource
    /// What Mesos is told of this framework.
    package var framework: FrameworkDescription
    /// As whom it authenticates, where Mesos asks for it.
    package var credential: Credential?
    /// Certificates (PEM) that a master's must lead back to; the system's own where absent.
    package var caFile: String?
    /// How long a call may take.
    package var callTimeout: Duration
    /// How long a master may take to answer SUBSCRIBE.
    package var subscribeTimeout: Duration
    /// How long the event stream may be silent. Mesos sends a heartbeat every 15 s; five missed ones are the end of it.
    package var silence: Duration

    /// A set-up; by default a call may take 75 s and a stream be silent for 75 s (Mesos's own documentation).
    package init(
        master: MasterSource,
        framework: FrameworkDescription,
        credential: Credential? = nil,
        caFile: String? = nil,
        callTimeout: Duration = .seconds(75),
        subscribeTimeout: Duration = .seconds(30),
        silence: Duration = .seconds(75)
    ) {
        self.master = master
        self.framework = framework
        self.credential = credential
        self.caFile = caFile
        self.callTimeout = callTimeout
        self.subscribeTimeout = subscribeTimeout
        self.silence = silence
    }
}

/// A principal with its secret. Never shows the secret when printed.
package struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The principal.
    package let principal: String
    private let secret: String

    /// A principal with its secret.
    package init(principal: String, secret: String) {
        self.principal = principal
        self.secret = secret
    }

    /// The principal only.
    package var description: String { "\(principal):…" }
    /// The principal only.
    package var debugDescription: String { description }
    /// The principal only.
    package var customMirror: Mirror { Mirror(self, children: ["principal": principal]) }

    /// The header that carries both (RFC 7617).
    var authorization: (name: String, value: String) {
        ("Authorization", "Basic " + Data("\(principal):\(secret)".utf8).base64EncodedString())
    }
}
