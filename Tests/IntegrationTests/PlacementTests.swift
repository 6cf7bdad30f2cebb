import Foundation
import Testing

/// Where tasks run on agents that are not all alike.
@Suite(.serialized) struct PlacementTests {
    private func started(_ cluster: Cluster, _ files: [String: String?]) async throws {
        try cluster.push(files)
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
    }

    /// The hosts that an app's tasks run on, sorted: one for each task.
    private func hosts(_ cluster: Cluster, of app: String) throws -> [String] {
        let agents = try cluster.agentsByHost().compactMapValues { $0["id"] as? String }
        return try cluster.everyTask().filter { $0.name == app && $0.state == "TASK_RUNNING" }
            .compactMap { task in agents.first { $0.value == task.agent }?.key }.sorted()
    }

    private func explains(_ cluster: Cluster, _ app: String, _ words: [String]) async throws {
        var said = ""
        try await eventually("explain \(app) says \(words)", details: { said }) {
            said = try cluster.pacer("explain", app).output
            return words.allSatisfy(said.contains)
        }
    }

    private static func domain(_ region: String, _ zone: String) -> String {
        #"{"fault_domain": {"region": {"name": "\#(region)"}, "zone": {"name": "\#(zone)"}}}"#
    }

    @Test(.timeLimit(.minutes(5)))
    func `apps stay in the masters' region unless they ask for another one, and off GPUs unless they ask for some`()
        async throws
    {
        let cluster = try Cluster(agents: 4)
        defer { cluster.tearDown() }
        cluster.flags = [
            // The master reads its own before the agents': it is in the east as well.
            "MESOS_DOMAIN": PlacementTests.domain("east", "a"), "AGENT0_DOMAIN": PlacementTests.domain("east", "a"),
            "AGENT1_DOMAIN": PlacementTests.domain("east", "b"), "AGENT2_DOMAIN": PlacementTests.domain("west", "c"),
            "AGENT3_DOMAIN": PlacementTests.domain("west", "d"),
            "AGENT3_RESOURCES": "cpus:8;mem:8192;disk:10000;gpus:2",
        ]
        let placed = { (instances: Int, constraint: String) in
            Apps.sleeper(instances: instances, more: "constraints: [\(constraint)]")
        }
        let gpu = { (constraint: String) in
            Apps.sleeper(instances: 1, more: "gpus: 1\nconstraints: [\(constraint)]")
        }
        try await started(
            cluster,
            [
                "home.yaml": Apps.sleeper(instances: 6), "west.yaml": placed(2, #"["@region", IS, west]"#),
                "zones.yaml": placed(3, #"["@zone", UNIQUE]"#), "zone.yaml": placed(2, #"["@zone", LIKE, "[bx]"]"#),
                "gpu.yaml": gpu(#"["@region", IS, west]"#), "nowhere.yaml": placed(1, #"["@region", IS, south]"#),
                "stranger.yaml": Apps.sleeper(instances: 1, more: "gpus: 1"),
            ]
        )
        try await cluster.settled(["/home", "/west", "/zones", "/zone", "/gpu"])
        #expect(try Set(hosts(cluster, of: "home")).isSubset(of: ["agent0.example", "agent1.example"]))
        #expect(try hosts(cluster, of: "west") == ["agent2.example", "agent2.example"])
        #expect(try hosts(cluster, of: "zones") == ["agent0.example", "agent1.example", "agent2.example"])
        #expect(try hosts(cluster, of: "zone") == ["agent1.example", "agent1.example"])
        #expect(try hosts(cluster, of: "gpu") == ["agent3.example"])
        try await explains(cluster, "/nowhere", [#"["@region", "IS", "south"]"#])
        // It asks for a GPU and for no region: the agent that has some is far away.
        try await explains(cluster, "/stranger", ["gpus"])
        #expect(try hosts(cluster, of: "stranger") == [])

        // The third needs a third GPU.
        try cluster.push(["gpu.yaml": gpu(#"["@region", IS, west]"#).replacing("instances: 1", with: "instances: 3")])
        try await explains(cluster, "/gpu", ["gpus"])
        #expect(try hosts(cluster, of: "gpu") == ["agent3.example", "agent3.example"])
        let agent = try #require(try cluster.agentsByHost()["agent3.example"])
        #expect((agent["used_resources"] as? [String: Any])?["gpus"] as? Double == 2)
    }

    @Test(.timeLimit(.minutes(5)))
    func `attributes of every type, static reservations and fixed ports are where the app says`() async throws {
        let cluster = try Cluster(agents: 3)
        defer { cluster.tearDown() }
        cluster.flags = [
            "AGENT0_ATTRIBUTES": "rack:a;level:3;slots:[1-4]", "AGENT1_ATTRIBUTES": "rack:b;level:5.5;slots:[7-9]",
            "AGENT2_ATTRIBUTES": "rack:c", "AGENT2_RESOURCES": "cpus(web):2;mem(web):1024;cpus:2;mem:1024;disk:1000",
        ]
        let placed = { (constraint: String) in
            Apps.sleeper(instances: 1, more: "constraints: [\(constraint)]")
        }
        let web = { (accepted: String) in
            Apps.sleeper(instances: 1, cpus: "1", more: "role: web\nacceptedResourceRoles: [\(accepted)]")
        }
        try await started(
            cluster,
            [
                "text.yaml": placed("[rack, LIKE, \"[bx]\"]"), "scalar.yaml": placed("[level, IS, \"3\"]"),
                "fraction.yaml": placed("[level, LIKE, \"5.*\"]"), "ranges.yaml": placed("[slots, LIKE, \".*7-9.*\"]"),
                "none.yaml": placed("[level, UNLIKE, \".*\"]"), "reserved.yaml": web("web"),
                "open.yaml": web("\"*\"") + "\nconstraints: [[rack, IS, a]]",
            ]
        )
        try await cluster.settled(["/text", "/scalar", "/fraction", "/ranges", "/reserved", "/open"])
        #expect(try hosts(cluster, of: "text") == ["agent1.example"])
        #expect(try hosts(cluster, of: "scalar") == ["agent0.example"])
        #expect(try hosts(cluster, of: "fraction") == ["agent1.example"])
        #expect(try hosts(cluster, of: "ranges") == ["agent1.example"])
        #expect(try hosts(cluster, of: "reserved") == ["agent2.example"])
        #expect(try hosts(cluster, of: "open") == ["agent0.example"])
        let agent = try #require(try cluster.agentsByHost()["agent2.example"])
        #expect(((agent["reserved_resources"] as? [String: Any])?["web"] as? [String: Any])?["cpus"] as? Double == 2)

        // One of what is reserved is left for the role, and none of it for another one.
        try cluster.push(["reserved.yaml": web("web").replacing("instances: 1", with: "instances: 3")])
        try await explains(cluster, "/reserved", ["cpus"])
        #expect(try hosts(cluster, of: "reserved") == ["agent2.example", "agent2.example"])

        // A port that only one agent has.
        let resources = try cluster.agentsByHost()["agent1.example"]?["resources"] as? [String: Any]
        let ports = try #require(resources?["ports"] as? String)
        let port = try #require(ports.split { !$0.isNumber }.compactMap { Int($0) }.first) + 7
        let fixed = Apps.sleeper(instances: 1, more: "requirePorts: true")
            .replacing("portDefinitions: []", with: "portDefinitions: [{ port: \(port) }]")
            .replacing("exec sleep", with: "echo port=$PORT0; exec sleep")
        try cluster.push(["fixed.yaml": fixed, "second.yaml": fixed])
        try await eventually("one of the two has the port", details: { cluster.report() }) {
            try hosts(cluster, of: "fixed") + hosts(cluster, of: "second") == ["agent1.example"]
        }
        let loser = try hosts(cluster, of: "fixed").isEmpty ? "/fixed" : "/second"
        try await explains(cluster, loser, ["ports"])
    }

    @Test(.timeLimit(.minutes(5)))
    func `a task that will not end is killed when its grace is over, and its app is replaced within its bounds`()
        async throws
    {
        let cluster = try Cluster(agents: 2)
        defer { cluster.tearDown() }
        let stubborn = { (version: String) in
            Apps.sleeper(
                instances: 2,
                version: version,
                health: 0.5,
                over: 0.5,
                more: "taskKillGracePeriodSeconds: 1\nlabels: { version: \"\(version)\" }"
            )
            .replacing("exec sleep 100000", with: "trap '' TERM; while :; do sleep 1; done")
        }
        try await started(cluster, ["a.yaml": stubborn("1")])
        try await cluster.settled(["/a"])
        let watch = BoundsWatch(cluster: cluster)
        watch.hold("a", Bounds(of: 2, health: 0.5, over: 0.5))
        try cluster.push(["a.yaml": stubborn("2")])
        try await eventually("only the new version runs", details: { cluster.report() }) {
            let alive = try watch.look().filter(\.isAlive)
            return alive.count == 2 && alive.allSatisfy { $0.version == "2" && $0.state == "TASK_RUNNING" }
        }
        try watch.judgeHistory()
        #expect(watch.violations == [])
        let killed = try cluster.everyTask().filter { $0.version == "1" }
        #expect(killed.map(\.state) == ["TASK_KILLED", "TASK_KILLED"])
        #expect(killed.allSatisfy { $0.statuses.contains { $0.state == "TASK_KILLING" } })
        let log = cluster.controller?.text.split(separator: "\n").filter { $0.contains("task.ended") } ?? []
        #expect(log.count == 2 && log.allSatisfy { $0.contains("signal Killed") }, "\(log)")
    }
}
