import Domain
import OrderedCollections
import Testing

@testable import Rollout

/// What counts as a failure of a new version, what as a stall, and whose turn it is.
struct FailureTests {
    private let web = app("/web")

    private func settled(_ first: Spec, policy: RolloutPolicy = RolloutPolicy()) -> World {
        var world = World(seed: 13, policy: policy)
        world.git[first.id] = first
        world.sync()
        while world.live(.good) {}
        world.now = world.now + .seconds(1)
        return world
    }

    @Test func `tasks that ran before a rollout say nothing about it when they fail`() {
        var world = settled(spec("/web", instances: 3))
        world.git[web] = spec("/web", instances: 5)
        world.sync()
        for instance in world.members(of: web).prefix(3) { world.fail(instance) }
        #expect(world.records[web]?.rollout?.failures == 0)
        #expect(world.records[web]?.rollout?.phase == .rolling)
        for instance in world.members(of: web).prefix(1) { world.lose(instance) }
        #expect(world.records[web]?.rollout?.failures == 0)
    }

    @Test func `a kill by a failing check is a failure, and a kill from outside is not`() throws {
        for healthy in [true, false] {
            var world = settled(spec("/web", cmd: "v1", instances: 1, checked: true))
            world.git[web] = spec("/web", cmd: "v2", instances: 1, checked: true)
            world.sync()
            var rollouts = world.rollouts
            var instance = try #require(world.members(of: web).last)
            instance.condition = .running
            instance.task = TaskRecord(
                id: TaskID("t"),
                agent: Agent(id: AgentID("S"), hostname: "host"),
                ports: [],
                launched: world.now,
                healthy: healthy
            )
            let others = world.members(of: web).dropLast()
            _ = rollouts.handle(.instances(web, others + [instance]), at: world.now)
            var ended = instance
            ended.condition = .scheduled
            ended.task = nil
            ended.lastEnd = TaskEnd(
                task: TaskID("t"),
                state: "TASK_KILLED",
                message: "",
                reason: nil,
                at: world.now,
                host: "host"
            )
            _ = rollouts.handle(.instances(web, others + [ended]), at: world.now)
            #expect(rollouts.record(of: web)?.rollout?.failures == (healthy ? 0 : 1))
        }
    }

    @Test func `the end of a pod's container is its instance's failure`() throws {
        var world = settled(spec("/web", cmd: "v1", instances: 1))
        world.git[web] = spec("/web", cmd: "v2", instances: 1)
        world.sync()
        var rollouts = world.rollouts
        var instance = try #require(world.members(of: web).last)
        instance.condition = .killing
        instance.task = TaskRecord(
            id: TaskID("t"),
            agent: Agent(id: AgentID("S"), hostname: "host"),
            ports: [],
            launched: world.now,
            members: [TaskMember(id: TaskID("t.log"), container: "log", isChecked: false)]
        )
        let others = world.members(of: web).dropLast()
        _ = rollouts.handle(.instances(web, others + [instance]), at: world.now)
        instance.condition = .scheduled
        instance.task = nil
        instance.lastEnd = TaskEnd(
            task: TaskID("t.log"),
            state: "TASK_FAILED",
            message: "",
            reason: nil,
            at: world.now,
            host: "host"
        )
        _ = rollouts.handle(.instances(web, others + [instance]), at: world.now)
        #expect(rollouts.record(of: web)?.rollout?.failures == 1)
    }

    @Test func `a rollout in which nothing moves says that it is stalled, when its deadline is over`() {
        var world = settled(spec("/web", instances: 1))
        world.git[web] = spec("/web", instances: 2, rollout: RolloutStrategy(deadline: .seconds(60)))
        world.sync()
        #expect(world.records[web]?.rollout?.reason.contains("stalled") == false)
        let woke = world.wake()
        #expect(woke)
        #expect(world.records[web]?.rollout?.reason.contains("stalled: nothing has moved for 60 s") == true)
        while world.live(.good) {}
        #expect(world.records[web]?.rollout == nil)
    }

    @Test func `a new task that is not healthy in time is replaced, and has failed`() {
        var world = settled(spec("/web", cmd: "v1", instances: 1, checked: true))
        world.git[web] = spec(
            "/web",
            cmd: "v2",
            instances: 1,
            checked: true,
            rollout: RolloutStrategy(deadline: .seconds(60))
        )
        world.sync()
        // The new task starts and then never becomes healthy.
        for _ in 0..<4 { world.live(.good) }
        #expect(world.members(of: web).last?.condition == .running)
        while world.records[web]?.rollout?.failures == 0, world.wake() {}
        #expect(world.records[web]?.rollout?.lastFailure?.contains("not healthy within 60 s") == true)
        #expect(world.members(of: web).contains { $0.goal == .stopped }, "it makes room for another one")
    }

    @Test func `who lets a rollout go on after its failures gives it as many again`() {
        var world = World(seed: 19)
        world.git[web] = spec("/web", cmd: "broken", instances: 1)
        world.sync()
        for _ in 0..<200 where world.records[web]?.rollout?.phase != .paused { world.live(.good) }
        #expect(world.records[web]?.rollout?.failures == 3)
        world.order(.resume, web)
        #expect(world.records[web]?.rollout?.failures == 0)
        for _ in 0..<200 where world.records[web]?.rollout?.phase != .paused { world.live(.good) }
        #expect(world.records[web]?.rollout?.failures == 3)
    }

    @Test func `deployments that have ended are forgotten`() {
        var world = settled(spec("/web", cmd: "v0", instances: 1))
        for number in 1...5 {
            world.git[web] = spec("/web", cmd: "v\(number)", instances: 1)
            world.sync()
            while world.live(.good) {}
        }
        #expect(world.rollouts.outcomes.deployments.count == 1, "\(world.rollouts.outcomes.deployments)")
    }

    @Test func `no more apps than the budget allows move at once, and the next one follows when one is done`() {
        var policy = RolloutPolicy()
        policy.maxConcurrentApps = 2
        var world = World(seed: 17, policy: policy)
        for number in 1...6 { world.git[app("/app\(number)")] = spec("/app\(number)", instances: 1) }
        world.sync()
        func moving() -> Int { world.records.values.count { $0.rollout?.phase == .rolling } }
        #expect(moving() == 2)
        #expect(world.records[app("/app6")]?.rollout?.reason.contains("no more than 2 apps") == true)
        while world.live(.good) { #expect(moving() <= 2) }
        #expect(world.records.values.allSatisfy { $0.rollout == nil })
    }

    /// A person's pin outlives the failures of what it leads to: then the app waits for a person.
    @Test(arguments: UInt64(1)...20)
    func `a pinned app is led nowhere else by failures`(seed: UInt64) {
        var world = World(seed: seed)
        let web = app("/web")
        for cmd in ["v1", "v2"] {
            world.git[web] = spec(
                "/web",
                cmd: cmd,
                instances: 2,
                minimumHealthy: 50,
                rollout: RolloutStrategy(maxFailures: 1)
            )
            world.sync()
            while world.live(.good) {}
        }
        for verb in [RolloutVerb.rollback, .abort, .retry] { world.order(verb, web) }
        #expect(world.records[web]?.pin != nil)
        for _ in 0..<100 where world.records[web]?.rollout?.phase != .paused {
            world.live(.any)
            guard let pin = world.records[web]?.pin else { break }
            #expect(world.records[web]?.desired == pin.digest)
        }
    }
}
