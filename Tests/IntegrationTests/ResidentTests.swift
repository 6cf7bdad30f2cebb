import Foundation
import Testing

/// Apps with persistent volumes through the whole of Pacer: their data outlives everything but their removal.
@Suite(.serialized) struct ResidentTests {
    /// Each task writes its id into the volume.
    private static func app(on disk: String, version: String = "1") -> String {
        """
        cmd: "echo $MESOS_TASK_ID >> data/log; exec sleep 100000"
        cpus: 0.1
        mem: 32
        env: { VERSION: "\(version)" }
        portDefinitions: []
        backoffSeconds: 1
        container: { type: MESOS, volumes: [{ containerPath: data, mode: RW, persistent: { size: 16, type: \(disk) } }] }
        """
    }

    /// An agent's resources, with the disks that it has beside its own.
    private static func resources(_ disks: [(kind: String, root: URL, size: Int)]) -> String {
        let plain = [("cpus", 4), ("mem", 4096), ("disk", 4096)].map { name, amount in
            #"{"name": "\#(name)", "type": "SCALAR", "scalar": {"value": \#(amount)}}"#
        }
        let others = disks.map { disk in
            let kind = disk.kind.uppercased()
            let source = #"{"type": "\#(kind)", "\#(disk.kind)": {"root": "\#(disk.root.path)"}}"#
            return
                #"{"name": "disk", "type": "SCALAR", "scalar": {"value": \#(disk.size)}, "disk": {"source": \#(source)}}"#
        }
        return "[\((plain + others).joined(separator: ", "))]"
    }

    /// What every task of an app has written so far, as its running task sees it.
    private static func log(_ cluster: Cluster, _ app: String) throws -> [String] {
        guard let task = try cluster.running(app).first?["id"] as? String else { return [] }
        let sandboxes = "\(cluster.folder.path)/mesos/agents/*/*/slaves/*/frameworks/*/executors"
        let (status, text) = try Project.run("sh", ["-c", "cat \(sandboxes)/\(task)/runs/latest/data/log"])
        guard status == 0 else { return [] }
        return text.split(separator: "\n").map(String.init)
    }

    /// Waits until the volumes of all apps have seen so many tasks, of which the last one runs.
    /// - Returns: the tasks by app, in order.
    private static func seen(_ cluster: Cluster, _ count: Int, of apps: [String]) async throws -> [String: [String]] {
        var logs: [String: [String]] = [:]
        try await eventually("each volume has seen \(count) tasks", details: { "\(logs)\n\(cluster.report())" }) {
            logs = try apps.reduce(into: [:]) { $0[$1] = try log(cluster, $1) }
            return try apps.allSatisfy { app in
                let running = try cluster.running(app).compactMap { $0["id"] as? String }
                return logs[app]?.count == count && running == logs[app]?.suffix(1)
            }
        }
        return logs
    }

    @Test(.timeLimit(.minutes(8)))
    func `data outlives tasks, versions, controllers and agents, and goes with its app`() async throws {
        let cluster = try Cluster(agents: 2, session: .seconds(2), poll: .milliseconds(300))
        defer { cluster.tearDown() }
        let path = cluster.folder.appending(path: "disks/path")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        var disks = [(kind: "path", root: path, size: 512)]
        if let mount = try cluster.mountDisk("disks/mount") {
            disks.append((kind: "mount", root: mount, size: 64))
        } else {
            Issue.record("no disk can be mounted here: a whole disk as a volume is not tried", severity: .warning)
        }
        cluster.flags["AGENT0_RESOURCES"] = ResidentTests.resources(disks)
        cluster.framework["role"] = "db"
        let apps = ["root"] + disks.map(\.kind)
        let ids = apps.map { "/\($0)" }
        let files = { (version: String) in
            apps.reduce(into: [String: String?]()) {
                $0["\($1).yaml"] = ResidentTests.app(on: $1, version: version)
            }
        }
        try cluster.push(files("1").merging(["plain.yaml": Apps.sleeper(instances: 1)]) { $1 })
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(ids)
        let first = try await ResidentTests.seen(cluster, 1, of: apps)

        for app in apps {
            let task = try #require(first[app]?.last)
            kill(try #require(try cluster.process(of: task)), SIGKILL)
        }
        let second = try await ResidentTests.seen(cluster, 2, of: apps)
        #expect(apps.allSatisfy { second[$0]?.first == first[$0]?.first })
        try await cluster.settled(ids)

        // The next version takes the place of the one before, whoever leads.
        try cluster.push(files("2"))
        let leader = try #require(cluster.controller)
        try await eventually("a replacement has begun", every: .milliseconds(1), details: { cluster.report() }) {
            leader.text.contains("task.killing")
        }
        cluster.killController()
        try await cluster.startController()
        let third = try await ResidentTests.seen(cluster, 3, of: apps)
        try await cluster.settled(ids)
        #expect(apps.allSatisfy { third[$0]?.prefix(2) == second[$0]?[...] })

        cluster.killMesos()
        try await cluster.startMesos()
        try await cluster.settled(ids)
        #expect(try await ResidentTests.seen(cluster, 3, of: apps) == third, "the tasks lived on with their data")

        // Nothing stays behind: no reservation in the master, no file on a disk.
        #expect(try cluster.reserved().count == 2)
        try cluster.push(apps.reduce(into: [:]) { $0["\($1).yaml"] = .some(nil) })
        try await eventually("nothing is reserved", details: { cluster.report() }) { try cluster.reserved().isEmpty }
        try await eventually("the apps are gone", details: { cluster.report() }) {
            try cluster.status().keys.sorted() == ["/plain"]
        }
        let (_, left) = try Project.run("find", [cluster.folder.path, "-name", "log", "-type", "f"])
        #expect(left.split(separator: "\n").filter { $0.contains("/disks/") || $0.contains("/volumes/") } == [])
        try await eventually("there is no drift", details: { cluster.report() }) {
            try cluster.pacer("drift").status == 0
        }
        #expect(try cluster.launches().values.allSatisfy { $0 == 1 })
    }
}

extension Cluster {
    /// What is reserved on each agent, by the master's word; agents that have nothing of it are left out.
    func reserved() throws -> [String: [String: Any]] {
        try agentsByHost().compactMapValues { agent in
            let reserved = agent["reserved_resources_full"] as? [String: Any] ?? [:]
            return reserved.isEmpty ? nil : reserved
        }
    }
}
