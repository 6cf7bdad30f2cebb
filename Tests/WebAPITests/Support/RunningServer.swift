import Controller
import Domain
import Logging
import StatusSamples
import WebAPI

/// Runs the real server on a free port for as long as `body` takes.
func withServer(
    _ controller: FakeController,
    preview: @escaping PreviewReader = { _, _ in throw NoPreview() },
    _ body: @Sendable (SocketClient) async throws -> Void
) async throws {
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let server = WebServer(
        address: WebServer.Address(host: "127.0.0.1", port: 0),
        controller: controller,
        preview: preview,
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
            try await body(SocketClient(port: port))
            break
        }
        group.cancelAll()
        try await group.waitForAll()
    }
}

struct NoPreview: Error {}
