import Foundation
import Testing

/// What operators do to agents: scheduled maintenance, draining, and giving one up.
extension ChaosTests {
    /// Three instances on four agents, one to a host: one agent is free. Another app cannot move from the host where it is.
    private func cluster() async throws -> (Cluster, BoundsWatch) {
        let cluster = try Cluster(agents: 4)
        try cluster.push(["web.yaml": OperatorApps.web])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/web"])
        let watch = BoundsWatch(cluster: cluster)
        watch.hold("web", Bounds(of: 3, health: 1, over: 0.5))
        return (cluster, watch)
    }

    /// A host that an instance of `web` runs on, with its agent's id.
    private func occupied(_ cluster: Cluster) async throws -> (host: String, agent: String) {
        let used = Set(try cluster.everyTask().filter { $0.isAlive && $0.name == "web" }.map(\.agent))
        let agents = try cluster.agentsByHost()
        let found = agents.compactMap { host, agent in (agent["id"] as? String).map { (host: host, agent: $0) } }
            .filter { used.contains($0.agent) }.min { $0.host < $1.host }
        let place = try #require(found)
        try cluster.push(["fixed.yaml": OperatorApps.fixed(to: place.host)])
        try await cluster.settled(["/web", "/fixed"])
        return place
    }

    /// Waits until three instances of `web` run, none of them on an agent.
    private func moved(_ cluster: Cluster, _ watch: BoundsWatch?, away agent: String) async throws {
        try await eventually("web has left \(agent)", details: { cluster.report() }) {
            let tasks = try watch?.look() ?? cluster.everyTask()
            let alive = tasks.filter { $0.isAlive && $0.name == "web" }
            return alive.count == 3 && alive.allSatisfy { $0.state == "TASK_RUNNING" && $0.agent != agent }
        }
    }

    /// Waits until a command says all of some words.
    private func says(_ cluster: Cluster, _ command: [String], _ words: [String]) async throws {
        var said = ""
        try await eventually("pacer \(command.joined(separator: " ")) says \(words)", details: { said }) {
            said = try cluster.pacer(command).output
            return words.allSatisfy(said.contains)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `maintenance is planned for an agent: its tasks move in time, within their bounds`() async throws {
        let (cluster, watch) = try await cluster()
        defer { cluster.tearDown() }
        let (host, agent) = try await occupied(cluster)
        let fixed = try #require(try cluster.everyTask().first { $0.name == "fixed" && $0.isAlive })
        let start = Int64((Date().timeIntervalSince1970 + 3600) * 1_000_000_000)
        let schedule = "http://127.0.0.1:\(cluster.mesosPort)/maintenance/schedule"
        try cluster.post(schedule, OperatorApps.schedule(host, from: start))
        try await moved(cluster, watch, away: agent)
        try await cluster.settled(["/web"])
        try watch.judgeHistory()
        #expect(watch.violations == [], "the operator gave notice")

        // What cannot move keeps running until its agent goes, and says why it is about to be lost.
        try await says(cluster, ["explain", "/fixed"], ["running on \(host), which goes for maintenance"])
        // The announced maintenance explains it: no drift.
        #expect(try cluster.pacer("drift").status == 0)
        let still = try cluster.everyTask().filter { $0.name == "fixed" && $0.state == "TASK_RUNNING" }
        #expect(still.map(\.id) == [fixed.id])
        #expect(try cluster.launches().values.allSatisfy { $0 == 1 })

        // Nobody tells that a schedule was taken back but the next offers of the agent.
        try cluster.post(schedule, #"{"windows": []}"#)
        try await eventually("fixed stays where it is", details: { cluster.report() }) {
            try !cluster.pacer("explain", "/fixed").output.contains("goes for maintenance")
        }
        #expect(try cluster.pacer("drift").status == 0)
        #expect(try cluster.running("fixed").map { $0["id"] as? String } == [fixed.id])
    }

    @Test(.timeLimit(.minutes(5)))
    func `an agent is drained: its tasks are replaced at once, and the operator is named`() async throws {
        let (cluster, _) = try await cluster()
        defer { cluster.tearDown() }
        let (host, agent) = try await occupied(cluster)
        let stayed = Set(try cluster.everyTask().filter { $0.name == "web" && $0.agent != agent }.map(\.id))
        try cluster.operate(
            """
            {"type": "DRAIN_AGENT", "drain_agent": {"agent_id": {"value": "\(agent)"}, "max_grace_period": {"seconds": 5}}}
            """
        )
        try await moved(cluster, nil, away: agent)
        try await eventually("\(host) is drained", details: { cluster.report() }) {
            let drain = try cluster.agentsByHost()[host]?["drain_info"] as? [String: Any]
            return drain?["state"] as? String == "DRAINED"
        }
        let web = try cluster.everyTask().filter { $0.name == "web" && $0.isAlive }
        #expect(stayed.isSubset(of: web.map(\.id)), "the others were left alone")
        try await says(cluster, ["explain", "/fixed"], ["because an operator drains \(host)", "waits for a place"])
        try await says(cluster, ["drift"], ["/fixed", "agent drained by an operator"])
        // Nobody's failure: no back-off, and it starts as soon as the agent is back.
        try cluster.operate(
            #"{"type": "REACTIVATE_AGENT", "reactivate_agent": {"agent_id": {"value": "\#(agent)"}}}"#
        )
        try await cluster.settled(["/web", "/fixed"])
        #expect(try cluster.launches().values.allSatisfy { $0 == 1 })
        #expect(try cluster.launches().count == 6, "\(cluster.history(of: "web")), \(cluster.history(of: "fixed"))")
    }

    @Test(.timeLimit(.minutes(5)))
    func `an agent is given up by an operator: its tasks are replaced at once, and the operator is named`()
        async throws
    {
        let (cluster, _) = try await cluster()
        defer { cluster.tearDown() }
        let (_, agent) = try await occupied(cluster)
        try cluster.operate(#"{"type": "MARK_AGENT_GONE", "mark_agent_gone": {"agent_id": {"value": "\#(agent)"}}}"#)
        try await moved(cluster, nil, away: agent)
        try await cluster.settled(["/web"])
        let gone = try cluster.everyTask().filter { $0.agent == agent }
        #expect(gone.allSatisfy { $0.state == "TASK_GONE_BY_OPERATOR" }, "\(gone)")
        try await says(cluster, ["drift"], ["/fixed", "agent marked gone by an operator"])
        try await says(cluster, ["explain", "/fixed"], ["TASK_GONE_BY_OPERATOR", "waits for a place"])
        #expect(try cluster.launches().values.allSatisfy { $0 == 1 })
    }
}

private enum OperatorApps {
    /// One to a host, and never fewer than all of them.
    static let web = Apps.sleeper(instances: 3, health: 1, over: 0.5, more: "constraints: [[hostname, UNIQUE]]")

    /// Runs on one host alone.
    static func fixed(to host: String) -> String {
        Apps.sleeper(instances: 1, health: 1, over: 1, more: "constraints: [[hostname, LIKE, \"\(host)\"]]")
    }

    /// A host away for an hour.
    static func schedule(_ host: String, from start: Int64) -> String {
        """
        {"windows": [{
            "machine_ids": [{"hostname": "\(host)", "ip": "127.0.0.1"}],
            "unavailability": {"start": {"nanoseconds": \(start)}, "duration": {"nanoseconds": 3600000000000}}
        }]}
        """
    }
}
