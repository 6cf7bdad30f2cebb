import Foundation
import Testing

/// Rollouts and orders on real Mesos, through the command that people type.
@Suite(.serialized) struct RolloutTests {
    @Test(.timeLimit(.minutes(5)))
    func `a new version that fails takes the app back, and the old one never stopped`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["a.yaml": Apps.sleeper(health: 0.5, over: 0.5)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/a"])

        let failing = Apps.sleeper(health: 0.5, over: 0.5)
            .replacingOccurrences(of: "exec sleep 100000", with: "exit 7")
        try cluster.push(["a.yaml": failing])
        try await eventually("the app is back on what was healthy", details: { cluster.report() }) {
            let app = try cluster.status()["/a"]
            return app?["held_back"] is [String: Any] && app?["health"] as? String == "Healthy"
        }
        let app = try #require(try cluster.status()["/a"])
        #expect(app["sync"] as? String == "OutOfSync")
        let held = try #require(app["held_back"] as? [String: Any])
        let reason = held["reason"] as? String ?? ""
        #expect(reason.contains("3 new tasks failed") && reason.contains("status 7"), "\(reason)")
        #expect(try cluster.running("a").count == 2)

        let (waited, said) = try cluster.pacer("sync", "--wait", "--deadline", "60s")
        #expect(waited == 3, "\(said)")
        let (refused, why) = try cluster.pacer("rollout", "promote", "/a")
        #expect(refused == 1 && why.contains("it has no canary out"), "\(why)")

        try cluster.push(["a.yaml": Apps.sleeper(instances: 3, health: 0.5, over: 0.5)])
        try await cluster.settled(["/a"])
        #expect(try cluster.running("a").count == 3)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a canary waits for its promotion, and a rollback pins the app until it is resumed`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        let strategy = "rollout: { canary: 1, promotion: manual }"
        try cluster.push(["a.yaml": Apps.sleeper(instances: 3, more: strategy)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/a"])
        let old = try Set(cluster.running("a").compactMap { $0["id"] as? String })

        try cluster.push(["a.yaml": Apps.sleeper(instances: 3, version: "2", more: strategy)])
        try await eventually("the canary waits", details: { cluster.report() }) {
            let rollout = try cluster.status()["/a"]?["rollout"] as? [String: Any]
            return (rollout?["reason"] as? String ?? "").contains("pacer rollout promote /a")
        }
        let (explained, chain) = try cluster.pacer("explain", "/a")
        #expect(explained == 0 && chain.contains("promote"), "\(chain)")
        let out = try Set(cluster.running("a").compactMap { $0["id"] as? String })
        #expect(out.subtracting(old).count == 1, "one new task: \(out)")

        let (promoted, text) = try cluster.pacer(
            "rollout",
            "promote",
            "/a",
            "--reason",
            "looks good",
            "--wait",
            "--deadline",
            "90s"
        )
        #expect(promoted == 0, "\(text)")
        let new = try Set(cluster.running("a").compactMap { $0["id"] as? String })
        #expect(new.count == 3 && new.isDisjoint(with: old))

        let (back, answer) = try cluster.pacer(
            "rollout",
            "rollback",
            "/a",
            "--for",
            "1h",
            "--wait",
            "--deadline",
            "90s"
        )
        #expect(back == 0, "\(answer)")
        let pin = try cluster.status()["/a"]?["pin"] as? [String: Any]
        #expect(pin != nil, "\(cluster.report())")
        let (listed, list) = try cluster.pacer("rollout", "list")
        #expect(listed == 0 && list.contains("/a") && list.contains("pinned"), "\(list)")

        // The pin outlives its controller.
        cluster.killController()
        try await cluster.startController()
        try await eventually("the new leader keeps the pin", within: .seconds(60), details: { cluster.report() }) {
            try cluster.status()["/a"]?["pin"] is [String: Any]
        }
        try cluster.pacer("rollout", "resume", "/a")
        try cluster.pacer("rollout", "retry", "/a")
        try await eventually("what git has is tried again", details: { cluster.report() }) {
            let rollout = try cluster.status()["/a"]?["rollout"] as? [String: Any]
            return rollout?["state"] as? String == "canary"
        }
    }
}
