import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

struct CanaryTests {
    private func world(_ strategy: RolloutStrategy) -> World {
        var world = World(seed: 1)
        world.git[app("/web")] = spec("/web", cmd: "v1", instances: 4, minimumHealthy: 50, rollout: strategy)
        world.sync()
        while world.live(.good) {}
        world.git[app("/web")] = spec("/web", cmd: "v2", instances: 4, minimumHealthy: 50, rollout: strategy)
        world.sync()
        return world
    }

    private func count(_ cmd: String, in world: World) -> Int {
        world.members(of: app("/web")).count { world.specs[$0.digest]?.app.cmd == cmd && $0.goal == .running }
    }

    @Test func `a new app has no canary: there is nothing to compare it with`() {
        var world = World(seed: 1)
        world.git[app("/web")] = spec("/web", instances: 4, rollout: RolloutStrategy(canary: 1))
        world.sync()
        #expect(world.records[app("/web")]?.rollout?.phase == .rolling)
    }

    @Test func `only the canary comes out until it is healthy, in the place of as many old ones`() {
        var world = world(RolloutStrategy(canary: 1, promotion: .manual))
        #expect(world.records[app("/web")]?.rollout?.phase == .canary)
        while world.live(.good) {}
        #expect(count("v2", in: world) == 1)
        #expect(count("v1", in: world) == 3)
        #expect(world.records[app("/web")]?.rollout?.phase == .canary)
        #expect(world.records[app("/web")]?.rollout?.reason.contains("pacer rollout promote /web") == true)
        world.order(.promote, app("/web"))
        #expect(world.records[app("/web")]?.rollout?.phase == .rolling)
        while world.live(.good) {}
        #expect(count("v2", in: world) == 4)
        #expect(world.records[app("/web")]?.rollout == nil)
        #expect(world.violations.isEmpty)
    }

    @Test func `a canary that a person paused passes by order, one that failed does not`() {
        var world = world(RolloutStrategy(canary: 1, promotion: .manual))
        world.order(.pause, app("/web"))
        world.order(.promote, app("/web"))
        #expect(world.records[app("/web")]?.rollout?.phase == .rolling)
        #expect(world.answers.last?.text.hasPrefix("the pause has ended; the canary passes") == true)
        let strategy = RolloutStrategy(canary: 1, maxFailures: 1, onFailure: .pause)
        world.git[app("/web")] = spec("/web", cmd: "broken", instances: 4, minimumHealthy: 50, rollout: strategy)
        world.sync()
        while world.records[app("/web")]?.rollout?.phase == .canary, world.live(.good) {}
        #expect(world.records[app("/web")]?.rollout?.phase == .paused)
        world.order(.promote, app("/web"))
        #expect(world.records[app("/web")]?.rollout?.phase == .paused)
        #expect(world.answers.last?.text.contains("pacer rollout retry /web") == true)
    }

    private func phase(_ world: World) -> RolloutRecord.Phase? { world.records[app("/web")]?.rollout?.phase }

    /// A canary that a person has let pass.
    private func promoted() -> World {
        var world = world(RolloutStrategy(canary: 1, promotion: .manual))
        while world.live(.good) {}
        world.order(.promote, app("/web"))
        return world
    }

    @Test func `what a person has let pass has no canary again when it is tried again, also under another leader`() {
        var world = promoted()
        world.order(.abort, app("/web"))
        world.crash()
        world.order(.retry, app("/web"))
        #expect(phase(world) == .rolling)
        while world.live(.good) {}
        #expect(count("v2", in: world) == 4)
        #expect(phase(world) == nil)
    }

