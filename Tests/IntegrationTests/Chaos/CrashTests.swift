import Foundation
import Testing

/// Crashes of everything, and controllers that come back from the dead.
extension ChaosTests {
    private func labelled(_ version: String, instances: Int, health: Double, over: Double) -> String {
        Apps.sleeper(
            instances: instances,
            version: version,
            health: health,
            over: over,
            more: "labels: { version: \"\(version)\" }"
        )
    }

    @Test(.timeLimit(.minutes(8)))
    func `everything crashes in the middle of a replacement: what ran lives on, and nothing is launched twice`()
        async throws
    {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push([
            "still.yaml": labelled("0", instances: 3, health: 1, over: 0),
            "web.yaml": labelled("1", instances: 6, health: 1, over: 0.2),
        ])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/still", "/web"])
        let still = Set(try cluster.running("still").compactMap { $0["id"] as? String })
        let watch = BoundsWatch(cluster: cluster)
        watch.hold("web", Bounds(of: 6, health: 1, over: 0.2))
        try cluster.push(["web.yaml": labelled("2", instances: 6, health: 1, over: 0.2)])
        try await eventually("two of six are replaced", details: { cluster.report() }) {
            try watch.look().count { $0.version == "2" && $0.state == "TASK_RUNNING" } >= 2
        }
        cluster.killController()
        cluster.killMesos()
        cluster.killZooKeeper()
        #expect(watch.violations == [])
        let alive = try cluster.launches()

        async let zookeeper: Void = cluster.startZooKeeper()
        async let mesos: Void = cluster.startMesos()
        _ = try await (zookeeper, mesos)
        try await cluster.startController()
        // Until its agents are back the master knows of too few tasks: only what there are too many of can be judged.
        watch.hold("web", Bounds(minimum: 0, maximum: 7))
        try await eventually("only the new version runs", within: .seconds(150), details: { cluster.report() }) {
            let web = try watch.look().filter { $0.name == "web" && $0.isAlive }
            return web.count == 6 && web.allSatisfy { $0.version == "2" && $0.state == "TASK_RUNNING" }
        }
        try await cluster.settled(["/still", "/web"])
        #expect(watch.violations == [])
        let after = Set(try cluster.running("still").compactMap { $0["id"] as? String })
        #expect(after == still, "\(cluster.history(of: "still"))")
        let launches = try cluster.launches()
        #expect(launches.values.allSatisfy { $0 == 1 }, "\(launches)")
        #expect(
            launches.count == 3 + 6 + 6,
            "before the crash: \(alive.keys.sorted())\nafter: \(launches.keys.sorted())"
        )
        #expect(try cluster.pacer("drift").status == 0)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a leader that was frozen until another one leads stops at once when it wakes, and kicks nobody out`()
        async throws
    {
        let cluster = try Cluster(session: .seconds(4), poll: .milliseconds(300))
        defer { cluster.tearDown() }
        try cluster.push(["web.yaml": labelled("1", instances: 6, health: 1, over: 0.2)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        let first = try await cluster.startController()
        try await cluster.settled(["/web"])
        let second = try await cluster.startController()
        let watch = BoundsWatch(cluster: cluster)
        watch.hold("web", Bounds(of: 6, health: 1, over: 0.2))
        try cluster.push(["web.yaml": labelled("2", instances: 6, health: 1, over: 0.2)])
        try await eventually("the replacement has begun", details: { cluster.report() }) {
            try watch.look().contains { $0.version == "2" }
        }
        first.process.freeze()
        try await eventually("the other one leads", details: { cluster.report() }) {
            try watch.look()
            return try cluster.leader(among: [second])?.process.pid == second.process.pid
        }
        let subscriptions = try cluster.subscriptions()
        let awoken = first.process.text.split(separator: "\n").count
        first.process.resume()
        try await eventually("the first one stands by", details: { first.process.tail }) {
            try watch.look()
            let lines = first.process.text.split(separator: "\n").dropFirst(awoken)
            return lines.contains { $0.contains("standing by") }
        }
        try await eventually("only the new version runs", within: .seconds(120), details: { cluster.report() }) {
            let web = try watch.look().filter(\.isAlive)
            return web.count == 6 && web.allSatisfy { $0.version == "2" && $0.state == "TASK_RUNNING" }
        }
        try await cluster.settled(["/web"])
        try watch.judgeHistory()
        #expect(watch.violations == [])
        #expect(try cluster.launches().values.allSatisfy { $0 == 1 })
        #expect(try cluster.launches().count == 12, "\(cluster.history(of: "web"))")
        #expect(try cluster.subscriptions() == subscriptions, "nobody subscribed besides the new leader")
        #expect(!second.process.text.contains("stopped leading"), "\(second.process.tail)")
        let acts = first.process.text.split(separator: "\n").dropFirst(awoken).filter {
            $0.contains("task.launched") || $0.contains("task.killing") || $0.contains("mesos.subscribed")
        }
        #expect(acts == [], "the old leader did nothing after it woke")
    }

    @Test(.timeLimit(.minutes(5)))
    func `a task that no record knows is reported, and killed when its grace period is over`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["a.yaml": Apps.sleeper(instances: 2)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/a"])
        let kept = Set(try cluster.everyTask().map(\.id))
        cluster.killController()
        let framework = try #require(try cluster.frameworkID())
        let (status, output) = try Project.run(
            Project.script("mesos/stray").path,
            ["127.0.0.1:\(cluster.mesosPort)", framework, "lost.9-1"]
        )
        try #require(status == 0, "\(output)")
        try await cluster.startController()
        try await eventually("drift names the orphan", details: { cluster.report() }) {
            let (status, said) = try cluster.pacer("drift")
            return status == 2 && said.contains("lost.9-1") && said.contains("no record knows the task")
        }
        let found = Date().timeIntervalSince1970
        try await eventually("the orphan is killed", details: { cluster.report() }) {
            try cluster.everyTask().contains { $0.id == "lost.9-1" && $0.state == "TASK_KILLED" }
        }
        let ended = try #require(try cluster.everyTask().first { $0.id == "lost.9-1" }?.ended)
        #expect(ended - found > 20, "it has a grace of 30 s, so that a person can step in")
        try await eventually("there is no drift any more", details: { cluster.report() }) {
            try cluster.pacer("drift").status == 0
        }
        let alive = Set(try cluster.everyTask().filter(\.isAlive).map(\.id))
        #expect(alive == kept, "the others were left alone")
    }
}

extension Cluster {
    /// The framework's id, by the master's word.
    func frameworkID() throws -> String? {
        let answer = try get("http://127.0.0.1:\(mesosPort)/frameworks") as? [String: Any]
        return (answer?["frameworks"] as? [[String: Any]])?.first?["id"] as? String
    }

    /// How often a scheduler has subscribed as our framework since the master started, by its metrics.
    func subscriptions() throws -> Int {
        let answer = try get("http://127.0.0.1:\(mesosPort)/metrics/snapshot") as? [String: Any] ?? [:]
        return answer.reduce(0) { sum, metric in
            guard metric.key.hasPrefix("master/frameworks/"), metric.key.hasSuffix("/calls/subscribe") else {
                return sum
            }
            return sum + ((metric.value as? NSNumber)?.intValue ?? 0)
        }
    }
}
