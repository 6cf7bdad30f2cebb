import Foundation
import Testing

/// What happens when parts of the world go away and come back.
@Suite(.serialized) struct FaultTests {
    @Test(.timeLimit(.minutes(5)))
    func `with ZooKeeper and Mesos absent at the start the controller says so, waits, and begins when they come`()
        async throws
    {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["a.yaml": Apps.sleeper(instances: 1)])
        try await cluster.startController(zookeeper: "zk://127.0.0.1:9/pacer", mesos: "http://127.0.0.1:9")
        try await eventually("readyz names ZooKeeper", details: { cluster.report() }) {
            let answer = try cluster.get("http://127.0.0.1:\(cluster.apiPort)/readyz") as? [String: Any]
            return "\(answer ?? [:])".lowercased().contains("zookeeper")
        }
        cluster.controller?.stop()
        try await cluster.startZooKeeper()
        try await cluster.startController(mesos: "http://127.0.0.1:9")
        try await eventually("readyz names Mesos", details: { cluster.report() }) {
            let answer = try cluster.get("http://127.0.0.1:\(cluster.apiPort)/readyz") as? [String: Any]
            return "\(answer ?? [:])".contains("Mesos")
        }
        cluster.controller?.stop()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/a"])
    }

    @Test(.timeLimit(.minutes(8)))
    func `ZooKeeper killed and started again: no task is touched, and work goes on`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["a.yaml": Apps.sleeper(instances: 3)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/a"])
        let before = try Set(cluster.running("a").compactMap { $0["id"] as? String })
        cluster.killZooKeeper()
        try await eventually("the controller stops leading", details: { cluster.report() }) {
            let answer = try cluster.get("http://127.0.0.1:\(cluster.apiPort)/readyz") as? [String: Any]
            return "\(answer ?? [:])".lowercased().contains("zookeeper")
        }
        try cluster.push(["b.yaml": Apps.sleeper(instances: 1)])
        try await cluster.startZooKeeper()
        try await cluster.settled(["/a", "/b"])
        let after = try Set(cluster.running("a").compactMap { $0["id"] as? String })
        #expect(after == before, "\(cluster.history(of: "a"))\n\(cluster.report())")
    }

    @Test(.timeLimit(.minutes(8)))
    func `Mesos killed and started again: the tasks live on, and work goes on`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["a.yaml": Apps.sleeper(instances: 3)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/a"])
        let before = try Set(cluster.running("a").compactMap { $0["id"] as? String })
        cluster.killMesos()
        try cluster.push(["b.yaml": Apps.sleeper(instances: 1)])
        try await cluster.startMesos()
        try await cluster.settled(["/a", "/b"], within: .seconds(180))
        let after = try Set(cluster.running("a").compactMap { $0["id"] as? String })
        #expect(after == before, "\(cluster.history(of: "a"))\n\(cluster.report())")
    }

    @Test(.timeLimit(.minutes(10)), arguments: [UInt64(1), 2, 3])
    func `the controller killed in the middle of a rolling replacement takes it up where it was`(
        seed: UInt64
    )
        async throws
    {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["web.yaml": Apps.web(instances: 4, health: 0.75, over: 0.25)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/web"])
        let old = try Set(cluster.running("web").compactMap { $0["id"] as? String })

        let watch = BoundsWatch(cluster: cluster)
        watch.hold("web", Bounds(of: 4, health: 0.75, over: 0.25), checked: true)
        try cluster.push(["web.yaml": Apps.web(instances: 4, version: "2", health: 0.75, over: 0.25)])
        // The moment of the kill: after so many new tasks have been seen.
        let moment = Int(seed)
        try await eventually("\(moment) new tasks", details: { cluster.report() }) {
            try watch.look()
            let new = try Set(cluster.running("web").compactMap { $0["id"] as? String }).subtracting(old)
            return new.count >= moment
        }
        cluster.killController()
        try await cluster.startController()
        try await eventually("only new tasks run", within: .seconds(150), details: { cluster.report() }) {
            try watch.look()
            let now = try Set(cluster.running("web").compactMap { $0["id"] as? String })
            return now.count == 4 && now.isDisjoint(with: old)
        }
        try await cluster.settled(["/web"])
        try watch.judgeHistory()
        #expect(watch.violations == [])
        // Mesos's own history: four tasks of the old version, four of the new; no more were ever launched.
        let all = try cluster.tasks().filter { $0["name"] as? String == "web" }
        #expect(all.count == 8, "\(cluster.history(of: "web"))")
    }

    @Test(.timeLimit(.minutes(2)))
    func `a store of a newer layout is refused with one clear line, and nothing in it is changed`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["a.yaml": Apps.sleeper(instances: 1)])
        try await cluster.startZooKeeper()
        let server = cluster.folder.appending(path: "zookeeper").path
        for node in [["/pacer", "x"], ["/pacer/version", "99"]] {
            let (status, output) = try Project.run(Project.script("zookeeper/cli").path, [server, "create"] + node)
            try #require(status == 0, "\(output)")
        }
        let file = try cluster.configuration(mesos: "http://127.0.0.1:9")
        let (status, output) = try Project.run(Project.pacer.path, ["controller", "--config", file.path])
        #expect(status == 1)
        #expect(output.contains("/pacer/version says 99, this Pacer knows 1. Run the newer Pacer"))
        let complaints = output.split(separator: "\n").filter { line in
            line.hasPrefix("pacer: ") || line.contains(" error ") || line.contains("ERROR")
        }
        #expect(complaints.count == 1, "\(output)")
    }
}
