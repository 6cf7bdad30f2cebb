import Boundary
import Domain
import HTTPClient
import LoopbackHTTP
import MesosClient
import MesosWire
import Scheduling
import Testing

/// What a master's answer to a call means for the subscription.
struct CallAnswerTests {
    /// A master that answers the first call after SUBSCRIBE like this and every later one with 202.
    private func master(
        _ calls: Recorded<ReceivedCall>,
        _ answer: @escaping @Sendable (LoopbackExchange) -> Void
    ) throws -> LoopbackServer {
        try LoopbackServer { exchange in
            guard let call = try? MasterSide.decode(exchange.body) else { return exchange.respond(400) }
            guard case .subscribe = call else {
                calls.add(call)
                return calls.all.count == 1 ? answer(exchange) : exchange.respond(202)
            }
            guard let event = try? MasterSide.encode(.subscribed(FrameworkID("F"), heartbeat: .seconds(15))) else {
                return exchange.close()
            }
            exchange.begin(200, headers: [("Mesos-Stream-Id", "s")])
            exchange.chunk(RecordReader.frame(event))
            exchange.waitForClose()
        }
    }

    private func session(_ server: LoopbackServer, _ client: HTTPClient) -> MesosSession {
        MesosSession(
            MesosConfiguration(
                master: .addresses([MasterAddress(host: "127.0.0.1", port: server.port)]),
                framework: description(),
                callTimeout: .milliseconds(300)
            ),
            client: client,
            logger: quiet
        )
    }

    @Test(arguments: [
        (307, "", "The master no longer leads (SUPPRESS was answered with 307)."),
        (404, "", "The master no longer leads (SUPPRESS was answered with 404)."),
        (503, "", "The master no longer leads (SUPPRESS was answered with 503)."),
        (
            500, "oh",
            "SUPPRESS was answered with 500, and nobody knows whether it was carried out, so Mesos is asked anew: oh"
        ),
        (
            502, "proxy",
            "SUPPRESS was answered with 502, and nobody knows whether it was carried out, so Mesos is asked anew: proxy"
        ),
        (401, "", "Mesos no longer accepts the credentials: SUPPRESS was answered with 401."),
        (
            403, "Framework is not subscribed",
            "Mesos has ended the subscription: Framework is not subscribed (SUPPRESS, 403)"
        ),
        (
            400, "Framework cannot be found",
            "Mesos has ended the subscription: Framework cannot be found (SUPPRESS, 400)"
        ),
        (
            400, "The stream ID 'x' included in this request didn't match the one of now",
            "taken over: The stream ID 'x' included in this request didn't match the one of now (SUPPRESS, 400)"
        ),
    ])
    func `an answer that means the end ends the subscription`(status: Int, body: String, expected: String) async throws
    {
        let calls = Recorded<ReceivedCall>()
        let server = try master(calls) { $0.respond(status, body: body) }
        defer { server.stop() }
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(server, client)
            transport.subscribe(1, recorder)
            _ = try await recorder.subscribed(1)
            transport.send(ReleasedCall(.suppress(["*"])))
            #expect(try await recorder.ending(1) == expected)
            // The master is told by the connection: it closes the framework's stream on its side, too.
            _ = try await eventually("the end of the stream") { server.openConnections <= 1 ? true : nil }
        }
    }

    @Test(arguments: [
        (400, "Failed to validate scheduler::Call: Expecting 'kill' to be present"),
        (400, "Failed to parse body into Call protobuf"), (415, "Expecting 'Content-Type'"), (501, ""),
    ])
    func `an answer that is about one call leaves the subscription alone`(status: Int, body: String) async throws {
        let calls = Recorded<ReceivedCall>()
        let server = try master(calls) { $0.respond(status, body: body) }
        defer { server.stop() }
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(server, client)
            transport.subscribe(1, recorder)
            let id = try await recorder.subscribed(1)
            transport.send(ReleasedCall(.suppress(["*"])))
            transport.send(ReleasedCall(.revive(["*"])))
            _ = try await eventually("the next call") { calls.all.count == 2 ? true : nil }
            #expect(calls.all == [.free(.suppress(["*"]), id), .free(.revive(["*"]), id)])
            #expect(recorder.endings(1).isEmpty)
            transport.close()
        }
    }

    @Test(arguments: [
        (200, "", UpdateAnswer.taken),
        (
            403, "Not authorized to register framework F with roles { *, x }",
            .refused("Not authorized to register framework F with roles { *, x }")
        ),
        (400, "Supplied FrameworkInfo is not valid", .refused("Supplied FrameworkInfo is not valid")),
        (501, "oh", .refused("Mesos rejected UPDATE_FRAMEWORK with 501: oh")),
    ])
    func `what Mesos says to an update is handed out, and the subscription goes on`(
        status: Int,
        body: String,
        expected: UpdateAnswer
    ) async throws {
        let calls = Recorded<ReceivedCall>()
        let server = try master(calls) { $0.respond(status, body: body) }
        defer { server.stop() }
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(server, client)
            transport.subscribe(1, recorder)
            _ = try await recorder.subscribed(1)
            transport.send(ReleasedCall(.updateFramework(RoleWishes(roles: ["*", "x"]))))
            transport.send(ReleasedCall(.revive(["*"])))
            #expect(try await eventually("the answer") { recorder.answers(1).first } == expected)
            _ = try await eventually("the next call") { calls.all.count == 2 ? true : nil }
            #expect(recorder.endings(1).isEmpty)
            transport.close()
        }
    }

    @Test(arguments: [
        (
            403, "Framework is not subscribed",
            "Mesos has ended the subscription: Framework is not subscribed (UPDATE_FRAMEWORK, 403)"
        ),
        (
            400, "Framework cannot be found",
            "Mesos has ended the subscription: Framework cannot be found (UPDATE_FRAMEWORK, 400)"
        ), (409, "gone", "Mesos has removed the framework: gone (UPDATE_FRAMEWORK, 409)"),
        (
            504, "slow",
            "UPDATE_FRAMEWORK was answered with 504, and nobody knows whether it was carried out, so Mesos is asked anew: slow"
        ),
        (
            400, "The stream ID 'x' included in this request didn't match the one of now",
            "taken over: The stream ID 'x' included in this request didn't match the one of now (UPDATE_FRAMEWORK, 400)"
        ),
    ])
    func `an answer to an update that means the end ends the subscription`(
        status: Int,
        body: String,
        expected: String
    ) async throws {
        let calls = Recorded<ReceivedCall>()
        let server = try master(calls) { $0.respond(status, body: body) }
        defer { server.stop() }
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(server, client)
            transport.subscribe(1, recorder)
            _ = try await recorder.subscribed(1)
            transport.send(ReleasedCall(.updateFramework(RoleWishes(roles: ["*", "x"]))))
            #expect(try await recorder.ending(1) == expected)
            #expect(recorder.answers(1).isEmpty)
        }
    }

    @Test func `a call that gets no answer ends the subscription, and those behind it are not sent`() async throws {
        let calls = Recorded<ReceivedCall>()
        let server = try master(calls) { $0.waitForClose() }
        defer { server.stop() }
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(server, client)
            transport.subscribe(1, recorder)
            _ = try await recorder.subscribed(1)
            transport.send(ReleasedCall(.suppress(["*"])))
            transport.send(ReleasedCall(.revive(["*"])))
            #expect(
                try await recorder.ending(1) == "SUPPRESS got no answer, so Mesos is asked anew: "
                    + "\(server.url) did not answer POST within 300 ms."
            )
            #expect(calls.all.count == 1)
        }
    }
}
