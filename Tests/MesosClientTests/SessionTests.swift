import Boundary
import Domain
import HTTPClient
import LoopbackHTTP
import MesosClient
import MesosWire
import Scheduling
import Synchronization
import Testing

/// A session over several subscriptions, and its calls.
struct SessionTests {
    private func withSession(
        _ body: (MesosSession, FakeMaster, Recorder) async throws -> Void
    ) async throws {
        let master = try FakeMaster()
        defer { master.stop() }
        try await withClient { client in
            let transport = session(.addresses([master.address]), client)
            try await body(transport, master, Recorder())
            transport.close()
        }
    }

    private func gated(_ master: FakeMaster) -> [GatedCall] {
        master.calls.compactMap { call in
            guard case .gated(let call, _) = call else { return nil }
            return call
        }
    }

    @Test func `calls arrive in the order in which they were sent`() async throws {
        try await withSession { transport, master, recorder in
            transport.subscribe(1, recorder)
            _ = try await recorder.subscribed(1)
            let kills = (0..<300).map { GatedCall.kill(TaskID("t-\($0)"), AgentID("S-0")) }
            for kill in kills { transport.send(.proven(kill)) }
            _ = try await eventually("every call") { gated(master).count == kills.count ? true : nil }
            #expect(gated(master) == kills)
            // The stream has a connection of its own, the calls share one.
            #expect(master.server.connections == 2)
        }
    }

