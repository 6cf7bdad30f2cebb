import Boundary
import Domain
import Testing

@testable import ZooKeeperStore

/// Faults of the server; each test has one of its own.
@Suite(.timeLimit(.minutes(5))) struct ServerFaultTests {
    @Test func `a server that is killed and started again keeps what it acknowledged, and the idle leader its term`()
        async throws
    {
        try await ZooKeeperServer.run { server in
            let address = try ZooKeeperAddress(server.address())
            let web = spec(try app("/web"))
            try await withRealTerm(of: try realStore(address)) { term in
                #expect(await term.write(batch(1, (.app(web.id), .app(record(web))))).durableBatch == 1)
                try await server.kill()
                try await until("the loss is noticed") { term.session.state == .connecting }
                try await server.launch()
                try await until("the connection is back") { term.session.state == .connected }
                #expect(await term.write(WriteBatch(number: 2)).durableBatch == 2)
                #expect(try await term.load().apps == [web.id: record(web)])
            }
        }
    }

    @Test func `a kill in the middle of many commits loses none that was acknowledged`() async throws {
        try await ZooKeeperServer.run { server in
            let address = try ZooKeeperAddress(server.address())
            let web = spec(try app("/web"))
            let store = try realStore(address, timeout: .seconds(40))
            let told = Notes<Int>()
            let failed = Notes<Int>()
            let term = try await store.term { _ in }
            for number in 1...5000 {
                var changed = record(web)
                changed.nextInstance = number
                term.commit(CommitTicket(batch(number, (.app(web.id), .app(changed))))) { outcome in
                    if outcome.durableBatch == nil { failed.add(number) } else { told.add(number) }
                }
            }
            try await until("some are durable") { !told.all.isEmpty }
            try await server.kill()
            #expect(await term.ended().isEmpty == false)
            try await until("every outcome is told") { told.all.count + failed.all.count == 5000 }
            #expect(told.all + failed.all == Array(1...5000), "in order: durable ones, then failed ones")
            await term.resign()
            try await server.launch()
            let start = ContinuousClock.now
            try await withTerm(of: store) { next in
                // Not a measurement: the server could not be told that the first session is over, and keeps its
                // candidate for 40 s. The next one of the same process knows better.
                #expect(ContinuousClock.now - start < .seconds(40))
                let written = try await next.load().apps[web.id]?.nextInstance ?? 0
                #expect(written >= told.all.last ?? 0)
                #expect(next.epoch > term.epoch)
            }
        }
    }

    @Test func `a leader whose server falls silent stops before its session can expire`() async throws {
        try await ZooKeeperServer.run { server in
            let address = try ZooKeeperAddress(server.address())
            try await withRealTerm(of: try realStore(address, timeout: .seconds(18))) { term in
                #expect(await term.write(WriteBatch(number: 1)).durableBatch == 1)
                #expect(term.session.timeout == .seconds(18))
                let start = ContinuousClock.now
                server.pause()
                // Nothing is under way whose failure could tell: only the lease does.
                #expect(await term.ended().contains("has not answered for two thirds"))
                // Not a measurement: another controller could lead from the eighteenth second on.
                #expect(ContinuousClock.now - start < .seconds(18))
                #expect(await term.write(WriteBatch(number: 2)).failure != nil)
                server.resume()
            }
        }
    }

    @Test func `a server that is not there yet is reported once, and found when it comes`() async throws {
        try await ZooKeeperServer.run { server in
            let address = try ZooKeeperAddress(server.address())
            try await server.kill()
            let reports = Notes<StoreReport>()
            let leading = Task {
                try await withTerm(of: try realStore(address)) {
                    reports.add($0)
                } _: {
                    $0.epoch
                }
            }
            try await until("it is reported") { !reports.all.isEmpty }
            guard case .unreachable(let reason) = reports.all[0] else {
                Issue.record("\(reports.all)")
                return
            }
            #expect(reason.contains("127.0.0.1:\(server.port): Connection refused"), "\(reason)")
            #expect(reason.contains("tried again"))
            try await server.launch()
            #expect(try await leading.value == 1)
            #expect(Set(reports.all).count == reports.all.count, "each reason is said once: \(reports.all)")
        }
    }

    @Test func `who follows says that ZooKeeper is away, and who leads when it is back`() async throws {
        try await ZooKeeperServer.run { server in
            let address = try ZooKeeperAddress(server.address())
            try await withRealTerm(of: try realStore(address, "127.0.0.1:8081")) { _ in
                let reports = Notes<StoreReport>()
                let follower = try realStore(address, "127.0.0.1:8082")
                let following = Task { try await withTerm(of: follower, report: { reports.add($0) }) { $0.epoch } }
                let known = StoreReport.following(leader: "127.0.0.1:8081")
                try await until("the leader is known") { reports.all.last == known }
                try await server.kill()
                try await until("the loss is told") { reports.all.last != known }
                guard case .unreachable(let reason)? = reports.all.last else {
                    Issue.record("\(reports.all)")
                    return
                }
                #expect(reason.contains("127.0.0.1:\(server.port)"), "\(reason)")
                #expect(reason.contains("Who leads is not known"), "\(reason)")
                try await server.launch()
                try await until("the leader is told again") { reports.all.last == known }
                following.cancel()
                await #expect(throws: CancellationError.self) { try await following.value }
            }
        }
    }

    @Test func `the detector keeps its last master while ZooKeeper is away, and goes on afterwards`() async throws {
        try await ZooKeeperServer.run { server in
            let address = try ZooKeeperAddress(server.address(path: "/mesos"))
            try await withSession(address) { session in
                try await session.create("/mesos")
                // Stays without its session, so that the restart does not change who leads.
                try await session.create("/mesos/json.info_0000000001", announcement("m1", 5050))
            }
            let seen = Notes<MesosMaster?>()
            let following = Task {
                for await master in MasterDetector(address: address).masters(report: { _ in }) { seen.add(master) }
            }
            try await until("the master is seen") { seen.all.count == 1 }
            try await server.kill()
            try await server.launch()
            try await withSession(address) { session in
                _ = try await session.create("/mesos/json.info_0000000000", announcement("m0", 5051))
            }
            try await until("the next master is seen") { seen.all.count == 2 }
            #expect(seen.all.map { $0?.host } == ["m1", "m0"])
            following.cancel()
            await following.value
        }
    }
}

/// What a Mesos master writes of itself.
func announcement(_ host: String, _ port: Int) -> [UInt8] {
    Array(#"{"address":{"hostname":"\#(host)","ip":"127.0.0.1","port":\#(port)},"version":"1.11.0"}"#.utf8)
}
