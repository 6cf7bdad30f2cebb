import HTTPClient
import LoopbackHTTP
import Synchronization
import Testing

/// Looks until `condition` holds, for ten seconds at most.
func eventually(
    _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: @Sendable () -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// A client and a server for one test, both gone after it.
func withServer(
    _ handler: @escaping @Sendable (LoopbackExchange) -> Void,
    _ body: (HTTPClient, LoopbackServer) async throws -> Void
) async throws {
    let server = try LoopbackServer(handler)
    let client = try HTTPClient()
    defer { server.stop() }
    do {
        try await body(client, server)
    } catch {
        await client.shutDown()
        throw error
    }
    await client.shutDown()
}

/// The error that sending `request` ends in.
func failure(of request: HTTPRequest, _ client: HTTPClient) async throws -> HTTPError {
    do {
        let response = try await client.send(request)
        throw UnexpectedAnswer(status: response.status)
    } catch let error as HTTPError {
        return error
    }
}

struct UnexpectedAnswer: Error {
    var status: Int
}

/// A list that many threads may add to.
final class Log<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}

/// A gate that is shut until somebody opens it; for threads, not tasks.
final class Latch: Sendable {
    private let isOpen = Atomic(false)

    func open() { isOpen.store(true, ordering: .releasing) }

    /// Returns when it is open, or after ten seconds.
    func wait() {
        let deadline = ContinuousClock.now + .seconds(10)
        while !isOpen.load(ordering: .acquiring), ContinuousClock.now < deadline { usleepForAMillisecond() }
    }
}
