import Domain
import OrderedCollections
import Testing

@testable import Rollout

/// Apps without a health check, of which nothing but time can tell whether they work.
struct UncheckedTests {
    private let web = app("/web")

    private func spec(_ cmd: String, _ rollout: RolloutStrategy? = nil) -> Spec {
        Spec(AppSpec(id: web, cmd: cmd, instances: 2, rollout: rollout), sha256: testDigest)
    }

    private func commit(_ spec: Spec, to world: inout World) {
        world.git[web] = spec
        world.sync()
    }

    /// A world whose app has been healthy on v1 for long enough.
    private func settled() -> World {
        var world = World(seed: 5)
        commit(spec("v1"), to: &world)
        while world.live(.good) {}
        while world.wake() {}
        return world
    }

    private func commands(_ world: World) -> [String] {
        world.members(of: web).filter { $0.goal == .running }.compactMap { world.specs[$0.digest]?.app.cmd }
    }

    @Test func `a new instance counts once it has run for five seconds`() {
        var world = World(seed: 5)
        let began = world.now
        commit(spec("v1"), to: &world)
        while world.live(.good) {}
        #expect(world.records[web]?.rollout?.phase == .rolling)
        #expect(world.records[web]?.lastHealthy == nil)
        while world.wake() {}
        #expect(world.records[web]?.rollout == nil)
        #expect(world.records[web]?.lastHealthy == spec("v1").digest)
        #expect(world.now >= began + .seconds(5))
    }

    @Test func `a way back stops nothing that is healthy for tasks that have just begun to run`() {
        var world = settled()
        commit(spec("v2"), to: &world)
        while world.live(.good) {}
        while world.wake() {}
        #expect(commands(world) == ["v2", "v2"])
        world.order(.rollback, web)
        while world.live(.good) {}
        #expect(commands(world).count { $0 == "v2" } == 2, "the old version has not shown yet that it still runs")
        while world.records[web]?.rollout != nil, world.wake() || world.live(.good) {}
        #expect(commands(world) == ["v1", "v1"])
        #expect(world.violations.isEmpty)
    }

    @Test func `a version that runs for a moment and then ends takes nothing down, and goes back`() {
        var world = settled()
        commit(spec("crash"), to: &world)
        for _ in 0..<3 {
            while world.live(.good) {}
            #expect(
                commands(world).count { $0 == "v1" } == 2,
                "the old version stays until the new one has proved itself"
            )
            let young = world.members(of: web).first {
                world.specs[$0.digest]?.app.cmd == "crash" && $0.goal == .running
            }
            guard let young else {
                Issue.record("no new instance")
                return
            }
            #expect(young.condition == .running)
            world.fail(young)
        }
        #expect(world.records[web]?.heldBack?.digest == spec("crash").digest)
        #expect(world.records[web]?.desired == spec("v1").digest)
        while world.live(.good) {}
        while world.wake() {}
        #expect(commands(world) == ["v1", "v1"])
        #expect(world.records[web]?.lastHealthy == spec("v1").digest)
        #expect(world.violations.isEmpty)
    }

    @Test func `a new app that ends again and again is paused, and was never healthy`() {
        var world = World(seed: 6)
        commit(spec("crash"), to: &world)
        for _ in 0..<3 {
            while world.live(.good) {}
            guard let member = world.members(of: web).first(where: { $0.condition == .running }) else {
                Issue.record("nothing runs")
                return
            }
            world.fail(member)
        }
        #expect(world.records[web]?.rollout?.phase == .paused)
        #expect(world.records[web]?.lastHealthy == nil)
    }

    @Test func `with a watch of nothing an instance counts as soon as it runs, as in Marathon`() {
        var world = World(seed: 5)
        commit(spec("v1", RolloutStrategy(watch: .zero)), to: &world)
        while world.live(.good) {}
        #expect(world.records[web]?.rollout == nil)
    }

    @Test func `a check speaks for itself: nothing is watched where the definition does not say so`() {
        let checked = AppSpec(id: web, cmd: "v1", healthChecks: [HealthCheck(probe: .command("true"))])
        #expect(checked.watch == .zero)
        #expect(AppSpec(id: web, cmd: "v1").watch == .seconds(5))
        #expect(AppSpec(id: web, cmd: "v1", rollout: RolloutStrategy(watch: .seconds(30))).watch == .seconds(30))
    }
}
