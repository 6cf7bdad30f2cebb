import Domain
import LoopbackHTTP
import MesosClient
import MesosWire
import Scheduling
import Synchronization

/// A master with one agent behind real HTTP, that answers as Mesos 1.11 does: one framework, whose tasks run as soon as
/// they are launched and end as soon as they are killed.
final class FakeMaster: Sendable {
    private struct State {
        var subscriptions = 0
        var offers = 0
        var framework: FrameworkID?
        var streamID: String?
        var stream: FakeStream?
        var offered: Set<OfferID> = []
        var tasks: [TaskID: AgentID] = [:]
        var calls: [ReceivedCall] = []
        /// Roles that the framework may not have.
        var forbidden: Set<String> = []
    }

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    let server: LoopbackServer
    private let box: Box

    init() throws {
        let box = Box()
        self.box = box
        server = try LoopbackServer { exchange in Self.answer(exchange, box) }
    }

    func stop() { server.stop() }

    var address: MasterAddress { MasterAddress(host: "127.0.0.1", port: server.port) }

    /// Every call that was taken, in order.
    var calls: [ReceivedCall] { box.state.withLock { $0.calls } }

    /// The open event stream.
    var stream: FakeStream? { box.state.withLock { $0.stream } }

    /// As a new leader: it knows no framework, and says so to whoever calls.
    func forgetFrameworks() {
        box.state.withLock { state in
            state.framework = nil
            state.streamID = nil
        }
    }

    /// From now on the framework may not have this role.
    func forbid(_ role: String) { box.state.withLock { _ = $0.forbidden.insert(role) } }

    private static func answer(_ exchange: LoopbackExchange, _ box: Box) {
        guard exchange.path == "/api/v1/scheduler" else { return exchange.respond(404) }
        guard exchange.method == "POST" else { return exchange.respond(405, headers: [("Allow", "POST")]) }
        guard exchange.headers["content-type"] == "application/x-protobuf" else {
            return exchange.respond(415, body: "Expecting 'Content-Type' of application/json or application/x-protobuf")
        }
        do throws(WireError) {
            let call = try MasterSide.decode(exchange.body)
            if case .subscribe(_, let id, _) = call {
                try subscribe(exchange, call, id, box)
            } else {
                try take(exchange, call, box)
            }
        } catch {
            exchange.respond(400, body: "Failed to parse body into Call protobuf: \(error)")
        }
    }

    private static func subscribe(
        _ exchange: LoopbackExchange,
        _ call: ReceivedCall,
        _ id: FrameworkID?,
        _ box: Box
    ) throws(WireError) {
        guard exchange.headers["mesos-stream-id"] == nil else {
            return exchange.respond(400, body: "Subscribe calls should not include the 'Mesos-Stream-Id' header")
        }
        guard exchange.headers["accept"] == "application/x-protobuf" else { return exchange.respond(406) }
        let stream = FakeStream(exchange)
        let (old, framework, streamID, isSuppressed) = box.state.withLock { state in
            state.subscriptions += 1
            let framework = id ?? FrameworkID("F-\(state.subscriptions)")
            let streamID = "stream-\(state.subscriptions)"
            defer { (state.framework, state.streamID, state.stream) = (framework, streamID, stream) }
            state.calls.append(call)
            state.offered = []
            guard case .subscribe(_, _, let wishes) = call else {
                return (state.stream, framework, streamID, false)
            }
            return (state.stream, framework, streamID, !wishes.suppressed.isEmpty)
        }
        old?.push(.error("Framework failed over"))
        old?.close()
        exchange.begin(200, headers: [("Content-Type", "application/x-protobuf"), ("Mesos-Stream-Id", streamID)])
        stream.push(.subscribed(framework, heartbeat: .seconds(15)))
        stream.push(.heartbeat)
        if !isSuppressed { offer(box) }
        exchange.waitForClose()
    }

    private static func offer(_ box: Box) {
        let (stream, id) = box.state.withLock { state in
            state.offers += 1
            let id = OfferID("O-\(state.offers)")
            state.offered.insert(id)
            return (state.stream, id)
        }
        stream?.push(
            .offers([
                Offer(
                    id: id,
                    agent: Agent(id: AgentID("S-0"), hostname: "agent0.example"),
                    resources: [
                        MesosResource(name: "cpus", value: .scalar(4000), allocationRole: "*"),
                        MesosResource(name: "mem", value: .scalar(4_096_000), allocationRole: "*"),
                        MesosResource(name: "ports", value: .ranges([31000...32000]), allocationRole: "*"),
                    ],
                    role: "*"
                )
            ])
        )
    }

