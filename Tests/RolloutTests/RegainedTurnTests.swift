import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

/// What is on its way already and stood still, or begins by order, takes its turn as well. It waits for that, and for
/// nothing else.
struct RegainedTurnTests {
    private static let reason = "waits for its turn: no more than 1 app is rolled out at the same time"

    private let web = app("/a")
    private let busy = app("/b")

    private var oneByOne: RolloutPolicy {
        var policy = RolloutPolicy()
        policy.maxConcurrentApps = 1
        return policy
    }

    /// A world in which `/a` is healthy and depends on `/0`, and `/b` has the only turn.
    private func world(_ strategy: RolloutStrategy? = nil, during order: ((inout World) -> Void)? = nil) -> World {
        var world = World(seed: 31, policy: oneByOne)
        world.git[app("/0")] = spec("/0", instances: 1)
        world.git[web] = spec("/a", instances: 2, minimumHealthy: 50, dependencies: ["/0"], rollout: strategy)
        world.sync()
        while world.live(.good) {}
        order?(&world)
        world.git[busy] = spec("/b", instances: 1)
        world.sync()
        #expect(rollout(world, busy)?.phase == .rolling)
        return world
    }

    private func rollout(_ world: World, _ app: AppID) -> RolloutRecord? { world.records[app]?.rollout }

    private func runs(_ world: World) -> [InstanceID] {
        world.members(of: web).filter { $0.goal == .running }.map(\.id)
    }

    /// Lets `/b` come to its end, and nothing else move.
    private func finishOther(_ world: inout World) {
        for _ in 0..<50 where rollout(world, busy) != nil {
            for instance in world.members(of: busy) {
                world.instances[instance.id]?.condition = .running
                world.instances[instance.id]?.task = TaskRecord(
                    id: TaskID("b"),
                    agent: Agent(id: AgentID("agent"), hostname: "host"),
                    ports: [],
                    launched: world.now
                )
            }
            world.tell(busy)
        }
        #expect(rollout(world, busy) == nil)
    }

    @Test func `a restart waits for its turn and keeps every task until then`() {
        var world = world()
        let before = runs(world)
        world.order(.restart, web)
        #expect(rollout(world, web)?.phase == .rolling)
        #expect(rollout(world, web)?.hindrance == .turn)
        #expect(rollout(world, web)?.reason == Self.reason)
        #expect(world.instances.keys.filter { $0.app == web }.sorted() == before, "nothing is started or stopped")
        finishOther(&world)
        #expect(rollout(world, web)?.hindrance == nil)
        while world.live(.good) {}
        #expect(Set(runs(world)).isDisjoint(with: before))
        #expect(rollout(world, web) == nil)
        #expect(world.violations.isEmpty)
    }

    @Test func `who orders what has to wait is told so`() {
        var world = world()
        let order = Order(who: "anna", why: "", at: world.now)
        let command = RolloutCommand(app: web, verb: .restart, order: order, deployment: DeploymentID("d"))
        let answer = world.rollouts.obey(command, at: world.now)
        #expect(answer.isDone)
        #expect(answer.text.hasSuffix("; it \(Self.reason)"), "\(answer.text)")
    }

    @Test func `a restart waits neither for what it depends on nor with a canary`() {
        var world = world(RolloutStrategy(canary: 1))
        world.order(.restart, web)
        world.instances = world.instances.filter { $0.key.app != app("/0") }
        world.tell(app("/0"))
        finishOther(&world)
        #expect(rollout(world, web)?.phase == .rolling)
        #expect(rollout(world, web)?.hindrance == nil)
        #expect(runs(world).count > 2, "its replacements begin, whatever became of /0")
    }

    @Test func `an aborted restart that is tried again begins as it began`() {
        var world = world(RolloutStrategy(canary: 1))
        world.order(.restart, web)
        world.order(.abort, web)
        world.instances = world.instances.filter { $0.key.app != app("/0") }
        world.tell(app("/0"))
        world.order(.retry, web)
        #expect(rollout(world, web)?.phase == .rolling)
        #expect(rollout(world, web)?.hindrance == .turn)
        finishOther(&world)
        #expect(runs(world).count > 2)
    }

