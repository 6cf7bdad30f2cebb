import Domain
import OrderedCollections
import Testing

@testable import Rollout

/// Marathon's table of its rolling restart (TaskReplaceActor): what is done at once, and that it gets to its end.
struct MarathonTableTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var wanted = 4
        var present = 4
        var over: Int64
        var minimum: Int64
        var healthyOld: Int
        var kill: Int
        var cap: Int
        var launch: Int

        var testDescription: String { "\(present) to \(wanted), \(over)/\(minimum), \(healthyOld) healthy" }
    }

    static let rows = [
        Row(over: 100, minimum: 100, healthyOld: 4, kill: 0, cap: 8, launch: 4),
        Row(over: 0, minimum: 50, healthyOld: 4, kill: 2, cap: 4, launch: 0),
        Row(over: 0, minimum: 100, healthyOld: 4, kill: 0, cap: 5, launch: 1),
        Row(wanted: 10, present: 10, over: 20, minimum: 100, healthyOld: 10, kill: 0, cap: 12, launch: 2),
        Row(wanted: 3, present: 3, over: 25, minimum: 50, healthyOld: 3, kill: 1, cap: 3, launch: 0),
        Row(over: 0, minimum: 0, healthyOld: 4, kill: 4, cap: 4, launch: 0),
        // Marathon deadlocks here: nothing may be killed and nothing launched. The unhealthy ones make room.
        Row(over: 0, minimum: 100, healthyOld: 0, kill: 4, cap: 4, launch: 0),
        Row(wanted: 2, present: 5, over: 100, minimum: 100, healthyOld: 5, kill: 3, cap: 4, launch: 0),
    ]

    @Test(arguments: rows)
    func `the first decision is Marathon's`(row: Row) {
        let (old, new) = specs(row)
        let instances = instances(row, old)
        let decision = RolloutStep.decide(desired: new, old: [old.digest: old], instances: instances)
        let bounds = RolloutStep.Bounds(of: new.app, healthy: row.healthyOld)
        #expect(decision.stop.count == row.kill)
        #expect(bounds.maximumTotal == row.cap)
        #expect(decision.start == row.launch)
        #expect(decision.adopt.isEmpty)
        #expect(!decision.isComplete)
    }

    @Test(arguments: rows, [UInt64(1), 2, 3, 4, 5])
    func `every row ends with all new instances healthy and stays within its bounds`(row: Row, seed: UInt64) {
        let (old, new) = specs(row)
        var world = World(seed: seed)
        world.git[old.id] = old
        world.sync()
        while world.live(.good) {}
        for (index, instance) in world.members(of: old.id).enumerated() where index >= row.healthyOld {
            world.instances[instance.id]?.task?.healthy = false
        }
        world.tell(old.id)

        world.git[new.id] = new
        world.sync()
        while world.live(.good) {}
        #expect(world.violations.isEmpty)
        #expect(world.isSettled(new.id, new))
    }

    private func specs(_ row: Row) -> (old: Spec, new: Spec) {
        func version(_ cmd: String, _ instances: Int) -> Spec {
            spec(
                "/shop/web",
                cmd: cmd,
                instances: instances,
                minimumHealthy: row.minimum,
                maximumOver: row.over,
                checked: true
            )
        }
        return (version("v1", row.present), version("v2", row.wanted))
    }

    private func instances(_ row: Row, _ old: Spec) -> [Instance] {
        (0..<row.present).map { Instance.make($0 + 1, of: old, healthy: $0 < row.healthyOld) }
    }
}