    private static func take(_ exchange: LoopbackExchange, _ call: ReceivedCall, _ box: Box) throws(WireError) {
        let framework =
            switch call {
            case .free(_, let id): id
            case .gated(_, let id): id
            default: FrameworkID("")
            }
        let refusal = box.state.withLock { state -> (Int, String)? in
            guard state.framework == framework else { return (400, "Framework cannot be found") }
            guard state.stream?.isOpen == true else { return (403, "Framework is not subscribed") }
            guard let streamID = exchange.headers["mesos-stream-id"] else {
                return (400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header")
            }
            guard streamID == state.streamID else {
                return (
                    400, "The stream ID '\(streamID)' included in this request didn't match the stream ID currently…"
                )
            }
            state.calls.append(call)
            return nil
        }
        if let refusal { return exchange.respond(refusal.0, body: refusal.1) }
        if case .free(.updateFramework(let wishes), _) = call { return update(exchange, to: wishes, box) }
        // Mesos answers when it has taken the call into its queue, not when it has acted on it.
        exchange.respond(202)
        switch call {
        case .free(.revive, _): offer(box)
        case .gated(.accept(let offers, let operations, _), _): launch(operations.launches, offers, box)
        case .gated(.kill(let task, _), _): kill(task, box)
        default: break
        }
    }

    /// The one call that is answered with what became of it.
    private static func update(_ exchange: LoopbackExchange, to wishes: RoleWishes, _ box: Box) {
        if let bad = wishes.roles.first(where: { RoleName.fault($0) != nil }) {
            return exchange.respond(400, body: "Supplied FrameworkInfo is not valid: role '\(bad)'")
        }
        let refused = box.state.withLock { state in wishes.roles.first { state.forbidden.contains($0) } }
        guard let refused else { return exchange.respond(200) }
        exchange.respond(403, body: "Not authorized to register framework with roles { *, \(refused) }")
    }

    private static func launch(_ tasks: [TaskDescription], _ offers: [OfferID], _ box: Box) {
        let isValid = box.state.withLock { state in
            let isValid = state.offered.isSuperset(of: offers)
            state.offered.subtract(offers)
            if isValid { for task in tasks { state.tasks[task.id] = task.agent } }
            return isValid
        }
        for task in tasks {
            report(
                TaskStatus(
                    task: task.id,
                    state: isValid ? .running : .dropped,
                    agent: task.agent,
                    uuid: isValid ? uuid(of: task.id) : nil,
                    reason: isValid ? nil : "REASON_INVALID_OFFERS",
                    source: isValid ? "SOURCE_EXECUTOR" : "SOURCE_MASTER"
                ),
                box
            )
        }
    }

    private static func kill(_ task: TaskID, _ box: Box) {
        let agent = box.state.withLock { $0.tasks.removeValue(forKey: task) }
        report(
            TaskStatus(
                task: task,
                state: agent == nil ? .gone : .killed,
                agent: agent,
                uuid: agent.map { _ in uuid(of: task) },
                source: agent == nil ? "SOURCE_MASTER" : "SOURCE_EXECUTOR"
            ),
            box
        )
    }

    private static func uuid(of task: TaskID) -> [UInt8] { Array((task.rawValue + "0123456789abcdef").utf8.prefix(16)) }

    private static func report(_ status: TaskStatus, _ box: Box) {
        box.state.withLock { $0.stream }?.push(.update(status))
    }
}

/// An event stream, written by whichever thread has an event.
final class FakeStream: Sendable {
    private let exchange: LoopbackExchange
    private let open = Mutex(true)

    init(_ exchange: LoopbackExchange) { self.exchange = exchange }

    var isOpen: Bool { open.withLock { $0 } }

    func push(_ event: MesosEvent) {
        guard let record = try? MasterSide.encode(event) else { return }
        pushBytes(RecordReader.frame(record))
    }

    func pushBytes(_ bytes: [UInt8]) {
        open.withLock { open in
            guard open else { return }
            open = exchange.chunk(bytes)
        }
    }

    /// Ends the stream as Mesos does.
    func close() {
        open.withLock { open in
            guard open else { return }
            open = false
            exchange.end()
        }
    }

    /// Cuts the connection.
    func cut() {
        open.withLock { open in
            open = false
            exchange.close()
        }
    }
}
