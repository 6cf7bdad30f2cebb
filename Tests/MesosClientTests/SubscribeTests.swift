import Boundary
import Domain
import HTTPClient
import LoopbackHTTP
import MesosClient
import MesosWire
import Scheduling
import Synchronization
import Testing

/// How a subscription is had, and what is said when it cannot be.
struct SubscribeTests {
    /// The reason for which a subscription ends where a master answers like this.
    private func reason(
        credential: Credential? = nil,
        _ answer: @escaping @Sendable (LoopbackExchange) -> Void
    ) async throws -> (reason: String, server: String) {
        let server = try LoopbackServer(answer)
        defer { server.stop() }
        var told = ""
        try await withClient { client in
            let recorder = Recorder()
            let transport = MesosSession(
                MesosConfiguration(
                    master: .addresses([MasterAddress(host: "127.0.0.1", port: server.port)]),
                    framework: description(),
                    credential: credential,
                    subscribeTimeout: .milliseconds(500),
                    silence: .milliseconds(500)
                ),
                client: client,
                logger: quiet
            )
            transport.subscribe(1, recorder)
            told = try await recorder.ending(1)
            #expect(recorder.endings(1).count == 1)
            guard case .closed = recorder.all.last?.event else {
                Issue.record("something came after `closed`: \(recorder.story(1))")
                return
            }
        }
        return (told, server.url)
    }

    @Test(arguments: [
        (503, "", "The master at URL is recovering or does not lead yet; trying again (503)."),
        (404, "", "The master at URL is recovering or does not lead yet; trying again (404)."),
        (
            401, "",
            "The master at URL does not accept the secret of principal p: check framework.principal and secretFile."
        ),
        (403, "no value", "The master at URL does not let this framework in (403: no value)."),
        (405, "", "What listens at URL does not speak Mesos's v1 scheduler API (405)."),
        (501, "", "What listens at URL does not speak Mesos's v1 scheduler API (501)."),
        (400, "Failed to validate", "The master at URL refused the subscription (400: Failed to validate)."),
        (307, "", "URL says that another master leads (307) but not which."),
        (200, "", "URL answered SUBSCRIBE without a Mesos-Stream-Id: it is no Mesos master."),
    ])
    func `a refusal is told in words`(status: Int, body: String, expected: String) async throws {
        let told = try await reason(credential: Credential(principal: "p", secret: "s")) { exchange in
            exchange.respond(status, body: body)
        }
        #expect(told.reason == expected.replacing("URL", with: told.server))
    }

    @Test func `the words of a long refusal are cut`() async throws {
        let told = try await reason { $0.respond(400, body: String(repeating: "x", count: 100_000)) }
        #expect(told.reason.utf8.count < 1200)
    }

    @Test func `a master that takes SUBSCRIBE and says nothing is given up`() async throws {
        let told = try await reason { $0.waitForClose() }
        #expect(told.reason == "\(told.server) took the request but did not answer within 500 ms.")
    }

    @Test func `a stream that falls silent is over`() async throws {
        let told = try await reason { exchange in
            exchange.begin(200, headers: [("Mesos-Stream-Id", "s")])
            exchange.chunk(Array("2\n".utf8) + [8, 8])
            exchange.waitForClose()
        }
        #expect(told.reason == "\(told.server) has sent nothing for 500 ms: the connection counts as dead.")
    }

    @Test func `a stream that is no RecordIO is over`() async throws {
        let told = try await reason { exchange in
            exchange.begin(200, headers: [("Mesos-Stream-Id", "s")])
            exchange.chunk(Array("<html>".utf8))
            exchange.waitForClose()
        }
        #expect(told.reason == "The length of a record of the event stream has the byte 60 in it, which is no digit.")
    }

    @Test func `a record that is no event ends the subscription`() async throws {
        let told = try await reason { exchange in
            exchange.begin(200, headers: [("Mesos-Stream-Id", "s")])
            exchange.chunk(RecordReader.frame([0xFF, 0xFF]))
            exchange.waitForClose()
        }
        #expect(told.reason.hasPrefix("A record of 2 bytes from Mesos is no event in protobuf"))
    }

    @Test func `a stream that ends within a record is over`() async throws {
        let told = try await reason { exchange in
            exchange.begin(200, headers: [("Mesos-Stream-Id", "s")])
            exchange.chunk(Array("100\nabc".utf8))
            exchange.end()
            exchange.close()
        }
        #expect(told.reason == "The master at \(told.server) closed the event stream.")
    }

    @Test func `a subscription that Mesos refuses by an ERROR event tells Mesos's words`() async throws {
        let told = try await reason { exchange in
            exchange.begin(200, headers: [("Mesos-Stream-Id", "s")])
            guard let record = try? MasterSide.encode(.error("Framework has been removed")) else { return }
            exchange.chunk(RecordReader.frame(record))
            exchange.end()
            exchange.close()
        }
        #expect(told.reason == "Mesos ended the subscription: Framework has been removed")
    }

    @Test func `events come whole and in order, wherever the chunks are cut`() async throws {
        let events: [MesosEvent] =
            [.subscribed(FrameworkID("F"), heartbeat: .seconds(15)), .heartbeat]
            + (0..<200).map { .rescind(OfferID("O-\($0)")) }
        let stream = try events.flatMap { try RecordReader.frame(MasterSide.encode($0)) }
        let server = try LoopbackServer { exchange in
            exchange.begin(200, headers: [("Mesos-Stream-Id", "s")])
            var rest = stream[...]
            var size = 1
            while !rest.isEmpty {
                exchange.chunk(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
                size = size % 17 + 1
            }
            exchange.waitForClose()
        }
        defer { server.stop() }
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(.addresses([MasterAddress(host: "127.0.0.1", port: server.port)]), client)
            transport.subscribe(1, recorder)
            _ = try await eventually("all events") { recorder.events(1).count == events.count ? true : nil }
            #expect(recorder.events(1) == events)
            transport.close()
        }
    }

    @Test func `principal and secret go with the subscription and with every call`() async throws {
        let seen = Recorded<String>()
        let master = try FakeMaster()
        defer { master.stop() }
        let front = try LoopbackServer { exchange in
            seen.add(exchange.headers["authorization"] ?? "none")
            exchange.respond(503)
        }
        defer { front.stop() }
        try await withClient { client in
            let recorder = Recorder()
            let transport = MesosSession(
                MesosConfiguration(
                    master: .addresses([MasterAddress(host: "127.0.0.1", port: front.port)]),
                    framework: description(),
                    credential: Credential(principal: "pacer", secret: "open sesame")
                ),
                client: client,
                logger: quiet
            )
            transport.subscribe(1, recorder)
            _ = try await recorder.ending(1)
        }
        #expect(seen.all == ["Basic cGFjZXI6b3BlbiBzZXNhbWU="])
    }

    @Test func `a credential never prints its secret`() {
        let credential = Credential(principal: "pacer", secret: "open sesame")
        var dumped = ""
        dump(credential, to: &dumped)
        for text in ["\(credential)", String(reflecting: credential), dumped, "\([credential])"] {
            #expect(!text.contains("sesame"))
        }
    }
}

/// A list that many threads may add to.
final class Recorded<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}
