import Domain
import OrderedCollections
import Testing

@testable import Rollout

/// What keeps a rollout from moving is said, and does not keep others from moving.
struct HindranceTests {
    private let stuck = app("/a")
    private let fix = app("/b")

    private func policy(apps: Int? = nil, tasks: Int? = nil) -> RolloutPolicy {
        var policy = RolloutPolicy()
        policy.maxConcurrentApps = apps
        policy.maxConcurrentTasks = tasks
        return policy
    }

    private func hindrance(_ world: World, _ app: AppID) -> RolloutRecord.Hindrance? {
        world.records[app]?.rollout?.hindrance
    }

    @Test func `an app that finds no place has its turn no longer than its deadline`() {
        var world = World(seed: 1, policy: policy(apps: 1))
        world.git[stuck] = spec("/a", instances: 1, rollout: RolloutStrategy(deadline: .seconds(60)))
        world.git[fix] = spec("/b", instances: 1)
        world.sync()
        #expect(world.records[stuck]?.rollout?.phase == .rolling)
        #expect(world.records[fix]?.rollout?.phase == .waiting)
        _ = world.wake()
        #expect(hindrance(world, stuck) == .stalled)
        #expect(world.records[fix]?.rollout?.phase == .rolling, "the turn of what stands still is free")
        while world.live(.good) {}
        #expect(world.records[stuck]?.rollout == nil, "it goes on as soon as it can")
        #expect(world.records[fix]?.rollout == nil)
    }

    @Test func `an app whose tasks are started again and again has its turn no longer than its deadline`() {
        var world = World(seed: 7, policy: policy(apps: 1))
        let strategy = RolloutStrategy(onFailure: .continue, deadline: .seconds(60))
        world.git[stuck] = spec("/a", cmd: "broken", instances: 1, rollout: strategy)
        world.git[fix] = spec("/b", instances: 1)
        world.sync()
        for _ in 0..<620 where world.records[fix]?.rollout?.phase == .waiting { world.live(.good) }
        #expect(world.records[fix]?.rollout?.phase == .rolling, "a relaunch after a failure is no movement")
        #expect(world.records[stuck]?.rollout?.reason.hasPrefix("stalled: nothing has moved for 60 s") == true)
        for _ in 0..<500 where world.records[fix]?.rollout != nil { world.live(.good) }
        #expect(world.records[fix]?.rollout == nil)
        #expect(world.records[stuck].map { ($0.rollout?.failures ?? 0) > 3 } == true, "it goes on trying")
    }

    @Test func `also the way back has its turn no longer than its deadline when its tasks fail again and again`() {
        var world = World(seed: 8)
        for version in ["v1", "v2"] {
            world.git[stuck] = spec("/a", cmd: version, instances: 1, rollout: RolloutStrategy(deadline: .seconds(60)))
            world.sync()
            while world.live(.good) {}
        }
        world.order(.rollback, stuck)
        for _ in 0..<62 {
            world.now = world.now + .seconds(1)
            guard let instance = world.members(of: stuck).last else { continue }
            if instance.task == nil { world.live(.good, only: instance.id) } else { world.fail(instance) }
        }
        #expect(hindrance(world, stuck) == .stalled)
    }

