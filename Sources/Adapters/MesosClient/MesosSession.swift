package import Boundary
package import Domain
package import HTTPClient
package import Logging
package import Scheduling
import Synchronization

/// The scheduler's session with a real Mesos: protobuf over HTTP/1.1, one connection for the events, ordered ones for
/// the calls. The v1 scheduler API of Mesos 1.11.
package final class MesosSession: MesosTransport {
    private let configuration: MesosConfiguration
    private let client: HTTPClient
    private let logger: Logger
    private let current = Mutex<Subscription?>(nil)

    /// A session that is not subscribed yet.
    package init(_ configuration: MesosConfiguration, client: HTTPClient, logger: Logger) {
        self.configuration = configuration
        self.client = client
        self.logger = logger
    }

    deinit { close() }

    /// See ``MesosTransport``. The pause before the search is between half of `delay` and all of it.
    package func subscribe(
        _ number: Int,
        as framework: FrameworkID?,
        _ wishes: RoleWishes,
        delay: Milliseconds,
        deliver: @escaping @Sendable (Int, TransportEvent) -> Void
    ) {
        let subscription = Subscription(number, configuration, client, logger, deliver: deliver)
        let old = current.withLock { current in
            defer { current = subscription }
            return current
        }
        old?.end(.closed("The subscription was replaced by a new one."))
        subscription.start(as: framework, wishes, delay: delay)
    }

    /// See ``MesosTransport``. Never waits; a call that is sent while there is no subscription is dropped.
    package func send(_ call: ReleasedCall) {
        guard let subscription = current.withLock({ $0 }) else {
            logger.info("call dropped: not subscribed", metadata: ["mesos.call": "\(call.call.name)"])
            return
        }
        subscription.send(call.call)
    }

    /// See ``MesosTransport``. What is under way is given up.
    package func close() {
        current.withLock { $0.take() }?.end(.closed("The subscription was closed from this side."))
    }
}
