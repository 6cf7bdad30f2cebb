import Domain
import OrderedCollections
import Planning
import Testing

@testable import Rollout

/// In which order apps start and go.
struct DependencyTests {
    @Test func `an app starts when what it depends on is healthy, and not before`() {
        var world = World(seed: 1)
        let db = spec("/db", instances: 1, checked: true)
        let web = spec("/web", instances: 2, dependencies: ["/db"])
        world.git = [db.id: db, web.id: web]
        world.sync()
        #expect(world.members(of: web.id).isEmpty)
        #expect(world.records[web.id]?.rollout?.phase == .waiting)
        #expect(world.records[web.id]?.rollout?.reason == "waits until what it depends on is healthy: /db")
        #expect(
            world.rollouts.progress(of: web.id)
                == "waits for /db: 0 of 1 healthy on \(db.digest.short), 1 not healthy yet"
        )
        while !world.isSettled(db.id, db) { world.live(.good) }
        #expect(world.members(of: web.id).count == 2)
        #expect(world.records[web.id]?.rollout?.phase == .rolling)
        #expect(world.violations.isEmpty)
    }

    @Test func `a dependency on a group waits for every app below it`() {
        var world = World(seed: 2)
        let db = spec("/store/db", instances: 1)
        let queue = spec("/store/deep/queue", instances: 1)
        let web = spec("/web", instances: 1, dependencies: ["/store"])
        world.git = [db.id: db, queue.id: queue, web.id: web]
        world.sync()
        while world.live(.good) {
            let areReady = world.isSettled(db.id, db) && world.isSettled(queue.id, queue)
            #expect(areReady || world.members(of: web.id).isEmpty)
        }
        #expect(world.isSettled(web.id, web))
    }

    @Test func `an app that lies in the group it depends on waits for the others of it`() {
        var world = World(seed: 8)
        let db = spec("/store/db", instances: 1, checked: true)
        let inside = spec("/store/api", instances: 1, dependencies: ["/store"])
        let outside = spec("/web", instances: 1, dependencies: ["/store"])
        world.git = [db.id: db, inside.id: inside, outside.id: outside]
        world.sync()
        #expect(world.members(of: inside.id).isEmpty && world.members(of: outside.id).isEmpty)
        while world.live(.good) {
            #expect(world.isSettled(inside.id, inside) || world.members(of: outside.id).isEmpty)
        }
        #expect(world.isSettled(outside.id, outside))
        #expect(world.violations.isEmpty)
    }

    @Test
    func `a group that heals one by one costs each of its members one look, however many wait for it`() {
        let store = (100..<200).map { spec("/store/s\($0)", instances: 1) }
        let shop = (1000..<3000).map { spec("/shop/a\($0)", instances: 1, dependencies: ["/store"]) }
        var world = World(seed: 9)
        for wanted in (shop + store) { world.git[wanted.id] = wanted }
        world.sync()
        for wanted in store.reversed() {
            #expect(world.rollouts.record(of: shop[0].id)?.rollout?.phase == .waiting)
            _ = world.rollouts.handle(.instances(wanted.id, [Instance.make(1, of: wanted)]), at: world.now)
            _ = world.rollouts.handle(.tick, at: world.now)
        }
        #expect(world.rollouts.records.count { $0.rollout?.phase == .rolling } == 2000)
    }

    @Test func `a dependency that does not exist is named and not waited for`() {
        var world = World(seed: 3)
        let db = spec("/db", instances: 1)
        let web = spec("/web", instances: 1, dependencies: ["/db", "/gone"])
        world.git = [db.id: db, web.id: web]
        world.sync()
        #expect(
            world.records[web.id]?.rollout?.reason
                == "waits until what it depends on is healthy: /db (not waited for, as it does not exist: /gone)"
        )
        while world.live(.good) {}
        #expect(world.isSettled(web.id, web))
    }

    @Test func `a dependency that others have passed and that falls ill again holds up whoever comes later`() {
        let db = spec("/store/db", instances: 1, checked: true)
        let slow = spec("/x", instances: 1, checked: true)
        let first = spec("/a", instances: 1, dependencies: ["/store"])
        let later = spec("/b", instances: 1, dependencies: ["/store", "/x"])
        var world = World(seed: 13)
        world.git = [db.id: db, slow.id: slow, first.id: first, later.id: later]
        world.sync()
        func set(_ wanted: Spec, healthy: Bool) {
            world.instances[InstanceID(app: wanted.id, number: 1)] = .make(1, of: wanted, healthy: healthy)
            world.tell(wanted.id)
        }
        set(db, healthy: true)
        #expect(world.members(of: first.id).count == 1)
        set(db, healthy: false)
        set(slow, healthy: true)
        #expect(world.members(of: later.id).isEmpty)
        #expect(world.rollouts.progress(of: later.id).hasPrefix("waits for /store/db"))
        set(db, healthy: true)
        #expect(world.members(of: later.id).count == 1)
    }

    @Test func `a suspended dependency counts as healthy`() {
        var world = World(seed: 4)
        let db = spec("/db", instances: 0)
        let web = spec("/web", instances: 1, dependencies: ["/db"])
        world.git = [db.id: db, web.id: web]
        world.sync()
        #expect(world.members(of: web.id).count == 1)
    }

    @Test func `an app that runs does not begin to wait because its number changes`() {
        var world = World(seed: 5)
        let db = spec("/db", instances: 1, checked: true)
        let web = spec("/web", instances: 1, dependencies: ["/db"])
        world.git = [db.id: db, web.id: web]
        world.sync()
        while world.live(.good) {}
        world.instances[InstanceID(app: db.id, number: 1)]?.task?.healthy = false
        world.tell(db.id)
        world.git[web.id] = spec("/web", instances: 3, dependencies: ["/db"])
        world.sync()
        #expect(world.members(of: web.id).count == 3)
    }

    @Test func `apps that go together are stopped dependents first`() {
        var world = World(seed: 6)
        let db = spec("/store/db", instances: 1)
        let web = spec("/web", instances: 2, dependencies: ["/store"])
        let other = spec("/other", instances: 1)
        world.git = [db.id: db, web.id: web, other.id: other]
        world.sync()
        while world.live(.good) {}
        world.git = [other.id: other]
        world.sync()
        #expect(world.members(of: web.id).allSatisfy { $0.goal == .stopped })
        #expect(world.members(of: db.id).allSatisfy { $0.goal == .running })
        #expect(
            world.rollouts.progress(of: db.id) == "is removed after /web, which depends on it and is not stopped yet"
        )
        while world.live(.good) {}
        #expect(Set(world.records.keys) == [other.id])
        #expect(world.violations.isEmpty)
    }

    @Test func `an app that stops already does not say that it waits for one that goes later`() {
        var world = World(seed: 7)
        let db = spec("/db", instances: 1)
        let web = spec("/web", instances: 2, dependencies: ["/db"])
        let other = spec("/other", instances: 1)
        world.git = [db.id: db, web.id: web, other.id: other]
        world.sync()
        while world.live(.good) {}
        world.git = [web.id: web, other.id: other]
        world.sync()
        #expect(world.members(of: db.id).allSatisfy { $0.goal == .stopped })
        world.git = [other.id: other]
        world.sync()
        #expect(world.members(of: web.id).allSatisfy { $0.goal == .stopped && $0.condition.hasTask })
        #expect(world.rollouts.progress(of: db.id) == "stopping 1")
        #expect(world.rollouts.blocker(of: db.id) == nil)
    }

    @Test func `two sources that depend on each other do not wait for ever`() {
        let left = spec("/left/a", instances: 1, dependencies: ["/right/b"])
        let right = spec("/right/b", instances: 1, dependencies: ["/left/a"])
        var rollouts = Rollouts(records: [], specs: [:], instances: [])
        let changes = [left, right].map { wanted in
            Change(
                app: wanted.id,
                action: .create,
                fields: [],
                tasks: Change.Tasks(start: 1, stop: 0, keep: 0),
                desired: wanted,
                file: "app.yaml",
                after: []
            )
        }
        let plan = Plan(changes: changes, problems: [], hash: testDigest([]))
        let now = Instant(milliseconds: 0)
        _ = rollouts.handle(.deploy(plan, DeploymentID("d"), Revision("r"), source: "s"), at: now)
        let effects = rollouts.handle(.tick, at: now)
        #expect(effects.contains(.start(InstanceID(app: right.id, number: 1), right.digest)))
        #expect(rollouts.record(of: left.id)?.rollout?.phase == .waiting)
        #expect(rollouts.record(of: right.id)?.rollout?.phase == .rolling)
    }

    @Test func `a commit that closes a cycle through an app that waits already does not hold both for ever`() {
        // Seen from the smaller id, /a, the edge from /b back to /a is the one that counts for nothing.
        let first = spec("/b", instances: 1, dependencies: ["/a"])
        let base = spec("/a", instances: 1, dependencies: ["/c"])
        let slow = spec("/c", instances: 1, checked: true)
        let closing = spec("/a", cmd: "v2", instances: 1, dependencies: ["/b"])
        var world = World(seed: 12)
        world.git = [first.id: first, base.id: base, slow.id: slow]
        world.sync()
        #expect(world.records[first.id]?.rollout?.phase == .waiting)
        world.git[closing.id] = closing
        world.sync()
        while world.live(.good) {}
        for wanted in [first, closing, slow] { #expect(world.isSettled(wanted.id, wanted)) }
    }

    @Test func `a chain of ten thousand apps starts one after the other`() {
        var world = Rollouts(records: [], specs: [:], instances: [])
        let specs = (0..<10_000).map { number in
            spec("/a\(number)", instances: 0, dependencies: number == 0 ? [] : ["/a\(number - 1)"])
        }
        let changes = specs.map { wanted in
            Change(
                app: wanted.id,
                action: .create,
                fields: [],
                tasks: Change.Tasks(start: 0, stop: 0, keep: 0),
                desired: wanted,
                file: "app.yaml",
                after: []
            )
        }
        let plan = Plan(changes: changes, problems: [], hash: testDigest([]))
        let now = Instant(milliseconds: 0)
        _ = world.handle(.deploy(plan, DeploymentID("d"), Revision("r"), source: "s"), at: now)
        let effects = world.handle(.tick, at: now)
        let finished = effects.count { if case .note(.finished) = $0 { true } else { false } }
        #expect(finished == 10_000)
        #expect(world.records.allSatisfy { $0.rollout == nil })
    }
}