    @Test
    func `after a failure one more healthy instance than ever is movement, and one that is healthy again is none`()
        throws
    {
        var world = World(seed: 9)
        world.git[stuck] = spec("/a", instances: 2, rollout: RolloutStrategy(maxFailures: 9, deadline: .seconds(60)))
        world.sync()
        let pair = world.members(of: stuck).map(\.id)
        func up(_ id: InstanceID) { for _ in 0..<9 where world.healthy(stuck) == 0 { world.live(.good, only: id) } }
        up(pair[0])
        world.fail(try #require(world.instances[pair[0]]))
        world.now = world.now + .seconds(50)
        world.turn()
        #expect(hindrance(world, stuck) == nil)
        up(pair[0])
        let again = world.now
        while hindrance(world, stuck) == nil, world.wake() {}
        #expect(hindrance(world, stuck) == .stalled)
        #expect(world.now < again + .seconds(30), "it was healthy before: that led nowhere")
        for _ in 0..<99 where world.healthy(stuck) < 2 { world.live(.good) }
        #expect(world.records[stuck]?.rollout == nil, "it goes on as soon as it can")
    }

    @Test func `a canary that waits for a person has no turn meanwhile`() {
        var world = World(seed: 2, policy: policy(apps: 1))
        let strategy = RolloutStrategy(canary: 1, promotion: .manual)
        world.git[stuck] = spec("/a", instances: 3, rollout: strategy)
        world.sync()
        while world.live(.good) {}
        world.git[stuck] = spec("/a", cmd: "v2", instances: 3, rollout: strategy)
        world.git[fix] = spec("/b", instances: 1)
        world.sync()
        while world.live(.good) {}
        #expect(hindrance(world, stuck) == .person)
        #expect(world.records[fix]?.rollout == nil)
        world.order(.promote, stuck)
        #expect(hindrance(world, stuck) == nil)
    }

    @Test func `what the budget of tasks holds up says so, and goes on when there is room`() {
        var world = World(seed: 3, policy: policy(tasks: 1))
        world.git[stuck] = spec("/a", instances: 1)
        world.git[fix] = spec("/b", instances: 1)
        world.sync()
        #expect(hindrance(world, fix) == .held)
        #expect(
            world.records[fix]?.rollout?.reason
                == "no more than 1 instance may be on its way to healthy at the same time"
        )
        while world.live(.good) {}
        #expect(world.records[fix]?.rollout == nil)
    }

    @Test func `a new leader counts what is on its way before it starts anything`() {
        var world = World(seed: 4, policy: policy(tasks: 2))
        world.git[fix] = spec("/b", instances: 2)
        world.sync()
        #expect(world.existing(fix) == 2)
        world.git[stuck] = spec("/a", instances: 2)
        world.sync()
        #expect(world.existing(stuck) == 0, "the budget is used up")
        world.crash()
        #expect(world.existing(stuck) == 0, "it still is, though the new leader looks at this one first")
        while world.live(.good) {}
        #expect(world.records[stuck]?.rollout == nil)
    }

    @Test func `when a pin ends, what its order held back is tried again`() {
        for byExpiry in [true, false] {
            var world = World(seed: 5)
            for version in ["v1", "v2"] {
                world.git[stuck] = spec("/a", cmd: version, instances: 1)
                world.sync()
                while world.live(.good) {}
            }
            world.order(.rollback, stuck, duration: .seconds(60))
            while world.live(.good) {}
            #expect(world.records[stuck]?.heldBack != nil)
            if byExpiry {
                while world.records[stuck]?.pin != nil, world.wake() {}
            } else {
                world.order(.resume, stuck)
            }
            while world.live(.good) {}
            #expect(world.records[stuck]?.heldBack == nil)
            #expect(world.records[stuck]?.desired == spec("/a", cmd: "v2", instances: 1).digest, "it follows git again")
        }
    }

    @Test func `where there is nothing further back, it is told what there is, and the command that leads there`() {
        var world = World(seed: 6)
        for version in ["v1", "v2"] {
            world.git[stuck] = spec("/a", cmd: version, instances: 1)
            world.sync()
            while world.live(.good) {}
        }
        world.order(.rollback, stuck)
        while world.live(.good) {}
        world.order(.rollback, stuck)
        let answer = world.answers.last
        let (v1, v2) = (spec("/a", cmd: "v1", instances: 1).digest, spec("/a", cmd: "v2", instances: 1).digest)
        #expect(answer?.outcome == .refused)
        #expect(answer?.text.contains("\(v1.short) (commit r1, where it is now)") == true, "\(answer?.text ?? "")")
        #expect(answer?.text.contains("\(v2.short) (commit r2, held back)") == true)
        #expect(answer?.text.hasSuffix("; to go there: pacer rollout rollback /a --to \(v2.short)") == true)
    }

    @Test func `a second rollback leads further back, not to what was just left`() {
        var world = World(seed: 6)
        for version in ["v1", "v2", "v3"] {
            world.git[stuck] = spec("/a", cmd: version, instances: 1)
            world.sync()
            while world.live(.good) {}
        }
        for expected in ["v2", "v1"] {
            world.order(.rollback, stuck)
            while world.live(.good) {}
            #expect(world.records[stuck]?.desired == spec("/a", cmd: expected, instances: 1).digest)
        }
    }
}
