import Foundation
import Simulation
import Testing

/// The whole controller in virtual time, with seeded faults. `PACER_SIM_SEEDS=N` tries that many seeds, `PACER_SIM_SEED=n`
/// just one, whose trace is printed.
@Suite struct WorldTests {
    static let environment = ProcessInfo.processInfo.environment
    static let single = environment["PACER_SIM_SEED"].flatMap { UInt64($0) }

    /// So many seeds see every kind of fault, order, crash and shape of a world, in some minutes of two processors.
    static let standard: UInt64 = 60

    static var seeds: [UInt64] {
        if let single { return [single] }
        let count = environment["PACER_SIM_SEEDS"].flatMap { UInt64($0) } ?? standard
        return Array(1...max(1, count))
    }

    @Test func `no seed breaks an invariant, and after quiet what runs is the newest commit`() async throws {
        let outcomes = await lives(of: Self.seeds) { World(seed: $0) }
        for outcome in outcomes where !outcome.violations.isEmpty {
            Issue.record(
                """
                seed \(outcome.seed): \(outcome.violations.joined(separator: "\n"))
                replay it with: make sim SEED=\(outcome.seed)
                \(outcome.trace)
                """
            )
        }
        let coverage = outcomes.reduce(into: Coverage()) { $0.add($1.coverage) }
        print(coverage)
        guard outcomes.count >= Self.standard else { return }
        for missing in coverage.missing { Issue.record("never occurred: \(missing)") }
    }

    /// A small world in which nothing goes wrong but this: once in all its life, one process dies.
    @Test(.enabled(if: single == nil))
    func `a crash at any one effect, before it or after it, breaks no invariant`() async throws {
        var whole = World(seed: 1, options: .crash(at: 0))
        whole.run()
        #expect(whole.violations.isEmpty)
        #expect(whole.effects > 200, "the world is too small: \(whole.effects) effects")
        for point in CrashPoint.allCases where point != .beforeReply && point != .afterReply {
            #expect((whole.passages[point] ?? 0) > 0, "the world never comes by \(point.rawValue)")
        }
        let outcomes = await lives(of: Array(1...UInt64(whole.effects))) { effect in
            World(seed: 1, options: .crash(at: Int(effect)))
        }
        let passed = outcomes.filter { $0.coverage.faults["controller killed"] != 1 }
        #expect(passed.isEmpty, "worlds in which nobody died: \(passed.map(\.seed))")
        for outcome in outcomes where !outcome.violations.isEmpty {
            Issue.record("crash at effect \(outcome.seed): \(outcome.violations)\n\(outcome.trace)")
        }
        let coverage = outcomes.reduce(into: Coverage()) { $0.add($1.coverage) }
        print("simulation: a crash at each of \(whole.effects) effects: \(coverage.deaths)")
    }

    /// Dictionaries and sets are in another order in every process: whatever leaks of it is found here.
    @Test(.enabled(if: single == nil), arguments: [UInt64(3), 7, 12, 42])
    func `two processes live through the same seed to the letter`(seed: UInt64) throws {
        let first = try Self.sum(of: seed)
        #expect(first.contains("seed \(seed) turns"))
        #expect(try first == Self.sum(of: seed))
        var here = World(seed: seed)
        here.run()
        #expect(first == "seed \(seed) turns \(here.turns) sum \(here.trace.sum)\n")
    }

    /// What the `pacer-sim` beside these tests says of a seed.
    private static func sum(of seed: UInt64) throws -> String {
        let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let process = Process()
        process.executableURL = folder.appending(path: "pacer-sim")
        process.arguments = ["\(seed)"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self)
    }
}
