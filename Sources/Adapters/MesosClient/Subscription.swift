import Boundary
import Domain
import HTTPClient
import Logging
import MesosWire
import Scheduling
import Synchronization

/// One subscription, from the search for the master to its one end.
///
///     waiting ──delay──▶ connecting ──200──▶ opened ──SUBSCRIBED──▶ subscribed (calls go out)
///        └───────────────────┴──────────────────┴──────────────────────┴──▶ ended, in one way
final class Subscription: Sendable {
    /// What calls need.
    private struct Session {
        var endpoint: SchedulerEndpoint
        var streamID: String
        /// Known with SUBSCRIBED; before it Mesos takes no calls.
        var framework: FrameworkID?
    }

    private enum Life {
        case new
        case started(Task<Void, Never>)
        /// Ended, perhaps before it was started: then it never is.
        case ended
    }

    private let number: Int
    private let configuration: MesosConfiguration
    private let client: HTTPClient
    private let encoder: CallEncoder
    private let logger: Logger
    private let gate: DeliveryGate
    /// One ordered way for what must keep its order, and one for acknowledgements, whose order does not matter: an agent
    /// has at most one status of a task under way. So neither waits for the other.
    private let calls: Lane
    private let acknowledgements: Lane
    private let session = Mutex<Session?>(nil)
    private let life = Mutex(Life.new)

    init(
        _ number: Int,
        _ configuration: MesosConfiguration,
        _ client: HTTPClient,
        _ logger: Logger,
        deliver: @escaping @Sendable (Int, TransportEvent) -> Void
    ) {
        self.number = number
        self.configuration = configuration
        self.client = client
        self.encoder = CallEncoder(for: configuration.framework)
        self.logger = logger
        self.gate = DeliveryGate(number, deliver)
        self.calls = client.lane()
        self.acknowledgements = client.lane()
    }

    /// Sets out, after `delay` at most and half of it at least: many controllers of one master do not come back at once.
    func start(as framework: FrameworkID?, _ wishes: RoleWishes, delay: Milliseconds) {
        let pause = Duration.milliseconds(Int64.random(in: delay.count / 2...max(delay.count / 2, delay.count)))
        life.withLock { life in
            guard case .new = life else { return }
            let task = Task(name: "mesos subscription \(number)") {
                end(.closed(await run(as: framework, wishes, after: pause)))
            }
            life = .started(task)
        }
    }

    /// Ends it, whatever state it is in; the first end counts.
    func end(_ end: SubscriptionEnd) {
        gate.close(end)
        session.withLock { $0 = nil }
        calls.close()
        acknowledgements.close()
        let task = life.withLock { life -> Task<Void, Never>? in
            defer { life = .ended }
            guard case .started(let task) = life else { return nil }
            return task
        }
        task?.cancel()
    }

    // MARK: - Events

    private func run(as framework: FrameworkID?, _ wishes: RoleWishes, after pause: Duration) async -> String {
        do {
            try await Task.sleep(for: pause)
            let body = try encoder.subscribe(as: framework, wishes)
            let (endpoint, stream) = try await connect(body)
            return try await read(stream, from: endpoint)
        } catch is CancellationError {
            return "The subscription was given up."
        } catch {
            return "\(error)"
        }
    }

    /// Asks one master after the other.
    private func connect(_ body: [UInt8]) async throws -> (SchedulerEndpoint, HTTPStream) {
        var reasons: [String] = []
        for master in try await configuration.master.candidates() {
            do {
                return try await connect(body, to: SchedulerEndpoint(master))
            } catch {
                try Task.checkCancellation()
                reasons.append("\(error)")
            }
        }
        throw SubscribeRefusal(reasons.isEmpty ? "No master is known." : reasons.joined(separator: " "))
    }

    /// Asks one master, and whom it names as the leader, five times at most.
    private func connect(
        _ body: [UInt8],
        to first: SchedulerEndpoint
    ) async throws -> (SchedulerEndpoint, HTTPStream) {
        var endpoint = first
        for _ in 0...5 {
            let stream = try await open(body, endpoint, from: first)
            let status = stream.head.status
            if status == 200 { return (endpoint, stream) }
            guard status == 307 else {
                throw SubscribeRefusal(
                    "\(endpoint)",
                    status: status,
                    text: await firstWords(of: stream),
                    principal: configuration.credential?.principal
                )
            }
            endpoint = try endpoint.redirected(to: stream.head["location"])
        }
        throw SubscribeRefusal("The masters point to each other as the leader: \(first) led to \(endpoint) in the end.")
    }

    private func open(
        _ body: [UInt8],
        _ endpoint: SchedulerEndpoint,
        from first: SchedulerEndpoint
    ) async throws -> HTTPStream {
        do {
            return try await client.stream(subscribeRequest(body, endpoint), buffer: 512 << 20)
        } catch {
            guard endpoint != first else { throw error }
            throw SubscribeRefusal(from: "\(first)", to: "\(endpoint)", error)
        }
    }

