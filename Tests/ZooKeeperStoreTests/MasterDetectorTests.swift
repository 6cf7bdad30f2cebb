import Domain
import Testing

@testable import ZooKeeperStore

extension WithZooKeeper {
    @Suite struct Detector {}
    @Suite struct Check {}
}

extension WithZooKeeper.Detector {
    @Test func `the leading master is followed from before the first to after the last`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let complaints = Notes<String>()
        let seen = Notes<MesosMaster?>()
        let following = Task {
            for await master in MasterDetector(address: address).masters(report: { complaints.add($0) }) {
                seen.add(master)
            }
        }
        func sees(_ hosts: [String?]) async throws {
            try await until("the masters are \(hosts), not \(seen.all)") { seen.all.map { $0?.host } == hosts }
        }
        try await sees([nil])
        #expect(complaints.all.count == 1 && complaints.all[0].contains("no Mesos master ever registered"))
        try await withSession(address) { session in
            try await session.create(address.path)
            try await session.create(address.path + "/log_replicas")
            let label = address.path + "/json.info_"
            let first = try await session.create(label, announcement("m1", 5050), mode: .ephemeralSequential)
            try await sees([nil, "m1"])
            let second = try await session.create(label, announcement("m2", 5051), mode: .ephemeralSequential)
            let third = try await session.create(label, announcement("m3", 5052), mode: .ephemeralSequential)
            try await session.delete(first)
            try await sees([nil, "m1", "m2"])
            #expect(seen.all.last == MesosMaster(host: "m2", ip: "127.0.0.1", port: 5051, version: "1.11.0"))
            try await session.set(third, Array("nonsense".utf8))
            try await session.delete(second)
            try await sees([nil, "m1", "m2", nil])
            #expect(complaints.all.last?.contains("not the JSON that Mesos writes") == true)
        }
        following.cancel()
        await following.value
    }
}

extension WithZooKeeper.Check {
    private func verdicts(_ findings: [ZooKeeperCheck.Finding]) -> [String] {
        findings.map { "\($0.subject) \($0.verdict.rawValue)" }
    }

    @Test func `a ZooKeeper that nobody used yet is good, and stays untouched`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let findings = await ZooKeeperCheck.run(address)
        #expect(
            verdicts(findings) == ["reachable good", "session good", "layout good", "writable good", "leader notable"]
        )
        #expect(try await withSession(address) { try await $0.exists(address.path) } == nil)
    }

    @Test func `it says who leads`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        try await withTerm(of: try realStore(address, "10.0.0.1:8080")) { _ in
            let findings = await ZooKeeperCheck.run(address)
            #expect(findings.allSatisfy { $0.verdict == .good })
            #expect(findings.last?.message.contains("10.0.0.1:8080 leads") == true)
        }
    }

    @Test func `it says what a person has to do`() async throws {
        let server = try theServer()
        let secured = try ZooKeeperAddress(server.address(credentials: "pacer:right"))
        try await withTerm(of: try realStore(secured)) { _ in }
        let wrong = try ZooKeeperAddress(server.address(path: secured.path, credentials: "pacer:wrong"))
        let refused = await ZooKeeperCheck.run(wrong)
        #expect(verdicts(refused) == ["reachable good", "session good", "layout bad"])
        #expect(refused.last?.message.contains("Give the credentials that created it") == true)

        let closed = try ZooKeeperAddress("zk://127.0.0.1:\(ZooKeeperServer.freePort())/pacer")
        let away = await ZooKeeperCheck.run(closed, patience: Milliseconds(300))
        #expect(verdicts(away) == ["reachable notable", "session bad"])
        #expect(away.last?.message.contains("Check that ZooKeeper runs") == true)

        #expect(verdicts(await ZooKeeperCheck.run(try ZooKeeperAddress("zk://a"))) == ["address bad"])
    }
}
