import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

/// Another number of instances than git says, for a while.
struct ScaleTests {
    private let web = app("/web")

    /// A world whose app is healthy on v1, with three instances.
    private func settled(instances: Int = 3) -> World {
        var world = World(seed: 7)
        commit("v1", instances: instances, to: &world)
        rest(&world)
        return world
    }

    private func commit(_ cmd: String, instances: Int = 3, to world: inout World) {
        world.git[web] = spec("/web", cmd: cmd, instances: instances, minimumHealthy: 50, maximumOver: 50)
        world.sync()
    }

    /// Lets everything run until nothing moves.
    private func rest(_ world: inout World) {
        for _ in 0..<500 { guard world.live(.good) else { return } }
        Issue.record("it does not come to rest")
    }

    private func commands(_ world: World) -> [String] {
        world.members(of: web).filter { $0.goal == .running }.compactMap { world.specs[$0.digest]?.app.cmd }
    }

    @Test func `an app is led to the number, nothing restarts, and it goes back by itself when the time is over`()
        throws
    {
        var world = settled()
        let (tasks, digest) = (world.members(of: web).compactMap(\.task?.id), world.records[web]?.desired)
        world.order(.scale, web, duration: .seconds(3600), instances: 5)
        #expect(world.answers.last?.text == "has 5 instances instead of 3 until \((world.now + .seconds(3600)).brief)")
        #expect(
            world.records[web]?.rollout?.reason
                == "leads to 5 healthy instances; at least 3 stay healthy, at most 7 exist"
        )
        rest(&world)
        #expect(commands(world) == Array(repeating: "v1", count: 5))
        #expect(Set(world.members(of: web).compactMap(\.task?.id)).isSuperset(of: tasks))
        #expect(world.records[web]?.desired == digest)
        #expect(world.records[web]?.rollout == nil)
        #expect(world.plan.changes.isEmpty)

        let end = try #require(world.records[web]?.scale?.order.until)
        while world.records[web]?.scale != nil, world.wake() {}
        #expect(world.now == end)
        rest(&world)
        #expect(commands(world) == ["v1", "v1", "v1"])
        #expect(world.records[web]?.rollout == nil)
        #expect(world.notes.contains(.expired(web, "the scale override of anna to 5 instances")))
        #expect(world.notes.contains(.scaled(web, from: 3, to: 5)))
        #expect(world.notes.contains(.scaled(web, from: 5, to: 3)))
        #expect(world.violations.isEmpty)
    }

    @Test func `it lasts a day where nothing else is said`() {
        var world = settled()
        world.order(.scale, web, instances: 1)
        #expect(world.records[web]?.scale?.order.until == world.now + .seconds(24 * 3600))
    }

    @Test func `a commit that changes the number waits for the end, and one that changes the command does not`() {
        var world = settled()
        world.order(.scale, web, instances: 6)
        rest(&world)
        commit("v1", instances: 4, to: &world)
        rest(&world)
        #expect(commands(world).count == 6)
        commit("v2", instances: 4, to: &world)
        #expect(world.records[web]?.rollout != nil)
        rest(&world)
        #expect(commands(world) == Array(repeating: "v2", count: 6))
        world.order(.resume, web)
        #expect(world.answers.last?.text == "it has 4 instances again, as its spec says")
        rest(&world)
        #expect(commands(world) == Array(repeating: "v2", count: 4))
        #expect(world.violations.isEmpty)
    }

    @Test func `a rollout that is under way goes on, to the new number`() {
        var world = settled()
        commit("v2", to: &world)
        let deployment = world.records[web]?.rollout?.deployment
        world.order(.scale, web, instances: 8)
        #expect(world.records[web]?.rollout?.deployment == deployment)
        #expect(world.records[web]?.rollout?.reason.contains("leads to 8 healthy instances; at least 4 stay") == true)
        rest(&world)
        #expect(commands(world) == Array(repeating: "v2", count: 8))
        #expect(world.violations.isEmpty)
    }

    @Test func `a second order takes the place of the first, and its rollout that of the first one's`() {
        var world = settled()
        world.order(.scale, web, instances: 9)
        let first = world.records[web]?.rollout?.deployment
        world.order(.scale, web, instances: 2)
        #expect(world.records[web]?.scale?.instances == 2)
        #expect(world.records[web]?.rollout?.deployment != first)
        rest(&world)
        #expect(commands(world).count == 2)
        let until = world.records[web]?.scale?.order.until
        world.order(.scale, web, duration: .seconds(7200), instances: 2)
        #expect(world.records[web]?.rollout == nil, "the same number again only lasts for another time")
        #expect(world.records[web]?.scale?.order.until != until)
    }

    @Test func `what depends on the app waits for the number in force`() {
        var world = World(seed: 5)
        let front = app("/front")
        world.git[web] = spec("/web", instances: 2)
        world.sync()
        rest(&world)
        world.order(.scale, web, instances: 4)
        world.git[front] = spec("/front", instances: 1, dependencies: ["/web"])
        world.sync()
        #expect(world.members(of: front).isEmpty)
        #expect(world.rollouts.progress(of: front).hasPrefix("waits for /web: 2 of 4 healthy"))
        rest(&world)
        #expect(world.members(of: front).count == 1)
        world.order(.scale, web, instances: 1)
        #expect(world.records[front]?.rollout == nil)
        rest(&world)
        #expect(world.rollouts.progress(of: web).hasPrefix("1 of 1 healthy"))
        #expect(world.violations.isEmpty)
    }

    @Test func `an app can be scaled to nothing, which stops nobody who depends on it`() {
        var world = settled()
        let history = world.records[web]?.history
        world.order(.scale, web, instances: 0)
        rest(&world)
        #expect(world.members(of: web).isEmpty)
        #expect(world.records[web]?.rollout == nil)
        #expect(world.records[web]?.history == history)
        world.git[app("/front")] = spec("/front", instances: 1, dependencies: ["/web"])
        world.sync()
        rest(&world)
        #expect(world.members(of: app("/front")).count == 1)
        world.order(.resume, web)
        #expect(world.records[web]?.rollout != nil)
        rest(&world)
        #expect(commands(world).count == 3)
    }

    @Test func `what starts from nothing waits for what it depends on`() {
        var world = World(seed: 5)
        world.git[app("/db")] = spec("/db", instances: 1, checked: true)
        world.git[web] = spec("/web", instances: 0, dependencies: ["/db"])
        world.sync()
        world.order(.scale, web, instances: 2)
        #expect(world.records[web]?.rollout?.phase == .waiting)
        #expect(world.members(of: web).isEmpty)
        rest(&world)
        #expect(world.members(of: web).count == 2)
        #expect(world.violations.isEmpty)
    }

    @Test func `a new leader goes on where the last one was, and ends it in time`() {
        var world = settled()
        world.order(.scale, web, instances: 7)
        world.crash()
        rest(&world)
        #expect(commands(world).count == 7)
        world.crash()
        while world.records[web]?.scale != nil, world.wake() {}
        #expect(world.records[web]?.scale == nil)
        rest(&world)
        #expect(commands(world).count == 3)
        #expect(world.violations.isEmpty)
    }

    @Test func `the end of a number that could not be reached ends the attempt too`() {
        var world = settled()
        world.order(.scale, web, duration: .seconds(3600), instances: 6)
        for _ in 0..<100 where world.records[web]?.rollout?.phase != .paused {
            let starting = world.members(of: web).first { $0.condition == .launching }
            if let starting { world.fail(starting) } else { world.live(.good) }
        }
        #expect(world.records[web]?.rollout?.phase == .paused)
        while world.records[web]?.scale != nil, world.wake() {}
        rest(&world)
        #expect(world.records[web]?.rollout == nil)
        #expect(commands(world).count == 3)
    }

    @Test func `a removal takes it away`() {
        var world = settled()
        world.order(.scale, web, instances: 6)
        rest(&world)
        world.git[app("/other")] = spec("/other", instances: 1)
        world.git[web] = nil
        world.sync()
        #expect(world.records[web]?.scale == nil)
        rest(&world)
        #expect(world.records[web] == nil)
        #expect(world.violations.isEmpty)
    }

    @Test func `drift is led back to the number in force`() {
        var world = settled()
        world.order(.scale, web, instances: 5)
        rest(&world)
        if let gone = world.members(of: web).first { world.instances[gone.id] = nil }
        world.tell(web)
        rest(&world)
        #expect(commands(world).count == 5)
    }
}

