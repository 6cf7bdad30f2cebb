import Foundation
import Testing

/// Agents that the master hears nothing of for a while, with tasks that go on meanwhile.
@Suite(.serialized) struct PartitionTests {
    private static func app(instances: Int, _ more: String) -> String {
        Apps.sleeper(instances: instances, health: 1, over: 0, more: more)
    }

    private func says(_ cluster: Cluster, _ command: [String], _ words: [String]) async throws {
        var said = ""
        try await eventually("pacer \(command) says \(words)", details: { "\(said)\n\(cluster.report())" }) {
            said = try cluster.pacer(command).output
            return words.allSatisfy(said.contains)
        }
    }

    private func states(_ cluster: Cluster) throws -> [String: String] {
        try cluster.everyTask().reduce(into: [:]) { $0[$1.id] = $1.state }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an agent is cut off and comes back: what was replaced is killed, what waited for it goes on`() async throws {
        let cluster = try Cluster(agents: 3)
        defer { cluster.tearDown() }
        cluster.flags = ["MESOS_AGENT_PING_TIMEOUT": "1secs", "MESOS_MAX_AGENT_PING_TIMEOUTS": "3"]
        let home = "constraints: [[hostname, IS, agent1.example]]"
        try cluster.push([
            "free.yaml": PartitionTests.app(
                instances: 3,
                "constraints: [[hostname, MAX_PER, \"2\"]]\nunreachableStrategy: { inactiveAfterSeconds: 2, expungeAfterSeconds: 4 }"
            ),
            "patient.yaml": PartitionTests.app(instances: 1, "\(home)\nunreachableStrategy: disabled"),
            "slow.yaml": PartitionTests.app(
                instances: 1,
                "\(home)\nunreachableStrategy: { inactiveAfterSeconds: 3000, expungeAfterSeconds: 6000 }"
            ),
        ])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        let apps = ["/free", "/patient", "/slow"]
        try await cluster.settled(apps)
        let agent = try #require(try cluster.agentsByHost()["agent1.example"]?["id"] as? String)
        let before = try cluster.everyTask()
        let there = before.filter { $0.agent == agent }
        let replaced = Set(there.filter { $0.name == "free" }.map(\.id))
        try #require(!replaced.isEmpty, "offers are spread: each agent has one at least")

        try cluster.cutOff(1, true)
        try await eventually("the others do what is replaced", details: { cluster.report() }) {
            let free = try cluster.everyTask().filter { $0.name == "free" && $0.state == "TASK_RUNNING" }
            return free.count == 3 && free.allSatisfy { $0.agent != agent }
        }
        try await says(cluster, ["drift"], ["/patient", "/slow", "agent1.example is out of reach"])
        let away = try states(cluster)
        #expect(there.allSatisfy { away[$0.id] == "TASK_UNREACHABLE" }, "\(away)")

        try cluster.cutOff(1, false)
        try await cluster.settled(apps)
        try await eventually("what was replaced is killed", details: { cluster.report() }) {
            let states = try states(cluster)
            return replaced.allSatisfy { states[$0] == "TASK_KILLED" }
        }
        let alive = Set(try cluster.everyTask().filter(\.isAlive).map(\.id))
        #expect(Set(there.map(\.id)).subtracting(replaced).isSubset(of: alive), "what waited never stopped")
        #expect(alive.count == 5)
        #expect(try cluster.launches().values.allSatisfy { $0 == 1 })
        #expect(try cluster.launches().count == 5 + replaced.count)
        try await eventually("there is no drift", details: { cluster.report() }) {
            try cluster.pacer("drift").status == 0
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the controller is killed while an agent is cut off: the next one knows what it waits for`() async throws {
        let cluster = try Cluster(agents: 2, session: .seconds(2))
        defer { cluster.tearDown() }
        cluster.flags = ["MESOS_AGENT_PING_TIMEOUT": "1secs", "MESOS_MAX_AGENT_PING_TIMEOUTS": "3"]
        let strategy = "constraints: [[hostname, UNIQUE]]\nunreachableStrategy: disabled"
        try cluster.push(["a.yaml": PartitionTests.app(instances: 2, strategy)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/a"])
        let before = Set(try cluster.everyTask().map(\.id))
        try cluster.cutOff(0, true)
        try await says(cluster, ["drift"], ["agent0.example is out of reach"])
        cluster.killController()
        try await cluster.startController()
        try await cluster.leads()
        try await says(cluster, ["drift"], ["agent0.example is out of reach"])
        try cluster.cutOff(0, false)
        try await cluster.settled(["/a"])
        #expect(Set(try cluster.everyTask().filter(\.isAlive).map(\.id)) == before)
        #expect(try cluster.launches().count == 2)
    }
}

extension Cluster {
    /// Cuts an agent off from the master, or lets it be heard again.
    func cutOff(_ agent: Int, _ isCut: Bool) throws {
        let cuts = folder.appending(path: "mesos/cut")
        let file = cuts.appending(path: "\(agent)")
        guard isCut else { return try FileManager.default.removeItem(at: file) }
        try FileManager.default.createDirectory(at: cuts, withIntermediateDirectories: true)
        try Data().write(to: file)
    }
}