    @Test func `a new leader lets a restart wait on`() {
        var world = world()
        let before = runs(world)
        world.order(.restart, web)
        world.crash()
        #expect(rollout(world, web)?.reason == Self.reason)
        #expect(runs(world) == before)
        finishOther(&world)
        while world.live(.good) {}
        #expect(Set(runs(world)).isDisjoint(with: before))
    }

    @Test func `the end of a suspension waits for its turn`() {
        var world = world { $0.order(.suspend, app("/a"), duration: .seconds(60)) }
        while world.records[web]?.suspension != nil, world.wake() {}
        #expect(runs(world).isEmpty)
        #expect(rollout(world, web)?.reason == Self.reason)
        finishOther(&world)
        while world.live(.good) {}
        #expect(runs(world).count == 2)
        #expect(world.violations.isEmpty)
    }

    @Test(arguments: [true, false])
    func `a paused rollout that goes on waits for its turn`(byOrder: Bool) {
        var world = world { world in
            world.git[app("/a")] = spec("/a", cmd: "v2", instances: 2, minimumHealthy: 50, dependencies: ["/0"])
            world.sync()
            world.order(.pause, app("/a"), duration: .seconds(60))
        }
        let before = runs(world)
        if byOrder { world.order(.resume, web) } else { while rollout(world, web)?.phase == .paused, world.wake() {} }
        #expect(rollout(world, web)?.phase == .rolling)
        #expect(rollout(world, web)?.reason == Self.reason)
        #expect(runs(world) == before)
        finishOther(&world)
        while world.live(.good) {}
        #expect(rollout(world, web) == nil)
        #expect(world.violations.isEmpty)
    }

    @Test func `a canary that was paused waits for its turn as a canary, and comes out then`() {
        let strategy = RolloutStrategy(canary: 1)
        var world = world(strategy) { world in
            world.git[app("/a")] = spec("/a", cmd: "v2", instances: 2, dependencies: ["/0"], rollout: strategy)
            world.sync()
            world.order(.pause, app("/a"))
        }
        world.order(.resume, web)
        #expect(rollout(world, web)?.phase == .canary)
        #expect(rollout(world, web)?.reason == Self.reason)
        finishOther(&world)
        #expect(rollout(world, web)?.phase == .canary)
        #expect(rollout(world, web)?.hindrance == nil)
        while world.live(.good) {}
        #expect(rollout(world, web) == nil)
    }

    @Test func `a canary that a person lets pass waits for its turn, if it had none`() {
        let strategy = RolloutStrategy(canary: 1, promotion: .manual)
        var world = world(strategy) { world in
            world.git[app("/a")] = spec(
                "/a",
                cmd: "v2",
                instances: 2,
                minimumHealthy: 50,
                dependencies: ["/0"],
                rollout: strategy
            )
            world.sync()
            while world.live(.good) {}
        }
        #expect(rollout(world, web)?.hindrance == .person)
        let before = runs(world)
        world.order(.promote, web)
        #expect(rollout(world, web)?.phase == .rolling)
        #expect(rollout(world, web)?.reason == Self.reason)
        #expect(runs(world) == before)
        finishOther(&world)
        while world.live(.good) {}
        #expect(rollout(world, web) == nil)
    }

    @Test func `a change of the number waits for its turn where something is started, and not where nothing is`() {
        for (instances, waits) in [(3, true), (1, false)] {
            var world = world()
            world.git[web] = spec("/a", instances: instances, minimumHealthy: 50, dependencies: ["/0"])
            world.sync()
            #expect((rollout(world, web)?.hindrance == .turn) == waits)
            #expect(runs(world).count == (waits ? 2 : 1))
        }
    }

    @Test func `what goes back does not wait for its turn`() {
        var world = world { world in
            world.git[app("/a")] = spec("/a", cmd: "v2", instances: 2, minimumHealthy: 50, dependencies: ["/0"])
            world.sync()
            while world.live(.good) {}
        }
        world.order(.rollback, web)
        #expect(rollout(world, web)?.phase == .rollingBack)
        #expect(rollout(world, web)?.hindrance == nil)
        #expect(runs(world).count > 2)
    }

