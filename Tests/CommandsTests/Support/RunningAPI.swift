import Controller
import Domain
import Logging
import StatusSamples
import WebAPI

/// A controller that only shows one snapshot.
private struct StillController: ControllerHandle {
    var snapshot: Snapshot

    func request(_ request: ControlRequest) async -> ControlReply { .refused("nothing is done here") }
}

/// Runs the real server on a free port for as long as `body` takes.
func withRunningAPI(_ snapshot: Snapshot, _ body: (_ port: Int) async throws -> Void) async throws {
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let server = WebServer(
        address: WebServer.Address(host: "127.0.0.1", port: 0),
        controller: StillController(snapshot: snapshot),
        preview: { _, _ in throw NoPreview() },
        sha256: sampleSHA256,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        listening: { found.yield($0.port) }
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { found.finish() }
            do { try await server.run() } catch is CancellationError {}
        }
        for await port in ports {
            try await body(port)
            break
        }
        group.cancelAll()
        try await group.waitForAll()
    }
}

private struct NoPreview: Error {}
