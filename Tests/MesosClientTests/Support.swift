import Boundary
import Domain
import HTTPClient
import Logging
import MesosClient
import MesosWire
import Scheduling
import Synchronization
import Testing

/// What a condition that was waited for did not become.
struct NeverCame: Error, CustomStringConvertible {
    var description: String
}

/// From one look at a condition to the next.
let pollInterval = Duration.milliseconds(2)

/// Looks until `find` finds something, for two minutes at most.
func eventually<Found>(_ what: String, _ find: () -> Found?) async throws -> Found {
    let deadline = ContinuousClock.now + .seconds(120)
    while true {
        if let found = find() { return found }
        guard ContinuousClock.now < deadline else { throw NeverCame(description: "\(what) never came") }
        try await Task.sleep(for: pollInterval)
    }
}

/// Everything that a session has delivered.
final class Recorder: Sendable {
    struct Entry: Sendable {
        var number: Int
        var event: TransportEvent
    }

    private let entries = Mutex<[Entry]>([])

    var all: [Entry] { entries.withLock { $0 } }

    func add(_ number: Int, _ event: TransportEvent) {
        entries.withLock { $0.append(Entry(number: number, event: event)) }
    }

    /// What came for one subscription, in words: `opened`, `closed: why`, `event …`.
    func story(_ number: Int) -> [String] {
        all.filter { $0.number == number }.map { entry in
            switch entry.event {
            case .opened: "opened"
            case .closed(let reason): "closed: \(reason)"
            case .takenOver(let reason): "taken over: \(reason)"
            case .answered(let answer): "answered: \(answer)"
            case .event(let event): "\(event)"
            }
        }
    }

    func events(_ number: Int) -> [MesosEvent] {
        all.compactMap { entry in
            guard entry.number == number, case .event(let event) = entry.event else { return nil }
            return event
        }
    }

    /// What was said to updates of the framework.
    func answers(_ number: Int) -> [UpdateAnswer] {
        all.compactMap { entry in
            guard entry.number == number, case .answered(let answer) = entry.event else { return nil }
            return answer
        }
    }

    /// The reasons for which a subscription ended; one at most, if the session keeps its word.
    func endings(_ number: Int) -> [String] {
        all.compactMap { entry in
            guard entry.number == number else { return nil }
            switch entry.event {
            case .closed(let reason): return reason
            case .takenOver(let reason): return "taken over: \(reason)"
            case .opened, .event, .answered: return nil
            }
        }
    }

    /// The one reason for which a subscription ends.
    func ending(_ number: Int) async throws -> String {
        try await eventually("the end of subscription \(number)") { endings(number).first }
    }

    /// What `find` finds in an event of a subscription.
    func event<Found>(_ number: Int, _ what: String, _ find: (MesosEvent) -> Found?) async throws -> Found {
        do {
            return try await eventually(what) { events(number).lazy.compactMap(find).first }
        } catch {
            throw NeverCame(description: "\(error); there was \(story(number).suffix(20))")
        }
    }

    func subscribed(_ number: Int) async throws -> FrameworkID {
        try await event(number, "SUBSCRIBED") { event in
            guard case .subscribed(let id, _, _) = event else { return nil }
            return id
        }
    }
}

extension ReleasedCall {
    /// A gated call, as if the commit that it waited for were durable.
    static func proven(_ call: GatedCall) -> ReleasedCall {
        ReleasedCall(call, decidedIn: 1, CommitTicket(WriteBatch(number: 1)).durable())
    }
}

extension MesosSession {
    func subscribe(
        _ number: Int,
        as framework: FrameworkID? = nil,
        suppressed: Bool = false,
        _ recorder: Recorder
    ) {
        let wishes = RoleWishes(roles: ["*"], suppressed: suppressed ? ["*"] : [])
        subscribe(number, as: framework, wishes, delay: .zero, deliver: recorder.add)
    }
}

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

func description(_ name: String = "test") -> FrameworkDescription {
    FrameworkDescription(name: name, user: "root", failoverTimeout: .seconds(3600))
}

func session(_ master: MasterSource, _ client: HTTPClient) -> MesosSession {
    MesosSession(MesosConfiguration(master: master, framework: description()), client: client, logger: quiet)
}

/// A client for one test, gone after it.
func withClient(_ body: (HTTPClient) async throws -> Void) async throws {
    let client = try HTTPClient()
    do {
        try await body(client)
    } catch {
        await client.shutDown()
        throw error
    }
    await client.shutDown()
}
