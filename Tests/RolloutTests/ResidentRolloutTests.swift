import Domain
import OrderedCollections
import Testing

@testable import Rollout

/// Apps with volumes: new tasks come in the place of the old ones, and nobody's data is thrown away.
@Suite struct ResidentRolloutTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var wanted = 4
        var present = 4
        var minimum: Int64
        var healthy: Int
        var relaunch: Int
        var stop = 0
        var start = 0
        var testDescription: String { "\(present) to \(wanted), \(minimum), \(healthy) healthy" }
    }

    static let rows = [
        // Marathon's row: one below the minimum, or nothing could ever move.
        Row(minimum: 100, healthy: 4, relaunch: 1), Row(minimum: 100, healthy: 3, relaunch: 1),
        Row(minimum: 50, healthy: 4, relaunch: 2), Row(minimum: 0, healthy: 4, relaunch: 4),
        Row(minimum: 50, healthy: 2, relaunch: 2), Row(minimum: 50, healthy: 0, relaunch: 4),
        Row(wanted: 2, minimum: 50, healthy: 4, relaunch: 2, stop: 1),
        Row(wanted: 6, minimum: 50, healthy: 4, relaunch: 1, start: 2),
    ]

    @Test func `where there are too many the youngest data goes, however the tasks stand`() {
        let db = resident(spec("/db", cmd: "v1", instances: 2, minimumHealthy: 50, checked: true))
        var instances = (1...3).map { Instance.make($0, of: db, healthy: $0 != 1).reserved }
        for index in instances.indices { instances[index].reservation?.since = Instant(milliseconds: Int64(index)) }
        let decision = RolloutStep.decide(desired: db, old: [:], instances: instances)
        #expect(decision.stop.map(\.number) == [3])
        // One healthy instance is needed at least: the youngest waits until the oldest is healthy again.
        let two = (1...3).map { Instance.make($0, of: db, healthy: $0 == 3).reserved }
        #expect(RolloutStep.decide(desired: db, old: [:], instances: two).stop.map(\.number) == [])
    }

    @Test(arguments: rows)
    func `the first decision launches again within the bounds`(row: Row) {
        let old = resident(spec("/db", cmd: "v1", instances: row.present, minimumHealthy: row.minimum, checked: true))
        let new = resident(spec("/db", cmd: "v2", instances: row.wanted, minimumHealthy: row.minimum, checked: true))
        let instances = (1...row.present).map { Instance.make($0, of: old, healthy: $0 <= row.healthy).reserved }
        let decision = RolloutStep.decide(desired: new, old: [old.digest: old], instances: instances)
        #expect(decision.relaunch.count == row.relaunch)
        #expect(decision.stop.count == row.stop)
        #expect(decision.start == row.start)
        #expect(RolloutStep.Bounds(of: new.app, healthy: row.healthy).maximumTotal == row.wanted)
    }

    @Test(arguments: rows, [UInt64(1), 2, 3])
    func `every row ends with all instances healthy in their places`(row: Row, seed: UInt64) {
        let old = resident(spec("/db", cmd: "v1", instances: row.present, minimumHealthy: row.minimum, checked: true))
        let new = resident(spec("/db", cmd: "v2", instances: row.wanted, minimumHealthy: row.minimum, checked: true))
        var world = World(seed: seed)
        world.git[old.id] = old
        world.sync()
        while world.live(.good) {}
        let places = Set(world.members(of: old.id).compactMap { $0.reservation?.id })
        world.git[new.id] = new
        world.sync()
        while world.live(.good) {}
        #expect(world.violations.isEmpty)
        #expect(world.isSettled(new.id, new))
        let after = Set(world.members(of: old.id).compactMap { $0.reservation?.id })
        #expect(row.wanted >= row.present ? after.isSuperset(of: places) : places.isSuperset(of: after))
    }

    @Test func `what has no task gets its next one of the wanted version, though nothing may be started`() {
        let old = resident(spec("/db", cmd: "v1", instances: 3, minimumHealthy: 0, checked: true))
        let new = resident(spec("/db", cmd: "v2", instances: 3, minimumHealthy: 0, checked: true))
        let instances = [
            Instance.make(1, of: old).reserved, Instance.make(2, of: old, .scheduled).reserved,
            Instance.make(3, of: old, .scheduled).reserved,
        ]
        var terms = RolloutStep.Terms()
        terms.mayStart = 0
        let decision = RolloutStep.decide(desired: new, old: [old.digest: old], instances: instances, terms: terms)
        #expect(decision.relaunch.map(\.number).sorted() == [2, 3])
        #expect(decision.isBraked, "the one that runs waits until something may be started")
    }

    @Test func `a restart launches each one again, an agent that goes does not move any`() {
        let spec = resident(spec("/db", instances: 1, minimumHealthy: 0))
        var instance = Instance.make(1, of: spec, launched: 5).reserved
        instance.task?.leavesAt = Instant(milliseconds: 100)
        #expect(RolloutStep.decide(desired: spec, old: [:], instances: [instance]).isComplete)
        var terms = RolloutStep.Terms()
        terms.outdatedBefore = Instant(milliseconds: 6)
        let decision = RolloutStep.decide(desired: spec, old: [:], instances: [instance], terms: terms)
        #expect(decision.relaunch == [instance.id])
        #expect(decision.stop.isEmpty)
    }

    @Test func `one that is ended for its next spec is left alone, and does not count as healthy`() {
        let old = resident(spec("/db", cmd: "v1", instances: 2, minimumHealthy: 50))
        let new = resident(spec("/db", cmd: "v2", instances: 2, minimumHealthy: 50))
        var going = Instance.make(1, of: old).reserved
        going.next = new.digest
        let instances = [going, Instance.make(2, of: old).reserved]
        let decision = RolloutStep.decide(desired: new, old: [old.digest: old], instances: instances)
        #expect(decision == RolloutStep.Decision())
    }

    @Test func `one whose spec is lost keeps its volumes`() {
        let new = resident(spec("/db", cmd: "v2", instances: 1, minimumHealthy: 0))
        let lost = resident(spec("/db", cmd: "v1", instances: 1, minimumHealthy: 0))
        let instance = Instance.make(1, of: lost).reserved
        let decision = RolloutStep.decide(desired: new, old: [:], instances: [instance])
        #expect(decision.relaunch == [instance.id])
        #expect(decision.stop.isEmpty)
    }

    @Test func `one whose volumes would not fit is replaced by a new instance`() {
        let old = resident(spec("/db", cmd: "v1", instances: 1, minimumHealthy: 0))
        var app = old.app
        app.persistentVolumes?[0].size = 5
        let new = Spec(app, sha256: testDigest)
        let instances = [Instance.make(1, of: old).reserved]
        let decision = RolloutStep.decide(desired: new, old: [old.digest: old], instances: instances)
        #expect(decision.relaunch.isEmpty)
        #expect(decision.stop == instances.map(\.id))
    }

    @Test func `a task that is not healthy in time is replaced in its place`() {
        let good = resident(spec("/db", cmd: "v1", instances: 1, minimumHealthy: 0, checked: true))
        var world = World(seed: 1)
        world.git[good.id] = good
        world.sync()
        while world.live(.good) {}
        let place = world.members(of: good.id).first?.reservation?.id
        let bad = resident(
            spec(
                "/db",
                cmd: "v2",
                instances: 1,
                minimumHealthy: 0,
                checked: true,
                rollout: RolloutStrategy(onFailure: .continue)
            )
        )
        world.git[bad.id] = bad
        world.sync()
        for _ in 0..<40 {
            if let member = world.members(of: bad.id).first, member.condition == .running, member.digest == bad.digest {
                break
            }
            world.live(.good)
        }
        let hasWaited = world.wake()
        #expect(hasWaited)
        #expect(world.members(of: bad.id).first?.next == bad.digest)
        #expect(world.members(of: bad.id).first?.goal == .running)
        #expect(world.members(of: bad.id).first?.reservation?.id == place)
        #expect(world.violations.isEmpty)
    }

    @Test func `an app with volumes is not suspended`() {
        let spec = resident(spec("/db", instances: 1))
        var world = World(seed: 1)
        world.git[spec.id] = spec
        world.sync()
        while world.live(.good) {}
        world.order(.suspend, spec.id)
        #expect(world.trace.map(\.kind).contains("suspend refused"))
        #expect(world.members(of: spec.id).allSatisfy { $0.goal == .running })
    }
}
