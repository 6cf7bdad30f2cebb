import Foundation
import Testing

/// The invariants of the simulation on the real Mesos and ZooKeeper. One test at a time: each wants the machine for itself.
@Suite(.serialized) struct ChaosTests {
    /// `PACER_CHAOS_SEED` replays a run, `PACER_CHAOS_ROUNDS` makes it longer.
    private static func variable(_ name: String, otherwise value: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
    }

    @Test(.timeLimit(.minutes(60)))
    func `controllers killed thirty times during a stream of commits: nothing runs twice or leaves its bounds`()
        async throws
    {
        let seed = UInt64(ChaosTests.variable("PACER_CHAOS_SEED", otherwise: 20_261))
        let rounds = ChaosTests.variable("PACER_CHAOS_ROUNDS", otherwise: 30)
        let cluster = try Cluster(session: .seconds(2), poll: .milliseconds(300))
        defer { cluster.tearDown() }
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        let chaos = Chaos(cluster, seed: seed)
        try await chaos.begin()
        for round in 1...rounds { try await chaos.round(round) }
        let violations = try await chaos.violations()
        #expect(violations == [], "\(violations.joined(separator: "\n"))\nPACER_CHAOS_SEED=\(seed)\n\(chaos.report)")
    }

    @Test(.timeLimit(.minutes(5)))
    func `twenty instances on four agents are replaced within their bounds`() async throws {
        let cluster = try Cluster(agents: 4)
        defer { cluster.tearDown() }
        let app = { (version: String) in
            Apps.sleeper(
                instances: 20,
                version: version,
                health: 0.8,
                over: 0.2,
                more: "labels: { version: \"\(version)\" }"
            )
        }
        try cluster.push(["many.yaml": app("1")])
        try await cluster.startZooKeeper()
        try await cluster.startMesos()
        try await cluster.startController()
        try await cluster.settled(["/many"])
        let watch = BoundsWatch(cluster: cluster)
        watch.hold("many", Bounds(of: 20, health: 0.8, over: 0.2))
        try cluster.push(["many.yaml": app("2")])
        try await eventually("only the new version runs", within: .seconds(150), details: { cluster.report() }) {
            let alive = try watch.look().filter(\.isAlive)
            return alive.count == 20 && alive.allSatisfy { $0.version == "2" && $0.state == "TASK_RUNNING" }
        }
        try watch.judgeHistory()
        #expect(watch.violations == [])
        #expect(try cluster.launches().values.allSatisfy { $0 == 1 })
        #expect(try cluster.launches().count == 40, "\(cluster.history(of: "many"))")
    }
}
