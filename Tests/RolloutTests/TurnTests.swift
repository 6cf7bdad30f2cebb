import Domain
import OrderedCollections
import Testing

@testable import Rollout

/// Where only so many apps may move at the same time, nobody keeps a turn that another one could use.
struct TurnTests {
    private static var oneByOne: RolloutPolicy {
        var policy = RolloutPolicy()
        policy.maxConcurrentApps = 1
        return policy
    }

    private let first = spec("/a", instances: 1)
    private let second = spec("/b", instances: 1)
    private let third = spec("/c", instances: 1)

    @Test func `an app whose turn comes while something else holds it up passes its turn on`() {
        var world = World(seed: 1, policy: Self.oneByOne)
        world.git = [first.id: first, second.id: second, third.id: third]
        world.sync()
        world.order(.suspend, second.id)
        while world.live(.good) {}
        #expect(world.isSettled(first.id, first))
        #expect(world.isSettled(third.id, third), "\(String(describing: world.records[third.id]?.rollout))")
        world.order(.resume, second.id)
        while world.live(.good) {}
        #expect(world.isSettled(second.id, second))
    }

    @Test func `a suspended app whose rollout is not at its end takes no turn`() {
        var world = World(seed: 2, policy: Self.oneByOne)
        world.git = [first.id: first, second.id: second]
        world.sync()
        #expect(world.records[first.id]?.rollout?.phase == .rolling)
        #expect(world.records[second.id]?.rollout?.phase == .waiting)
        world.order(.suspend, first.id)
        while world.live(.good) {}
        #expect(world.isSettled(second.id, second))
    }

    @Test func `an app that waits for its turn does not tell of a dependency that it was not held up by`() {
        var world = World(seed: 3, policy: Self.oneByOne)
        let needed = spec("/0", instances: 1)
        let waiting = spec("/b", instances: 1, dependencies: ["/0"])
        world.git = [needed.id: needed]
        world.sync()
        while world.live(.good) {}
        world.git = [needed.id: needed, first.id: first, waiting.id: waiting]
        world.sync()
        #expect(world.records[waiting.id]?.rollout?.reason.contains("waits for its turn") == true)
        for instance in world.members(of: needed.id) { world.fail(instance) }
        #expect(world.rollouts.blocker(of: waiting.id) == nil)
        #expect(!world.rollouts.progress(of: waiting.id).hasPrefix("waits for"))
        while world.live(.good) {}
        #expect(world.isSettled(waiting.id, waiting))
    }

    @Test func `who waits for a turn is known, and who has one`() {
        var world = World(seed: 5, policy: Self.oneByOne)
        world.git = [first.id: first, second.id: second, third.id: third]
        world.sync()
        #expect(world.rollouts.turns == Turns(mostApps: 1, apps: [first.id]))
        #expect([first, second, third].map { world.rollouts.awaitedTurn(of: $0.id) } == [nil, .apps, .apps])
        world.order(.pause, second.id)
        #expect(world.rollouts.awaitedTurn(of: second.id) == nil, "it is paused, and waits for nothing but a person")
        while world.live(.good) {}
        #expect(world.rollouts.turns.apps.isEmpty)
        #expect(world.rollouts.awaitedTurn(of: third.id) == nil)
    }

    @Test func `who waits for others' instances to become healthy is known, and whose those are`() {
        var policy = RolloutPolicy()
        policy.maxConcurrentTasks = 2
        var world = World(seed: 6, policy: policy)
        let wide = spec("/a", instances: 2)
        world.git = [wide.id: wide, second.id: second]
        world.sync()
        #expect(world.rollouts.turns == Turns(mostTasks: 2, tasks: [Turns.Share(app: wide.id, tasks: 2)]))
        #expect(world.rollouts.awaitedTurn(of: second.id) == .tasks)
        #expect(world.rollouts.awaitedTurn(of: wide.id) == nil)
        world.order(.abort, second.id)
        #expect(world.rollouts.awaitedTurn(of: second.id) == nil, "it was aborted, and starts nothing any more")
        while world.live(.good) {}
        #expect(world.rollouts.turns.tasks.isEmpty)
    }

    @Test func `what is tried again keeps its place among the instances that are on their way`() {
        var policy = RolloutPolicy()
        policy.maxConcurrentTasks = 2
        var world = World(seed: 8, policy: policy)
        let wide = spec("/b", instances: 2)
        world.git = [wide.id: wide]
        world.sync()
        world.git = [first.id: first, wide.id: wide]
        world.sync()
        if let one = world.members(of: wide.id).first { world.fail(one) }
        world.order(.retry, wide.id)
        #expect(world.members(of: first.id).isEmpty, "both places are /b's, as they were")
        world.order(.pause, wide.id)
        #expect(world.members(of: first.id).count == 1, "what is paused has left its places to others")
    }

    @Test func `restarting tasks are not counted as healthy before they were replaced`() {
        var world = World(seed: 7)
        let web = spec("/web", instances: 3)
        world.git = [web.id: web]
        world.sync()
        while world.live(.good) {}
        world.order(.restart, web.id)
        #expect(
            world.rollouts.progress(of: web.id).hasPrefix("0 of 3 healthy"),
            "\(world.rollouts.progress(of: web.id))"
        )
        #expect(world.rollouts.progress(of: web.id).contains("3 old left"), "\(world.rollouts.progress(of: web.id))")
    }

    @Test func `an app that has to go after one that stays after all goes at once`() {
        var world = World(seed: 4)
        let dependent = spec("/c", instances: 1, dependencies: ["/a"])
        world.git = [first.id: first, dependent.id: dependent, second.id: second]
        world.sync()
        while world.live(.good) {}
        world.git = [second.id: second]
        world.sync()
        #expect(world.members(of: first.id).allSatisfy { $0.goal == .running }, "it goes after /c")
        world.git = [second.id: second, dependent.id: dependent]
        world.sync()
        #expect(world.members(of: first.id).allSatisfy { $0.goal == .stopped })
    }

    @Test func `what is healthy is needed, however young it is, where all is replaced though nothing changed`() {
        var terms = RolloutStep.Terms()
        terms.now = Instant(milliseconds: 5_000)
        terms.watch = .seconds(60)
        terms.outdatedBefore = Instant(milliseconds: 4_000)
        let web = spec("/web", instances: 3, maximumOver: 0, rollout: RolloutStrategy(watch: .seconds(60)))
        let young = (1...3).map { Instance.make($0, of: web) }
        let decision = RolloutStep.decide(desired: web, old: [:], instances: young, terms: terms)
        #expect(decision.stop.isEmpty, "all three are healthy, and three have to be")
        #expect(decision.start == 1, "one over, since nothing could move otherwise")
    }
}
