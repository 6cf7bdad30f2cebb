import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

/// A pause by a person has an end; one that the machine makes waits for a person.
struct PauseTests {
    private let web = app("/web")

    /// A world in the middle of a rollout from v1 to v2.
    private func rolling(_ command: String = "v2", _ strategy: RolloutStrategy? = nil) -> World {
        var world = World(seed: 23)
        for version in ["v1", command] {
            world.git[web] = spec("/web", cmd: version, instances: 3, minimumHealthy: 50, rollout: strategy)
            world.sync()
            if version == "v1" { while world.live(.good) {} }
        }
        return world
    }

    private func rollout(_ world: World) -> RolloutRecord? { world.records[web]?.rollout }

    private func isSettled(_ world: World, on command: String) -> Bool {
        world.isSettled(web, spec("/web", cmd: command, instances: 3, minimumHealthy: 50))
    }

    @Test func `a pause ends when its time is over, and the rollout goes on where it was`() throws {
        var world = rolling()
        world.order(.pause, web, duration: .seconds(60))
        let until = world.now + .seconds(60)
        #expect(rollout(world)?.reason == "paused by anna until \(until.brief)")
        #expect(world.rollouts.nextDeadline == until)
        while world.live(.good) {}
        #expect(rollout(world)?.phase == .paused)
        while rollout(world)?.phase == .paused, world.wake() {}
        #expect(world.now == until)
        #expect(world.notes.contains(.expired(web, "the pause by anna")))
        while world.live(.good) {}
        #expect(isSettled(world, on: "v2"))
    }

    @Test func `a pause without a time lasts for a day`() {
        var world = rolling()
        world.order(.pause, web)
        #expect(rollout(world)?.order?.until == world.now + .seconds(24 * 3600))
    }

    @Test func `after the end of a pause a rollout may fail as often as at its beginning`() {
        var world = rolling("broken")
        while rollout(world)?.failures != 2 { world.live(.good) }
        world.order(.pause, web, duration: .seconds(60))
        while rollout(world)?.phase == .paused, world.wake() {}
        #expect(rollout(world)?.failures == 0)
        #expect(rollout(world)?.phase == .rolling)
    }

    @Test func `what paused by itself has no end, and still stands there later than any pause lasts`() {
        var world = rolling("broken", RolloutStrategy(onFailure: .pause))
        for _ in 0..<200 where rollout(world)?.phase != .paused { world.live(.good) }
        #expect(rollout(world)?.order == nil)
        world.now = world.now + .seconds(30 * 24 * 3600)
        world.turn()
        #expect(rollout(world)?.phase == .paused)
        #expect(world.rollouts.nextDeadline == nil)
    }

    @Test func `a new leader ends the pause of the one before it`() {
        var world = rolling()
        world.order(.pause, web, duration: .seconds(60))
        world.crash()
        #expect(rollout(world)?.phase == .paused)
        while rollout(world)?.phase == .paused, world.wake() {}
        while world.live(.good) {}
        #expect(isSettled(world, on: "v2"))
    }

    @Test func `a paused app that is suspended too says why it is paused when it may run again`() {
        var world = rolling()
        world.order(.pause, web)
        let reason = rollout(world)?.reason
        world.order(.suspend, web, duration: .seconds(60))
        while world.live(.good) {}
        #expect(world.members(of: web).isEmpty)
        while world.records[web]?.suspension != nil, world.wake() {}
        #expect(rollout(world)?.phase == .paused)
        #expect(rollout(world)?.reason == reason)
    }
}