    @Test func `a stalled app takes a turn before it goes on`() {
        var world = World(seed: 37, policy: oneByOne)
        world.git[web] = spec("/a", instances: 1, rollout: RolloutStrategy(deadline: .seconds(60)))
        world.sync()
        while world.live(.good) {}
        world.git[web] = spec("/a", cmd: "v2", instances: 1, rollout: RolloutStrategy(deadline: .seconds(60)))
        world.git[busy] = spec("/b", instances: 1)
        world.sync()
        _ = world.wake()
        #expect(rollout(world, web)?.hindrance == .stalled)
        #expect(rollout(world, busy)?.phase == .rolling)
        for condition in [Condition.staging, .running] {
            for instance in world.members(of: web).suffix(1) {
                world.instances[instance.id]?.condition = condition
                world.instances[instance.id]?.since = world.now
                world.instances[instance.id]?.task = TaskRecord(
                    id: TaskID("a"),
                    agent: Agent(id: AgentID("agent"), hostname: "host"),
                    ports: [],
                    launched: world.now
                )
            }
            world.tell(web)
        }
        #expect(rollout(world, web)?.reason == Self.reason, "the old task could go now")
        #expect(runs(world).count == 2)
        finishOther(&world)
        while world.live(.good) {}
        #expect(rollout(world, web) == nil)
    }

    @Test func `an order, a commit or a removal turns what waits for its turn from where it is`() {
        let orders: [(RolloutVerb, RolloutRecord.Phase?)] = [
            (.pause, .paused), (.abort, .aborted), (.suspend, .rolling),
        ]
        for (verb, phase) in orders {
            var world = world()
            world.order(.restart, web)
            world.order(verb, web)
            #expect(rollout(world, web)?.phase == phase)
            #expect(rollout(world, web)?.hindrance != .turn)
        }
        var world = world()
        world.order(.restart, web)
        world.git[web] = spec("/a", cmd: "v2", instances: 2, minimumHealthy: 50, dependencies: ["/0"])
        world.sync()
        #expect(rollout(world, web)?.phase == .waiting)
        #expect(world.records[web]?.restart == nil)
        world.git[web] = nil
        world.sync()
        #expect(rollout(world, web)?.phase == .removing)
        while world.live(.good) {}
        #expect(world.records[web] == nil)
    }

    @Test func `a restart waits while the brake is on, and has no turn meanwhile`() {
        var policy = RolloutPolicy()
        policy.maxConcurrentApps = 1
        policy.brake.lostTasks = 2
        var world = World(seed: 41, policy: policy)
        world.git[web] = spec("/a", instances: 2)
        world.git[busy] = spec("/b", instances: 2)
        world.sync()
        while world.live(.good) {}
        for instance in world.members(of: busy) { world.lose(instance) }
        let before = runs(world)
        world.order(.restart, web)
        #expect(rollout(world, web)?.reason.hasPrefix("the brake is on: 2 tasks were lost with their agents") == true)
        #expect(rollout(world, web)?.hindrance == .turn)
        while world.live(.good) {}
        #expect(runs(world) == before)
        while world.live(.good) || world.wake() {}
        #expect(Set(runs(world)).isDisjoint(with: before))
    }

    @Test func `many restarts and ends of suspensions never have more turns than there may be`() {
        var policy = RolloutPolicy()
        policy.maxConcurrentApps = 2
        var world = World(seed: 43, policy: policy)
        let apps = (1...8).map { app("/app\($0)") }
        for id in apps { world.git[id] = spec(id.path, instances: 2) }
        world.sync()
        while world.live(.good) {}
        for (number, id) in apps.enumerated() {
            world.order(number.isMultiple(of: 2) ? .restart : .suspend, id, duration: .seconds(600))
        }
        func moving() -> Int { world.records.values.count(where: World.hasTurn) }
        while world.live(.good) { #expect(moving() <= 2) }
        while world.records.values.contains(where: { $0.suspension != nil }), world.wake() { #expect(moving() <= 2) }
        #expect(world.records.values.count { $0.rollout?.hindrance == .turn } == 2)
        while world.live(.good) { #expect(moving() <= 2) }
        for id in apps { #expect(world.isSettled(id, spec(id.path, instances: 2))) }
        #expect(world.violations.isEmpty)
    }
}
