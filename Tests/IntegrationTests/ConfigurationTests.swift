import Foundation
import Testing

/// A controller that comes back with another configuration, on the state of the one before.
@Suite(.serialized) struct ConfigurationTests {
    private func cluster(_ files: [String: String?]) async throws -> Cluster {
        let cluster = try Cluster(agents: 2, session: .seconds(2), poll: .milliseconds(300))
        do {
            try cluster.push(files)
            try await cluster.startZooKeeper()
            try await cluster.startMesos()
        } catch {
            cluster.tearDown()
            throw error
        }
        return cluster
    }

    private func restart(_ cluster: Cluster) async throws {
        cluster.killController()
        try await cluster.startController()
        try await cluster.leads()
    }

    private func says(_ cluster: Cluster, _ command: [String], _ words: [String]) async throws {
        var said = ""
        try await eventually("pacer \(command) says \(words)", details: { "\(said)\n\(cluster.report())" }) {
            said = try cluster.pacer(command).output
            return words.allSatisfy(said.contains)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the framework's settings change under its kept id: what Mesos refuses names its key, and nothing is lost`()
        async throws
    {
        let cluster = try await cluster(["a.yaml": Apps.sleeper(instances: 2)])
        defer { cluster.tearDown() }
        let user = cluster.framework["user"]
        try await cluster.startController()
        try await cluster.settled(["/a"])
        let kept = Set(try cluster.everyTask().map(\.id))
        let id = try cluster.frameworkID()

        // Mesos takes another timeout, and keeps its user; tasks get the new one, and updates are refused.
        cluster.framework.merge(["user": "nobody", "failoverTimeout": "2h"]) { $1 }
        try await restart(cluster)
        try cluster.push([
            "b.yaml": Apps.sleeper(instances: 1, more: "role: web"), "c.yaml": Apps.sleeper(instances: 1),
        ])
        try await cluster.settled(["/a", "/c"])
        try await says(cluster, ["explain", "/b"], ["put the old user back under framework.user"])
        let framework = try #require(try cluster.frameworks().first)
        #expect(framework["failover_timeout"] as? Double == 7200)
        #expect(framework["user"] as? String == user)
        #expect(try cluster.running("c").first?["user"] as? String == "nobody")

        // Its own role may be another one: that of the tasks that run stays until they go.
        cluster.framework.merge(["user": user ?? "", "role": "db"]) { $1 }
        try await restart(cluster)
        try await cluster.settled(["/a", "/b", "/c"])

        // Another principal ends every subscription.
        cluster.framework["principal"] = "somebody"
        try await restart(cluster, expecting: "put the old one back under framework.principal")
        try await says(cluster, ["status"], ["put the old one back under framework.principal"])
        cluster.framework["principal"] = nil
        try await restart(cluster)
        try cluster.push(["d.yaml": Apps.sleeper(instances: 1)])
        try await cluster.settled(["/a", "/b", "/c", "/d"])

        #expect(try cluster.frameworks().compactMap { $0["id"] as? String } == [id])
        #expect(try kept.isSubset(of: cluster.everyTask().filter { $0.state == "TASK_RUNNING" }.map(\.id)))
        #expect(try cluster.launches().count == 5)
        #expect(try cluster.launches().values.allSatisfy { $0 == 1 })
    }

    private func restart(_ cluster: Cluster, expecting words: String) async throws {
        cluster.killController()
        try await cluster.startController()
        try await eventually("the log says \(words)", details: { cluster.report() }) {
            cluster.controller?.text.contains(words) == true
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a source leaves the configuration: its apps run on until a person confirms, and a moved one stays`()
        async throws
    {
        let cluster = try await cluster([
            "one/a.yaml": Apps.sleeper(instances: 1), "two/b.yaml": Apps.sleeper(instances: 2),
            "two/moved.yaml": Apps.sleeper(instances: 2),
        ])
        defer { cluster.tearDown() }
        cluster.sources = [("one", "one", "/"), ("two", "two", "/two")]
        try await cluster.startController()
        try await cluster.settled(["/a", "/two/b", "/two/moved"])
        let before = Set(try cluster.everyTask().map(\.id))

        try cluster.push(["one/moved.yaml": "id: /two/moved\n" + Apps.sleeper(instances: 2)])
        cluster.sources = [("one", "one", "/")]
        try await restart(cluster)
        try await says(cluster, ["drift"], ["/two/b: unmanaged", "its source two is not in the configuration"])
        try await cluster.settled(["/a", "/two/moved"])
        let (_, plan) = try cluster.pacer("plan")
        #expect(plan.contains("/two/b will be removed") && plan.contains("1 to remove"), "\(plan)")
        #expect(!plan.contains("/two/moved"), "\(plan)")

        // Only the hash of this very plan removes anything.
        let wrong = String(repeating: "0", count: 64)
        let (refused, why) = try cluster.pacer("sync", "--source", "two", "--confirm", wrong)
        #expect(refused == 1, "\(why)")
        #expect(Set(try cluster.everyTask().filter(\.isAlive).map(\.id)) == before)
        let found = try #require(plan.range(of: "(?<=--confirm )[0-9a-f]{64}", options: .regularExpression))
        let confirm = ["sync", "--source", "two", "--confirm", String(plan[found]), "--wait", "--deadline", "60s"]
        let (status, said) = try cluster.pacer(confirm)
        #expect(status == 0, "\(said)")
        try await eventually("only the removed app is gone", details: { cluster.report() }) {
            try cluster.status().keys.sorted() == ["/a", "/two/moved"] && cluster.pacer("drift").status == 0
        }
        let alive = Set(try cluster.everyTask().filter(\.isAlive).map(\.id))
        #expect(alive == before.filter { !$0.hasPrefix("two_b.") }, "the moved app's tasks never stopped")
        #expect(try cluster.launches().count == 5)
        let sources = try cluster.get("http://127.0.0.1:\(cluster.apiPort)/api/v1/status") as? [String: Any]
        let names = (sources?["sources"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
        #expect(names == ["one"], "its record is gone")
    }
}

extension Cluster {
    /// Waits until the controller that was started last leads and is connected to Mesos.
    func leads() async throws {
        try await eventually("the new controller leads", details: { [self] in report() }) { [self] in
            try leader(among: controllers.suffix(1)) != nil
        }
    }

    /// The frameworks that are subscribed or may come back, by the master's word.
    func frameworks() throws -> [[String: Any]] {
        let answer = try get("http://127.0.0.1:\(mesosPort)/frameworks") as? [String: Any]
        return answer?["frameworks"] as? [[String: Any]] ?? []
    }
}
