import Controller
import Domain
import FoundationEssentials
import Logging
import ServiceLifecycle
import StatusSamples
import Synchronization
import Testing
import WebAPI

/// A controller that keeps a sync waiting until it is let go.
private final class PatientController: ControllerHandle {
    let snapshot: Snapshot
    let asked: AsyncStream<Void>
    private let ask: AsyncStream<Void>.Continuation
    private let gate: AsyncStream<Void>
    private let open: AsyncStream<Void>.Continuation

    init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        (asked, ask) = AsyncStream.makeStream(of: Void.self)
        (gate, open) = AsyncStream.makeStream(of: Void.self)
    }

    func letGo() { open.finish() }

    func request(_ request: ControlRequest) async -> ControlReply {
        ask.yield()
        for await _ in gate {}
        return .synced([])
    }
}

@Suite struct ShutdownTests {
    @Test(.timeLimit(.minutes(1))) func `a graceful shutdown answers what was asked and then ends`() async throws {
        let controller = PatientController(try Sample.shop())
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = WebServer(
            address: WebServer.Address(host: "127.0.0.1", port: 0),
            controller: controller,
            preview: { _, _ in throw NoPreview() },
            sha256: sampleSHA256,
            logger: silent,
            listening: { found.yield($0.port) }
        )
        let services = ServiceGroup(configuration: ServiceGroupConfiguration(services: [server], logger: silent))
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                try await services.run()
                return nil
            }
            let port = try #require(await ports.first { _ in true })
            group.addTask { try await SocketClient(port: port).send("POST", "/api/v1/sync").status }
            _ = await controller.asked.first { _ in true }
            await services.triggerGracefulShutdown()
            controller.letGo()
            var statuses: [Int?] = []
            for try await status in group { statuses.append(status) }
            #expect(statuses.compactMap { $0 } == [200])
        }
    }

    @Test(.timeLimit(.minutes(1))) func `servers share two loops, which outlive them`() async throws {
        let controller = FakeController(try Sample.shop())
        try await withServer(controller) { _ in
            try await withServer(controller) { client in
                let reply = try await client.get("/api/v1/status")
                #expect(reply.status == 200)
                let threads = try Self.loopThreads()
                #expect(threads == 2)
            }
        }
        // What a connection schedules late finds its loop: nothing shuts it down under it.
        let threads = try Self.loopThreads()
        #expect(threads == 2)
    }

    /// How many threads of this process are event loops, by the names that the library gives them.
    private static func loopThreads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { thread in
            let name = FileManager.default.contents(atPath: "/proc/self/task/\(thread)/comm") ?? Data()
            return String(decoding: name, as: UTF8.self).hasPrefix("NIO-ELT")
        }
    }
}