/// What is refused.
extension ScaleTests {
    private func refusal(_ world: inout World, _ instances: Int?) -> String? {
        let before = world.records[web]
        world.order(.scale, web, instances: instances)
        guard world.answers.last?.isDone == false else { return nil }
        #expect(world.records[web]?.scale == before?.scale)
        return world.answers.last?.text
    }

    @Test(arguments: [nil, -1, 10_001] as [Int?])
    func `a number that nobody can mean is refused`(instances: Int?) {
        var world = settled()
        let said = refusal(&world, instances)
        #expect(said == "it must be told how many, from 0 to 10000: pacer rollout scale /web --instances N")
    }

    @Test func `an app that stands still is refused, with what to do first`() {
        var world = settled()
        commit("v2", to: &world)
        world.order(.pause, web)
        #expect(refusal(&world, 5)?.hasSuffix("first: pacer rollout resume /web") == true)
        world.order(.abort, web)
        #expect(refusal(&world, 5)?.hasSuffix("first: pacer rollout retry /web") == true)
        world.order(.retry, web)
        #expect(refusal(&world, 5) == nil)
        world.order(.suspend, web)
        #expect(refusal(&world, 4) == "it is suspended; start it first: pacer rollout resume /web")
    }

    @Test func `a resident app is never given fewer than it has, since its data would be deleted`() {
        var world = World(seed: 7)
        world.git[web] = resident(spec("/web", instances: 3))
        world.sync()
        rest(&world)
        #expect(
            refusal(&world, 2)
                == "it has persistent volumes, and 3 instances: with fewer, data would be deleted"
        )
        #expect(refusal(&world, 5) == nil)
        #expect(world.answers.last?.text.hasSuffix("then those beyond 3 go, and their volumes are deleted") == true)
        rest(&world)
        #expect(world.members(of: web).count == 5)
        #expect(refusal(&world, 4) != nil)
        #expect(world.violations.isEmpty)
    }
}
