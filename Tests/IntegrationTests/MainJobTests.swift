import Foundation
import Testing

/// The main job on real parts: a commit becomes running tasks on a real Mesos, with its state in a real ZooKeeper.
@Suite(.serialized) struct MainJobTests {
    @Test(.timeLimit(.minutes(5)))
    func `a commit becomes running tasks, and the next one replaces, scales and removes them`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push([
            "shop/web.yaml": Apps.web(), "shop/db.yaml": Apps.sleeper(instances: 1),
            "shop/batch.yaml": Apps.sleeper(instances: 3, more: "dependencies: [db]"),
        ])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/shop/web", "/shop/db", "/shop/batch"])
        #expect(try cluster.running("web.shop").count == 2)
        #expect(try cluster.running("batch.shop").count == 3)
        let untouched = try Set(cluster.running("db.shop").compactMap { $0["id"] as? String })

        let before = try Set(cluster.running("web.shop").compactMap { $0["id"] as? String })
        try cluster.push([
            "shop/web.yaml": Apps.web(version: "2"), "shop/batch.yaml": Apps.sleeper(instances: 1),
        ])
        try await eventually("web is replaced and batch is scaled", details: { cluster.report() }) {
            let web = try Set(cluster.running("web.shop").compactMap { $0["id"] as? String })
            return try web.count == 2 && web.isDisjoint(with: before) && cluster.running("batch.shop").count == 1
        }
        try await cluster.settled(["/shop/web", "/shop/db", "/shop/batch"])

        try cluster.push(["shop/batch.yaml": nil])
        try await eventually("batch is removed", details: { cluster.report() }) {
            try cluster.running("batch.shop").isEmpty && cluster.status()["/shop/batch"] == nil
        }
        #expect(try Set(cluster.running("db.shop").compactMap { $0["id"] as? String }) == untouched)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a broken file breaks only its own apps, and they go on running`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["a.yaml": Apps.sleeper(instances: 1), "b.yaml": Apps.sleeper(instances: 1)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/a", "/b"])
        let kept = try cluster.running("b").first?["id"] as? String

        try cluster.push([
            "a.yaml": Apps.sleeper(instances: 2), "b.yaml": "cmd: [unclosed\ninstances: many\n",
            "c.yaml": Apps.sleeper(instances: 1, more: "instnces: 3"),
        ])
        try await eventually("a is scaled", details: { cluster.report() }) { try cluster.running("a").count == 2 }
        try await eventually("b is marked", details: { cluster.report() }) {
            let problems = try cluster.status()["/b"]?["problems"] as? [Any] ?? []
            return try !problems.isEmpty && cluster.status()["/b"]?["sync"] as? String == "Unknown"
        }
        #expect(try cluster.running("b").first?["id"] as? String == kept)
        #expect(try cluster.running("c").isEmpty)

        try cluster.push(["b.yaml": Apps.sleeper(instances: 1), "c.yaml": nil])
        try await cluster.settled(["/a", "/b"])
        #expect(try cluster.running("b").first?["id"] as? String == kept)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an app that asks for more than any agent has waits, and says which resource is missing`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push([
            "huge.yaml": Apps.sleeper(instances: 1, cpus: "64"), "small.yaml": Apps.sleeper(instances: 1),
        ])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/small"])
        try await eventually("the report names cpus", details: { cluster.report() }) {
            let answer = try cluster.get("http://127.0.0.1:\(cluster.apiPort)/api/v1/apps/huge")
            let text = String(decoding: try JSONSerialization.data(withJSONObject: answer), as: UTF8.self)
            return text.contains("cpus") && text.contains("64")
        }
        let rollout = try cluster.status()["/huge"]?["rollout"] as? [String: Any]
        let reason = rollout?["reason"] as? String ?? ""
        #expect(reason.contains("cpus"), "the reason is: \(reason)")
    }

    @Test(.timeLimit(.minutes(5)))
    func `a task that dies or is killed outside is started again`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["a.yaml": Apps.sleeper(instances: 2)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/a"])
        let before = try Set(cluster.running("a").compactMap { $0["id"] as? String })
        let victim = try #require(before.sorted().first)
        let process = try #require(try cluster.process(of: victim))
        kill(process, SIGKILL)
        try await eventually("another task runs in its place", details: { cluster.report() }) {
            let now = try Set(cluster.running("a").compactMap { $0["id"] as? String })
            return now.count == 2 && !now.contains(victim)
        }
    }
}