    /// The beginning of an error's text. That it may be cut short by a broken connection changes nothing.
    private func firstWords(of stream: HTTPStream) async -> String {
        var bytes: [UInt8] = []
        while bytes.count < 1000, let more = try? await stream.next() { bytes += more }
        return String(decoding: bytes.prefix(1000), as: UTF8.self)
    }

    private func subscribeRequest(_ body: [UInt8], _ endpoint: SchedulerEndpoint) -> HTTPRequest {
        request(
            body,
            endpoint,
            headers: [("Accept", "application/x-protobuf")],
            HTTPRequest.Timeouts(
                total: nil,
                head: configuration.subscribeTimeout,
                silence: configuration.silence
            )
        )
    }

    /// Content types must be these very bytes: Mesos compares them as text.
    private func request(
        _ body: [UInt8],
        _ endpoint: SchedulerEndpoint,
        headers: [(name: String, value: String)],
        _ timeouts: HTTPRequest.Timeouts
    ) -> HTTPRequest {
        var all: [(name: String, value: String)] = [("Content-Type", "application/x-protobuf")]
        all += headers
        if let credential = configuration.credential { all.append(credential.authorization) }
        return HTTPRequest(
            .post,
            endpoint.url,
            headers: all,
            body: body,
            timeouts: timeouts,
            caFile: configuration.caFile
        )
    }

    /// Hands out events until the stream ends; returns why it did.
    private func read(_ stream: HTTPStream, from endpoint: SchedulerEndpoint) async throws -> String {
        guard let streamID = stream.head["mesos-stream-id"] else {
            throw SubscribeRefusal("\(endpoint) answered SUBSCRIBE without a Mesos-Stream-Id: it is no Mesos master.")
        }
        session.withLock { $0 = Session(endpoint: endpoint, streamID: streamID) }
        logger.info("subscribed", metadata: ["mesos.master": "\(endpoint)", "mesos.subscription": "\(number)"])
        guard gate.pass(.opened) else { throw CancellationError() }
        var records = RecordReader()
        var lastWords: String?
        while let bytes = try await stream.next() {
            records.append(bytes)
            while let record = try records.next() {
                let event = try EventDecoder.decode(record)
                switch event {
                case .subscribed(let id, _, _): session.withLock { $0?.framework = id }
                case .error(let message): lastWords = message
                default: break
                }
                guard gate.pass(.event(event)) else { throw CancellationError() }
            }
        }
        guard let lastWords else { return "The master at \(endpoint) closed the event stream." }
        return "Mesos ended the subscription: \(lastWords)"
    }

    // MARK: - Calls

    /// Sends a call; where there is no subscription (yet, or any more) it is dropped: what it was about will be asked
    /// anew after the next one.
    func send(_ call: ReleasedCall.Call) {
        guard let session = session.withLock({ $0 }), let framework = session.framework else {
            logger.info("call dropped: not subscribed", metadata: ["mesos.call": "\(call.name)"])
            return
        }
        let body: [UInt8]
        do {
            switch call {
            case .free(let call): body = try encoder.encode(call, of: framework)
            case .gated(let call): body = try encoder.encode(call, of: framework)
            }
        } catch {
            logger.error("call cannot be encoded", metadata: ["mesos.call": "\(call.name)", "reason": "\(error)"])
            return
        }
        let request = request(
            body,
            session.endpoint,
            headers: [("Mesos-Stream-Id", session.streamID)],
            HTTPRequest.Timeouts(total: configuration.callTimeout)
        )
        let lane = call.keepsOrder ? calls : acknowledgements
        lane.submit(request) { [weak self] result in self?.judge(call, result) }
    }

    private func judge(_ call: ReleasedCall.Call, _ result: Result<HTTPResponse, HTTPError>) {
        let verdict = call.isUpdate ? CallVerdict(update: call.name, result) : CallVerdict(call.name, result)
        switch verdict {
        case .taken:
            logger.trace("call taken", metadata: ["mesos.call": "\(call.name)"])
            if call.isUpdate { _ = gate.pass(.answered(.taken)) }
        case .rejected(let reason):
            logger.error("call rejected", metadata: ["mesos.call": "\(call.name)", "reason": "\(reason)"])
            if call.isUpdate { _ = gate.pass(.answered(.refused(reason))) }
        case .over(let end): self.end(end)
        }
    }
}

extension ReleasedCall.Call {
    /// Mesos's name of the call.
    var name: String {
        switch self {
        case .free(.decline): "DECLINE"
        case .free(.revive): "REVIVE"
        case .free(.suppress): "SUPPRESS"
        case .free(.updateFramework): "UPDATE_FRAMEWORK"
        case .free(.reconcile): "RECONCILE"
        case .free(.acceptInverseOffers): "ACCEPT_INVERSE_OFFERS"
        case .gated(.accept): "ACCEPT"
        case .gated(.kill): "KILL"
        case .gated(.acknowledge): "ACKNOWLEDGE"
        }
    }

    /// Whether its answer is waited for by who sent it.
    fileprivate var isUpdate: Bool {
        if case .free(.updateFramework) = self { return true }
        return false
    }

    fileprivate var keepsOrder: Bool {
        if case .gated(.acknowledge) = self { return false }
        return true
    }
}