    @Test func `what has failed since a person let it pass has a canary again when it is tried again`() throws {
        var world = promoted()
        let passed = world.members(of: app("/web")).first { world.specs[$0.digest]?.app.cmd == "v2" }
        world.fail(try #require(passed))
        world.order(.abort, app("/web"))
        world.order(.retry, app("/web"))
        #expect(phase(world) == .canary)
    }

    @Test(arguments: [RolloutVerb.retry, .resume])
    func `what a person left after it had passed is vouched for by who tries it again, and by no pin's end`(
        verb: RolloutVerb
    ) {
        var world = promoted()
        world.order(.rollback, app("/web"))
        while world.live(.good) {}
        #expect(count("v1", in: world) == 4)
        world.order(verb, app("/web"))
        #expect(phase(world) == (verb == .retry ? .rolling : .canary))
    }

    @Test func `another version has a canary of its own`() {
        var world = promoted()
        let strategy = RolloutStrategy(canary: 1, promotion: .manual)
        world.git[app("/web")] = spec("/web", cmd: "v3", instances: 4, minimumHealthy: 50, rollout: strategy)
        world.sync()
        #expect(phase(world) == .canary)
        #expect(world.records[app("/web")]?.promoted == nil)
    }

    @Test func `by default a canary that is healthy for as long as the watch passes by itself`() {
        var world = world(RolloutStrategy(canary: 1, watch: .seconds(60)))
        while world.live(.good) {}
        #expect(count("v2", in: world) == 1)
        let woke = world.wake()
        #expect(woke)
        let launched = world.members(of: app("/web")).compactMap(\.task).map(\.launched).max()
        #expect(launched.map { world.now >= $0 + .seconds(60) } == true)
        #expect(world.records[app("/web")]?.rollout?.phase == .rolling)
        while world.live(.good) || world.wake() {}
        #expect(count("v2", in: world) == 4)
        #expect(world.records[app("/web")]?.rollout == nil)
    }

    @Test func `a canary that fails too often takes the app back, and nothing old was touched but for its room`() {
        var world = world(RolloutStrategy(canary: 1, maxFailures: 1))
        world.git[app("/web")] = spec(
            "/web",
            cmd: "broken",
            instances: 4,
            minimumHealthy: 50,
            rollout: RolloutStrategy(canary: 1, maxFailures: 1)
        )
        while world.live(.good) {}
        world.sync()
        while world.live(.good) {}
        let record = world.records[app("/web")]
        #expect(count("v2", in: world) == 4)
        #expect(record?.rollout == nil)
        #expect(record?.heldBack?.digest == world.git[app("/web")]?.digest)
        #expect(record?.heldBack?.reason.contains("1 new task failed") == true)
        #expect(world.plan.changes.isEmpty, "what failed is not planned again")
    }

    @Test(arguments: [RolloutVerb.pause, .abort])
    func `what has not passed its canary does not pass with another number of instances`(verb: RolloutVerb) {
        let strategy = RolloutStrategy(canary: 1, promotion: .manual)
        var world = world(strategy)
        while world.live(.good) {}
        world.order(verb, app("/web"))
        world.git[app("/web")] = spec("/web", cmd: "v2", instances: 5, minimumHealthy: 50, rollout: strategy)
        world.sync()
        while world.live(.good) {}
        #expect(phase(world) == .canary)
        #expect(count("v2", in: world) == 1)
    }

    // MARK: - Where nothing old is beside it

    /// v2, which waits for its promotion, with another number of instances; a commit brings both numbers.
    private func crowded(_ promotion: RolloutStrategy.Promotion) -> World {
        var world = world(RolloutStrategy(canary: 1, promotion: .manual))
        while world.live(.good) {}
        let strategy = RolloutStrategy(canary: 1, promotion: promotion)
        world.git[app("/web")] = spec("/web", cmd: "v2", instances: 1, minimumHealthy: 50, rollout: strategy)
        world.sync()
        while world.live(.good) {}
        return world
    }

    @Test func `a commit that leaves no room for the canary beside the old version does not let it pass`() {
        var world = crowded(.manual)
        #expect(phase(world) == .canary)
        #expect(count("v1", in: world) == 3, "nothing moves before somebody says so")
        let words = "1 instance leaves no room for the canary beside the old version; it passes with: pacer rollout"
        #expect(world.records[app("/web")]?.rollout?.reason == "\(words) promote /web")
        #expect(world.records[app("/web")]?.rollout?.hindrance == .person)
        world.order(.promote, app("/web"))
        while world.live(.good) {}
        #expect(count("v1", in: world) == 0)
        #expect(count("v2", in: world) == 1)
        #expect(phase(world) == nil)
        #expect(world.violations.isEmpty)
    }

    @Test func `where a canary passes by itself and there is no room for one, there is none`() {
        let world = crowded(.automatic)
        #expect(phase(world) == nil)
        #expect(count("v2", in: world) == 1)
        #expect(world.violations.isEmpty)
    }

    @Test(arguments: [RolloutStrategy.Promotion.manual, .automatic])
    func `after a suspension the canary comes first, though nothing old runs beside it`(
        promotion: RolloutStrategy.Promotion
    ) {
        var world = world(RolloutStrategy(canary: 1, promotion: promotion))
        world.order(.abort, app("/web"))
        world.order(.suspend, app("/web"))
        while world.live(.good) {}
        world.order(.resume, app("/web"))
        world.order(.retry, app("/web"))
        #expect(phase(world) == .canary)
        #expect(count("v2", in: world) == 1)
        while world.live(.good) {}
        guard promotion == .manual else { return #expect(count("v2", in: world) == 4) }
        #expect(count("v2", in: world) == 1)
        let reason = world.records[app("/web")]?.rollout?.reason
        #expect(reason?.contains(", and nothing of the old version runs beside it; it passes with: pacer") == true)
        world.order(.promote, app("/web"))
        while world.live(.good) {}
        #expect(count("v2", in: world) == 4)
        #expect(world.violations.isEmpty)
    }

    @Test func `a commit that comes while the app is suspended has its canary when it starts`() {
        let strategy = RolloutStrategy(canary: 1, promotion: .manual)
        var world = promoted()
        while world.live(.good) {}
        world.order(.suspend, app("/web"))
        while world.live(.good) {}
        world.git[app("/web")] = spec("/web", cmd: "v3", instances: 4, minimumHealthy: 50, rollout: strategy)
        world.sync()
        world.order(.resume, app("/web"))
        while world.live(.good) {}
        #expect(phase(world) == .canary)
        #expect(count("v3", in: world) == 1)
    }

    @Test func `the version that was healthy last has none when it starts again`() {
        var world = promoted()
        while world.live(.good) {}
        world.order(.suspend, app("/web"))
        while world.live(.good) {}
        world.order(.resume, app("/web"))
        #expect(phase(world) == .rolling)
        #expect(count("v2", in: world) == 4)
    }

    @Test func `one that waits to begin has no canary yet`() {
        var world = World(seed: 1)
        let strategy = RolloutStrategy(canary: 1, promotion: .manual)
        world.git[app("/db")] = spec("/db", cmd: "v1", instances: 1, checked: true)
        world.git[app("/web")] = spec("/web", cmd: "v1", instances: 2, dependencies: ["/db"], rollout: strategy)
        world.sync()
        while world.live(.good) {}
        world.git[app("/db")] = spec("/db", cmd: "v2", instances: 1, checked: true)
        world.git[app("/web")] = spec("/web", cmd: "v2", instances: 2, dependencies: ["/db"], rollout: strategy)
        world.sync()
        world.order(.promote, app("/web"))
        #expect(world.answers.last?.isDone == false)
        #expect(world.answers.last?.text.hasPrefix("it has no canary out yet: waits until what it depends on") == true)
    }
}
