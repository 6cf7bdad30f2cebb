import Boundary
import HTTPClient
import LoopbackHTTP
import MesosClient
import MesosWire
import Scheduling
import Testing

/// How the leading master is found.
struct LeaderTests {
    private func redirecting(to location: String) throws -> LoopbackServer {
        try LoopbackServer { $0.respond(307, headers: [("Location", location)]) }
    }

    private func address(_ server: LoopbackServer) -> MasterAddress {
        MasterAddress(host: "127.0.0.1", port: server.port)
    }

    private func address(_ closed: ClosedPort) -> MasterAddress {
        MasterAddress(host: "127.0.0.1", port: closed.port)
    }

    private func ending(_ master: MasterSource) async throws -> String {
        var told = ""
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(master, client)
            transport.subscribe(1, recorder)
            told = try await recorder.ending(1)
        }
        return told
    }

    @Test(arguments: ["//127.0.0.1:PORT/api/v1/scheduler", "http://127.0.0.1:PORT/api/v1/scheduler"])
    func `a redirect leads to the leader, with the body, and calls go there`(location: String) async throws {
        let leader = try FakeMaster()
        defer { leader.stop() }
        let follower = try redirecting(to: location.replacing("PORT", with: "\(leader.server.port)"))
        defer { follower.stop() }
        try await withClient { client in
            let recorder = Recorder()
            let transport = session(.addresses([address(follower)]), client)
            transport.subscribe(1, recorder)
            let id = try await recorder.subscribed(1)
            transport.send(ReleasedCall(.suppress(["*"])))
            _ = try await eventually("the call") { leader.calls.last == .free(.suppress(["*"]), id) ? true : nil }
            #expect(follower.connections == 1)
            transport.close()
        }
    }

    @Test func `masters that point at each other are told after five hops`() async throws {
        let hops = Recorded<String>()
        let server = try LoopbackServer { exchange in
            hops.add(exchange.path)
            exchange.respond(307, headers: [("Location", "/api/v1/scheduler")])
        }
        defer { server.stop() }
        let told = try await ending(.addresses([address(server)]))
        #expect(
            told == "The masters point to each other as the leader: \(server.url) led to \(server.url) in the end."
        )
        #expect(hops.all.count == 6)
    }

    @Test func `a leader whose name has no address is told with what to do`() async throws {
        let server = try redirecting(to: "//leader.invalid:5050/api/v1/scheduler")
        defer { server.stop() }
        let told = try await ending(.addresses([address(server)]))
        #expect(
            told.hasPrefix(
                "\(server.url) names http://leader.invalid:5050 as the leading master, and that name has no address here."
            )
        )
        #expect(told.contains("--hostname"))
    }

    @Test func `a leader that is gone is told with who named it`() async throws {
        let gone = try ClosedPort()
        let server = try redirecting(to: "//127.0.0.1:\(gone.port)/api/v1/scheduler")
        defer { server.stop() }
        #expect(
            try await ending(.addresses([address(server)]))
                == "\(server.url) names \(gone.url) as the leading master. "
                + "\(gone.url) refused the connection: nothing listens there."
        )
    }

    @Test func `a list of masters is gone through until one answers`() async throws {
        let gone = try ClosedPort()
        let recovering = try LoopbackServer { $0.respond(503) }
        defer { recovering.stop() }
        let leader = try FakeMaster()
        defer { leader.stop() }
        try await withClient { client in
            let recorder = Recorder()
            let masters = [address(gone), address(recovering), leader.address]
            let transport = session(.addresses(masters), client)
            transport.subscribe(1, recorder)
            _ = try await recorder.subscribed(1)
            transport.close()
        }
    }

    @Test func `a list of masters of which none answers tells of each`() async throws {
        let gone = try ClosedPort()
        let recovering = try LoopbackServer { $0.respond(503) }
        defer { recovering.stop() }
        #expect(
            try await ending(.addresses([address(gone), address(recovering)]))
                == "\(gone.url) refused the connection: nothing listens there. "
                + "The master at \(recovering.url) is recovering or does not lead yet; trying again (503)."
        )
    }

    @Test func `a detector is asked anew for every subscription`() async throws {
        let first = try FakeMaster()
        defer { first.stop() }
        let second = try FakeMaster()
        defer { second.stop() }
        let asked = Recorded<Int>()
        try await withClient { client in
            let recorder = Recorder()
            let (one, other) = (first.address, second.address)
            let transport = session(
                .detector {
                    asked.add(1)
                    return asked.all.count == 1 ? one : other
                },
                client
            )
            transport.subscribe(1, recorder)
            let id = try await recorder.subscribed(1)
            first.stop()
            _ = try await recorder.ending(1)
            transport.subscribe(2, as: id, recorder)
            #expect(try await recorder.subscribed(2) == id)
            #expect(second.calls.count == 1)
            transport.close()
        }
    }

    @Test func `a detector that finds nobody is quoted`() async throws {
        #expect(
            try await ending(.detector { throw NeverCame(description: "ZooKeeper knows no master.") })
                == "ZooKeeper knows no master."
        )
    }
}
