import Foundation
import Simulation
import Testing

/// The whole controller in virtual time, with seeded faults. `PACER_SIM_SEEDS=N` tries more seeds, `PACER_SIM_SEED=n`
/// just one, whose trace is printed.
@Suite struct WorldTests {
    static let environment = ProcessInfo.processInfo.environment

    static var seeds: [UInt64] {
        if let seed = environment["PACER_SIM_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        let count = environment["PACER_SIM_SEEDS"].flatMap { UInt64($0) } ?? 200
        return Array(1...max(1, count))
    }

    struct Outcome: Sendable {
        var seed: UInt64
        var turns: Int
        var commits: Int
        var tasks: Int
        var faults: [String: Int]
        var violations: [String]
        var trace: String
    }

    @Test func `no seed breaks an invariant, and after quiet what runs is the newest commit`() async throws {
        let outcomes = await withTaskGroup(of: Outcome.self) { group in
            var waiting = Self.seeds.makeIterator()
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                if let seed = waiting.next() { group.addTask { Self.live(seed) } }
            }
            var outcomes: [Outcome] = []
            for await outcome in group {
                outcomes.append(outcome)
                if let seed = waiting.next() { group.addTask { Self.live(seed) } }
            }
            return outcomes.sorted { $0.seed < $1.seed }
        }
        for outcome in outcomes where !outcome.violations.isEmpty {
            Issue.record(
                """
                seed \(outcome.seed): \(outcome.violations.joined(separator: "\n"))
                replay it with: make sim SEED=\(outcome.seed)
                \(outcome.trace)
                """
            )
        }
        var faults: [String: Int] = [:]
        for outcome in outcomes { faults.merge(outcome.faults) { $0 + $1 } }
        let turns = outcomes.reduce(0) { $0 + $1.turns }
        let commits = outcomes.reduce(0) { $0 + $1.commits }
        let tasks = outcomes.reduce(0) { $0 + $1.tasks }
        print("simulation: \(outcomes.count) seeds, \(turns) turns, \(commits) commits, \(tasks) tasks launched")
        for (kind, count) in faults.sorted(by: { $0.key < $1.key }) { print("simulation: \(count) x \(kind)") }
        if outcomes.count >= 100 {
            for kind in World.faultKinds { #expect((faults[kind] ?? 0) > 0, "the fault '\(kind)' never occurred") }
        }
    }

    @Test(arguments: [UInt64(7), 42, 4711])
    func `the same seed gives the same run to the letter`(seed: UInt64) {
        var first = World(seed: seed)
        first.run()
        var second = World(seed: seed)
        second.run()
        #expect(first.trace.sum == second.trace.sum)
        #expect(first.turns == second.turns)
    }

    static func live(_ seed: UInt64) -> Outcome {
        var world = World(seed: seed)
        world.run()
        if environment["PACER_SIM_SEED"] != nil { print(world.trace.text()) }
        return Outcome(
            seed: seed,
            turns: world.turns,
            commits: world.store.commits,
            tasks: world.master.tasks.count,
            faults: world.faults,
            violations: world.violations,
            trace: world.violations.isEmpty ? "" : world.trace.text(last: 400)
        )
    }
}
