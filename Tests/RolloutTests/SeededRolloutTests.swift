import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

/// Named safety sentences over seeded runs: commits, failures, flapping checks, lost agents and crashes in any order.
struct SeededRolloutTests {
    static let paths = ["/db/main", "/db/log", "/shop/api", "/shop/web", "/shop/admin", "/front"]

    /// Ten seeds a case, so that the log stays readable.
    @Test(arguments: 0..<20)
    func `whatever happens, bounds hold at every step and the newest commit is reached in the end`(batch: Int) {
        for seed in UInt64(batch * 10)..<UInt64(batch * 10 + 10) {
            var world = turmoil(seed)
            settle(&world, seed)
        }
    }

    @Test func `the runs meet everything that can happen`() {
        var met: Set<String> = []
        for seed in UInt64(0)..<60 { met.formUnion(turmoil(seed).trace.map(\.kind)) }
        let all: Set = [
            "crash", "deploy", "start", "stop", "adopt", "relaunch", "removed", "changed waiting", "changed rolling",
            "changed removing", "changed settled", "began create", "began replace", "began update", "began scale",
            "began remove", "superseded", "waiting", "finished", "moved scheduled", "moved launching", "moved staging",
            "moved starting", "moved running", "moved killing", "moved unreachable", "check fails", "changed canary",
            "changed rolling without a turn",
            "changed paused", "changed rollingBack", "changed aborted", "promoted", "paused", "rolled back", "ordered",
            "expired", "brake", "pause done", "resume done", "abort done", "rollback done", "retry done",
            "restart done", "promote done", "suspend done", "pause refused", "resume refused", "abort refused",
            "rollback refused", "retry refused", "restart refused", "promote refused", "suspend refused",
            "scale done", "scale refused", "scaled",
        ]
        #expect(all.subtracting(met).isEmpty)
    }

    /// Four commits with failures and crashes in between.
    private func turmoil(_ seed: UInt64) -> World {
        var world = World(seed: seed, policy: seed.isMultiple(of: 2) ? World.tightPolicy : RolloutPolicy())
        for _ in 0..<4 {
            commit(&world)
            world.sync(crashAfter: crashPoint(&world))
            if world.random.happens(40) { for _ in 0..<60 where !world.live(.good) { break } }
            for _ in 0..<Int.random(in: 0..<30, using: &world.random) {
                world.live(.any, crashAfter: crashPoint(&world))
                meddle(&world)
            }
        }
        return world
    }

    /// From here on nothing fails: the newest commit is reached.
    private func settle(_ world: inout World, _ seed: UInt64) {
        for id in Array(world.git.keys) where world.git[id]?.app.cmd == "broken" {
            world.git[id] = anySpec(id.path, &world.random, mayBreak: false)
        }
        world.sync()
        for id in Array(world.records.keys).sorted() {
            world.order(.resume, id)
            world.order(.retry, id)
        }
        for step in 0..<5000 {
            // Broken old tasks may go on for ever, so nobody waits for quiet before the canaries pass.
            if step.isMultiple(of: 50) { promoteCanaries(&world) }
            guard !world.live(.good) else { continue }
            promoteCanaries(&world)
            guard world.isMoving || world.wake() else { break }
        }

        report(world, seed)
        for (id, spec) in world.git {
            #expect(
                world.isSettled(id, spec),
                "seed \(seed): \(id) \(world.rollouts.progress(of: id)) \(world.rollouts.record(of: id)?.rollout?.phase.rawValue ?? "-"): \(world.rollouts.record(of: id)?.rollout?.reason ?? "")"
            )
        }
        #expect(Set(world.records.keys) == Set(world.git.keys), "seed \(seed)")
        #expect(world.plan.changes.isEmpty, "seed \(seed): a plan right after a deployment is empty")
    }

    private func promoteCanaries(_ world: inout World) {
        for id in Array(world.records.keys).sorted() where world.records[id]?.rollout?.phase == .canary {
            world.order(.promote, id)
        }
    }

    /// Now and then somebody orders something, or time passes.
    private func meddle(_ world: inout World) {
        if world.random.happens(5) { _ = world.wake() }
        if world.random.happens(5) { promoteCanaries(&world) }
        guard world.random.happens(10), let id = world.records.keys.sorted().randomElement(using: &world.random),
            let verb = RolloutVerb.allCases.randomElement(using: &world.random)
        else { return }
        world.order(
            verb,
            id,
            duration: world.random.happens(50) ? .seconds(1) : nil,
            instances: verb == .scale ? Int.random(in: 0...6, using: &world.random) : nil,
            crashAfter: crashPoint(&world)
        )
    }

    /// Prints what happened, once, where a run went wrong.
    private func report(_ world: World, _ seed: UInt64) {
        guard !world.violations.isEmpty else { return }
        let tail = world.trace.suffix(60).map { "\($0)" }.joined(separator: "\n")
        Issue.record("seed \(seed): \(world.violations)\n\(tail)")
    }

    /// One turn in ten ends in the middle, after a random number of its effects reached the store.
    private func crashPoint(_ world: inout World) -> Int? {
        world.random.happens(10) ? Int.random(in: 0..<6, using: &world.random) : nil
    }

    private func commit(_ world: inout World) {
        for path in SeededRolloutTests.paths {
            let roll = Int.random(in: 0..<100, using: &world.random)
            if roll < 15 && world.git.count > 1 {
                world.git[app(path)] = nil
            } else if roll < 30, let present = world.git[app(path)] {
                var definition = present.app
                definition.instances = Int.random(in: 0...6, using: &world.random)
                world.git[app(path)] = Spec(definition, sha256: testDigest)
            } else if roll < 55 || world.git.isEmpty {
                world.git[app(path)] = anySpec(path, &world.random, mayBreak: true)
            }
        }
    }

    private func anyStrategy(_ random: inout SplitMix64) -> RolloutStrategy {
        RolloutStrategy(
            canary: Int.random(in: 0...2, using: &random),
            promotion: random.happens(20) ? .manual : .automatic,
            watch: random.happens(50) ? Milliseconds(300) : .zero,
            maxFailures: Int.random(in: 1...3, using: &random),
            onFailure: RolloutStrategy.OnFailure.allCases.randomElement(using: &random) ?? .rollback,
            deadline: .seconds(30)
        )
    }

    /// A spec of few variants, so that commits often go back to one that some instances still run.
    private func anySpec(_ path: String, _ random: inout SplitMix64, mayBreak: Bool) -> Spec {
        let place = SeededRolloutTests.paths.firstIndex(of: path) ?? 0
        let lower = SeededRolloutTests.paths.prefix(place) + (place >= 2 ? ["/db"] : []) + (place >= 5 ? ["/shop"] : [])
        let commands = mayBreak ? ["v1", "v2", "v3", "broken"] : ["v1", "v2", "v3"]
        let spec = spec(
            path,
            cmd: commands.randomElement(using: &random) ?? "v1",
            instances: Int.random(in: 0...5, using: &random),
            minimumHealthy: [0, 50, 75, 100].randomElement(using: &random) ?? 100,
            maximumOver: [0, 20, 50, 100].randomElement(using: &random) ?? 100,
            checked: Bool.random(using: &random),
            dependencies: lower.filter { _ in random.happens(30) },
            kill: Bool.random(using: &random) ? .youngestFirst : .oldestFirst,
            rollout: random.happens(50) ? anyStrategy(&random) : nil
        )
        return path == "/db/log" ? resident(spec) : spec
    }
}