    @Test func `an acknowledgement does not wait behind other calls`() async throws {
        let isHeld = Atomic(true)
        let seen = Recorded<ReceivedCall>()
        let server = try LoopbackServer { exchange in
            guard let call = try? MasterSide.decode(exchange.body) else { return exchange.respond(400) }
            if case .subscribe = call {
                exchange.begin(200, headers: [("Mesos-Stream-Id", "s")])
                guard let record = try? MasterSide.encode(.subscribed(FrameworkID("F"), heartbeat: .zero)) else {
                    return
                }
                exchange.chunk(RecordReader.frame(record))
                return exchange.waitForClose()
            }
            seen.add(call)
            // The first call gets its answer only when the test lets it.
            while case .free = call, isHeld.load(ordering: .acquiring) { _ = exchange.connection }
            exchange.respond(202)
        }
        defer {
            isHeld.store(false, ordering: .releasing)
            server.stop()
        }
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(.addresses([MasterAddress(host: "127.0.0.1", port: server.port)]), client)
            transport.subscribe(1, recorder)
            _ = try await recorder.subscribed(1)
            transport.send(ReleasedCall(.revive(["*"])))
            transport.send(ReleasedCall(.suppress(["*"])))
            let acknowledgement = GatedCall.acknowledge(TaskID("t"), AgentID("S"), uuid: [1])
            transport.send(.proven(acknowledgement))
            _ = try await eventually("the acknowledgement") {
                seen.all.contains(.gated(acknowledgement, FrameworkID("F"))) ? true : nil
            }
            #expect(!seen.all.contains(.free(.suppress(["*"]), FrameworkID("F"))))
            isHeld.store(false, ordering: .releasing)
            _ = try await eventually("the call behind") {
                seen.all.contains(.free(.suppress(["*"]), FrameworkID("F"))) ? true : nil
            }
            transport.close()
        }
    }

    @Test func `calls without a subscription are dropped`() async throws {
        try await withSession { transport, master, recorder in
            transport.send(ReleasedCall(.revive(["*"])))
            transport.subscribe(1, recorder)
            transport.send(ReleasedCall(.revive(["*"])))
            _ = try await recorder.subscribed(1)
            transport.send(ReleasedCall(.suppress(["*"])))
            _ = try await eventually("the last call") { master.calls.count >= 2 ? true : nil }
            transport.close()
            transport.send(ReleasedCall(.revive(["*"])))
            #expect(try await recorder.ending(1) == "The subscription was closed from this side.")
            #expect(master.calls.dropFirst() == [.free(.suppress(["*"]), FrameworkID("F-1"))])
        }
    }

    @Test func `a master that forgot the framework ends the subscription`() async throws {
        try await withSession { transport, master, recorder in
            transport.subscribe(1, recorder)
            _ = try await recorder.subscribed(1)
            master.forgetFrameworks()
            transport.send(ReleasedCall(.suppress(["*"])))
            #expect(
                try await recorder.ending(1)
                    == "Mesos has ended the subscription: Framework cannot be found (SUPPRESS, 400)"
            )
        }
    }

    @Test func `a subscription that another one replaced ends once, and its calls do not pass for the new one's`()
        async throws
    {
        try await withSession { transport, master, recorder in
            transport.subscribe(1, recorder)
            let id = try await recorder.subscribed(1)
            transport.subscribe(2, as: id, suppressed: true, recorder)
            #expect(try await recorder.subscribed(2) == id)
            #expect(recorder.endings(1) == ["The subscription was replaced by a new one."])
            transport.send(ReleasedCall(.revive(["*"])))
            _ = try await recorder.event(2, "an offer") { event in
                if case .offers = event { return true }
                return nil as Bool?
            }
            #expect(recorder.endings(2).isEmpty)
            #expect(
                master.calls.map { call in
                    guard case .subscribe(_, let id, let wishes) = call else { return "\(call)" }
                    return "\(id?.rawValue ?? "new") \(wishes.suppressed)"
                } == ["new []", "F-1 [\"*\"]", "\(ReceivedCall.free(.revive(["*"]), id))"]
            )
        }
    }

    @Test func `a connection that breaks ends the subscription, and the next one works`() async throws {
        try await withSession { transport, master, recorder in
            transport.subscribe(1, recorder)
            let id = try await recorder.subscribed(1)
            _ = try await eventually("the stream") { master.stream }
            master.stream?.cut()
            #expect(try await recorder.ending(1).hasPrefix("The connection to \(master.server.url) broke"))
            transport.subscribe(2, as: id, recorder)
            #expect(try await recorder.subscribed(2) == id)
        }
    }

    @Test func `a subscription that is closed while it waits never reaches the master`() async throws {
        try await withSession { transport, master, recorder in
            transport.subscribe(1, as: nil, RoleWishes(roles: ["*"]), delay: .minutes(10), deliver: recorder.add)
            transport.close()
            #expect(try await recorder.ending(1) == "The subscription was closed from this side.")
            transport.subscribe(2, recorder)
            _ = try await recorder.subscribed(2)
            #expect(master.calls.count == 1)
            #expect(recorder.story(1).count == 1)
        }
    }

    @Test func `whoever is called may close, send and subscribe again at once`() async throws {
        try await withSession { transport, _, recorder in
            transport.subscribe(1, as: nil, RoleWishes(roles: ["*"]), delay: .zero) { number, event in
                recorder.add(number, event)
                switch event {
                case .event(.subscribed):
                    transport.send(ReleasedCall(.suppress(["*"])))
                    transport.close()
                    transport.send(ReleasedCall(.revive(["*"])))
                case .closed: transport.subscribe(2, recorder)
                default: break
                }
            }
            _ = try await recorder.subscribed(2)
            #expect(recorder.endings(1).count == 1)
            #expect(recorder.story(1).last?.hasPrefix("closed") == true)
        }
    }

    @Test(arguments: 0..<20)
    func `however subscriptions chase each other, each ends once and the last one lives`(round: Int) async throws {
        try await withSession { transport, _, recorder in
            for number in 1...10 {
                transport.subscribe(number, as: FrameworkID("F"), suppressed: true, recorder)
                if number % 3 == round % 3 { _ = try await recorder.subscribed(number) }
            }
            _ = try await eventually("the old ones' ends") {
                (1..<10).allSatisfy { recorder.endings($0).count == 1 } ? true : nil
            }
            for number in 1..<10 { #expect(recorder.story(number).last?.hasPrefix("closed") == true) }
            #expect(recorder.endings(10).count <= 1)
        }
    }

    /// The answer comes on another thread than the events; while somebody is called it waits, and is not lost.
    @Test func `answers and events come one at a time`() async throws {
        let master = try FakeMaster()
        defer { master.stop() }
        master.forbid("x")
        try await withClient { client in
            let transport = session(.addresses([master.address]), client)
            let inside = Mutex(0)
            let recorder = Recorder()
            transport.subscribe(1, as: nil, RoleWishes(roles: ["*"]), delay: .zero) { number, event in
                let count = inside.withLock { inside in
                    inside += 1
                    return inside
                }
                #expect(count == 1)
                recorder.add(number, event)
                inside.withLock { $0 -= 1 }
            }
            _ = try await recorder.subscribed(1)
            for round in 0..<50 {
                transport.send(
                    ReleasedCall(.updateFramework(RoleWishes(roles: round.isMultiple(of: 2) ? ["*"] : ["*", "x"])))
                )
                master.stream?.push(.heartbeat)
                transport.send(ReleasedCall(.revive(["*"])))
            }
            let answers = try await eventually("all answers") {
                recorder.answers(1).count == 50 ? recorder.answers(1) : nil
            }
            #expect(answers.enumerated().allSatisfy { ($1 == .taken) == $0.isMultiple(of: 2) })
            transport.close()
        }
    }
}
