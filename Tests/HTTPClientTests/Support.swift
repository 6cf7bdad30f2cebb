import Dispatch
import HTTPClient
import LoopbackHTTP
import Synchronization
import Testing

/// From one look at a condition to the next.
let pollInterval = Duration.milliseconds(2)

/// Looks until `condition` holds, for two minutes at most.
func eventually(
    _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: @Sendable () -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: pollInterval)
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
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    /// Returns when it is open, or after `seconds`.
    func wait(atMost seconds: Double = 120) {
        if semaphore.wait(timeout: .now() + seconds) == .success { semaphore.signal() }
    }
}

/// Lets a little time pass on a server's thread: a server that is slow is what some tests are about.
func dawdle(milliseconds: Double) { Latch().wait(atMost: milliseconds / 1000) }
