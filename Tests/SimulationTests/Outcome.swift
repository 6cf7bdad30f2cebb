import Foundation
import Simulation

/// How a world's life ended.
struct Outcome: Sendable {
    var seed: UInt64
    var violations: [String]
    var coverage: Coverage
    /// The last lines, where something is wrong.
    var trace: String

    init(_ world: World, number: UInt64) {
        seed = number
        violations = world.violations
        coverage = Coverage(world)
        trace = world.violations.isEmpty ? "" : world.trace.text(last: 400)
    }
}

/// What a set of worlds has seen.
struct Coverage: Sendable, CustomStringConvertible {
    var seeds = 0
    var turns = 0
    var commits = 0
    var tasks = 0
    var effects = 0
    var faults: [String: Int] = [:]
    var orders: [String: Int] = [:]
    var sights: [String: Int] = [:]
    var crashes: [CrashPoint: Int] = [:]

    init() {}

    init(_ world: World) {
        seeds = 1
        turns = world.turns
        commits = world.store.commits
        tasks = world.master.tasks.count
        effects = world.effects
        faults = world.faults
        orders = world.orders
        sights = world.sights
        crashes = world.crashes
    }

    mutating func add(_ other: Coverage) {
        seeds += other.seeds
        turns += other.turns
        commits += other.commits
        tasks += other.tasks
        effects += other.effects
        faults.merge(other.faults) { $0 + $1 }
        orders.merge(other.orders) { $0 + $1 }
        sights.merge(other.sights) { $0 + $1 }
        crashes.merge(other.crashes) { $0 + $1 }
    }

    /// Everything that a set of worlds should have seen, and how often it has.
    var kinds: [(kind: String, name: String, count: Int)] {
        let expected: [(String, [String], [String: Int])] = [
            ("fault", World.faultKinds, faults), ("order", World.orderKinds, orders),
            ("seen", World.sightKinds, sights),
        ]
        let counted = expected.flatMap { kind, names, counts in
            Set(names).union(counts.keys).sorted().map { (kind: kind, name: $0, count: counts[$0] ?? 0) }
        }
        return CrashPoint.allCases.map { (kind: "crash", name: $0.rawValue, count: crashes[$0] ?? 0) } + counted
    }

    /// What should have occurred and did not.
    var missing: [String] { kinds.filter { $0.count == 0 }.map { "\($0.kind): \($0.name)" } }

    /// How many died where.
    var deaths: String {
        crashes.map { "\($0.value) \($0.key.rawValue)" }.sorted().joined(separator: ", ")
    }

    var description: String {
        let counts = "\(seeds) seeds, \(turns) turns, \(commits) commits, \(tasks) tasks, \(effects) effects"
        let lines = kinds.map { "simulation: \($0.count) x \($0.kind): \($0.name)" }
        return (["simulation: " + counts] + lines).joined(separator: "\n")
    }
}

/// Lives through some worlds, as many at a time as there are processors.
func lives(of numbers: [UInt64], _ make: @escaping @Sendable (UInt64) -> World) async -> [Outcome] {
    await withTaskGroup(of: Outcome.self) { group in
        var waiting = numbers.makeIterator()
        let live: @Sendable (UInt64) -> Outcome = { number in
            var world = make(number)
            world.run()
            if numbers.count == 1 { print(world.trace.text()) }
            return Outcome(world, number: number)
        }
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
            if let number = waiting.next() { group.addTask { live(number) } }
        }
        var outcomes: [Outcome] = []
        for await outcome in group {
            outcomes.append(outcome)
            if let number = waiting.next() { group.addTask { live(number) } }
        }
        return outcomes.sorted { $0.seed < $1.seed }
    }
}
