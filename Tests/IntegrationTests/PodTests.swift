import Foundation
import Testing

/// A pod on real Mesos: its task groups start, are replaced and are healed as a whole.
@Suite(.serialized) struct PodTests {
    private static let containers = ["log", "web"]

    /// Two containers that share a folder: `log` runs until `web` wrote a word there, which makes it healthy.
    private static func pod(version: String) -> String {
        """
        environment: { VERSION: "\(version)" }
        volumes: [{ name: data }]
        containers:
          - name: web
            exec: { command: { shell: "echo $ENDPOINT_HTTP > data/port; exec sleep 100000" } }
            resources: { cpus: 0.2, mem: 32 }
            endpoints: [{ name: http, hostPort: 0 }]
            volumeMounts: [{ name: data, mountPath: data }]
          - name: log
            exec: { command: { argv: [sleep, "100000"] } }
            resources: { cpus: 0.1, mem: 32 }
            volumeMounts: [{ name: data, mountPath: seen }]
            healthCheck:
              exec: { command: { shell: "test -s seen/port" } }
              delaySeconds: 0
              intervalSeconds: 1
              gracePeriodSeconds: 60
        scaling: { kind: fixed, instances: 2 }
        scheduling: { upgrade: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.5 }, backoff: { backoff: 1 } }
        """
    }

    /// The running members by task group, as Mesos tells it.
    private static func groups(_ cluster: Cluster) throws -> [String: Set<String>] {
        var groups: [String: Set<String>] = [:]
        for container in containers {
            for task in try cluster.running(container) {
                let id = task["id"] as? String ?? ""
                #expect(id.hasSuffix(".\(container)"))
                groups[String(id.dropLast(container.count + 1)), default: []].insert(container)
            }
        }
        return groups
    }

    @Test(.timeLimit(.minutes(5)))
    func `a pod runs, is replaced by a new version, and is started again when one container is killed`() async throws {
        let cluster = try Cluster()
        defer { cluster.tearDown() }
        try cluster.push(["pod.yaml": Self.pod(version: "1"), "app.yaml": Apps.sleeper(instances: 1)])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/pod", "/app"])
        let first = try Self.groups(cluster)
        #expect(first.count == 2 && first.values.allSatisfy { $0 == Set(Self.containers) }, "\(first)")

        let app = try cluster.get("http://127.0.0.1:\(cluster.apiPort)/api/v1/apps/pod") as? [String: Any]
        let instances = app?["instance_list"] as? [[String: Any]] ?? []
        let members = instances.compactMap { ($0["task"] as? [String: Any])?["members"] as? [[String: Any]] }
        #expect(members.map { $0.compactMap { $0["container"] as? String } } == [Self.containers, Self.containers])

        try cluster.push(["pod.yaml": Self.pod(version: "2")])
        try await eventually("only the new version's groups run", details: { cluster.report() }) {
            let now = try Self.groups(cluster)
            return now.count == 2 && Set(now.keys).isDisjoint(with: first.keys)
        }
        try await cluster.settled(["/pod"])
        let second = try Self.groups(cluster)

        let victim = try #require(second.keys.sorted().first)
        let process = try #require(try cluster.process(of: "\(victim).web"), "\(cluster.report())")
        kill(process, SIGKILL)
        try await eventually("the group is gone, and another one is there", details: { cluster.report() }) {
            let now = try Self.groups(cluster)
            return now.count == 2 && now[victim] == nil && now.values.allSatisfy { $0 == Set(Self.containers) }
        }
        try await cluster.settled(["/pod"])
        let states = try cluster.tasks().filter { ($0["id"] as? String ?? "").hasPrefix("\(victim).") }
        #expect(Set(states.compactMap { $0["state"] as? String }) == ["TASK_FAILED", "TASK_KILLED"])

        // Controller and agents come back: the groups have lived on.
        let third = try Self.groups(cluster)
        cluster.killController()
        cluster.killMesos()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/pod"])
        #expect(try Self.groups(cluster) == third, "\(cluster.report())")

        try cluster.push(["pod.yaml": nil])
        try await eventually("no task of the pod runs", details: { cluster.report() }) {
            try Self.groups(cluster).isEmpty
        }
    }
}
