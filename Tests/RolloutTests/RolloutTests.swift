import Domain
import OrderedCollections
import Testing

@testable import Rollout

/// One app's way: what it keeps, what it writes, what it says.
struct RolloutTests {
    /// An app that runs `spec` whole.
    private func settled(_ spec: Spec, seed: UInt64 = 7) -> World {
        var world = World(seed: seed)
        world.git[spec.id] = spec
        world.sync()
        while world.live(.good) {}
        #expect(world.isSettled(spec.id, spec))
        return world
    }

    @Test func `a change in place adopts every instance and restarts none`() {
        var world = settled(spec("/web", kill: .youngestFirst))
        let before = world.members(of: app("/web")).map(\.task)
        let new = spec("/web", kill: .oldestFirst)
        world.git[new.id] = new
        world.sync()
        #expect(world.isSettled(new.id, new))
        #expect(world.members(of: new.id).map(\.task) == before)
        #expect(world.records[new.id]?.lastHealthy == new.digest)
    }

    @Test func `going back to a spec that some instances still run keeps them`() {
        let v1 = spec("/web", cmd: "v1", checked: true)
        var world = settled(v1)
        let before = Set(world.members(of: v1.id).map(\.id))
        world.git[v1.id] = spec("/web", cmd: "broken", checked: true)
        world.sync()
        for _ in 0..<30 { world.live(.good) }
        world.git[v1.id] = v1
        world.sync()
        while world.live(.good) {}
        #expect(world.isSettled(v1.id, v1))
        #expect(Set(world.members(of: v1.id).map(\.id)) == before)
    }

    @Test(arguments: [KillSelection.youngestFirst, .oldestFirst])
    func `scaling down stops what does not run first, then by the kill selection`(selection: KillSelection) {
        let four = spec("/web", instances: 4, kill: selection)
        let two = spec("/web", instances: 1, kill: selection)
        let instances = [
            Instance.make(1, of: four, launched: 10), Instance.make(2, of: four, .staging, launched: 20),
            Instance.make(3, of: four, launched: 30), Instance.make(4, of: four, .scheduled),
        ]
        let decision = RolloutStep.decide(desired: two, old: [four.digest: four], instances: instances)
        #expect(decision.stop.map(\.number) == [4, 2, selection == .youngestFirst ? 3 : 1])
        #expect(decision.adopt.map(\.number) == [selection == .youngestFirst ? 1 : 3])
    }

    @Test func `old instances whose checks fail stay while new ones have room beside them`() {
        let old = spec("/web", cmd: "v1", checked: true)
        let new = spec("/web", cmd: "v2", checked: true)
        let flapping = (1...4).map { Instance.make($0, of: old, healthy: false) }
        let first = RolloutStep.decide(desired: new, old: [old.digest: old], instances: flapping)
        #expect(first.stop.isEmpty)
        #expect(first.start == 4)

        let fresh = (5...8).map { Instance.make($0, of: new, healthy: $0 <= 6) }
        let next = RolloutStep.decide(desired: new, old: [old.digest: old], instances: flapping + fresh)
        #expect(next.stop.count == 2)
    }

    @Test func `a task that the cluster lost does not hold the rollout up`() {
        let old = spec("/web", cmd: "v1", instances: 1, maximumOver: 0)
        let new = spec("/web", cmd: "v2", instances: 1, maximumOver: 0)
        let lost = Instance.make(1, of: old, .unreachable)
        let first = RolloutStep.decide(desired: new, old: [old.digest: old], instances: [lost])
        #expect(first.stop == [lost.id])
        #expect(first.start == 1)
        let leaving = Instance.make(1, of: old, .unreachable, goal: .stopped)
        let done = RolloutStep.decide(
            desired: new,
            old: [old.digest: old],
            instances: [leaving, Instance.make(2, of: new)]
        )
        #expect(done.isComplete)
    }

    @Test func `nothing is written while only counts change`() {
        var world = settled(spec("/web", cmd: "v1", checked: true))
        let new = spec("/web", cmd: "v2", checked: true)
        world.git[new.id] = new
        world.sync()
        var writes = 0
        for _ in 0..<200 {
            let before = world.records[new.id]
            guard world.live(.good) else { break }
            if world.records[new.id] != before { writes += 1 }
        }
        #expect(world.isSettled(new.id, new))
        #expect(writes == 1, "only its end is written; all four were started when it began")
    }

    @Test func `a record is handed out once a turn, and not at all when nothing changed`() {
        var rollouts = Rollouts(records: [], specs: [:], instances: [])
        let now = Instant(milliseconds: 0)
        let wanted = spec("/web", instances: 3)
        var world = World(seed: 1)
        world.git[wanted.id] = wanted
        _ = rollouts.handle(.deploy(world.plan, DeploymentID("d"), Revision("r"), source: "shop"), at: now)
        let state = BackoffState(digest: wanted.digest, delay: .zero, until: now, failures: 1)
        _ = rollouts.handle(.backoff(wanted.id, state), at: now)
        let effects = rollouts.handle(.tick, at: now)
        #expect(effects.count { if case .changed = $0 { true } else { false } } == 1)
        #expect(rollouts.handle(.tick, at: now).isEmpty)
        #expect(rollouts.handle(.backoff(wanted.id, state), at: now).isEmpty)
        #expect(rollouts.handle(.tick, at: now).isEmpty)
    }

    @Test func `the same events give the same effects in the same order`() {
        func run() -> [RolloutEffect] {
            var world = World(seed: 11)
            for path in ["/a", "/b", "/c", "/d"] { world.git[app(path)] = spec(path) }
            _ = world.rollouts.handle(
                .deploy(world.plan, DeploymentID("d"), Revision("r"), source: "shop"),
                at: world.now
            )
            return world.rollouts.handle(.tick, at: world.now)
        }
        #expect(run() == run())
        #expect(run().count == 24)
    }

    @Test func `instances of an app that no record knows are stopped`() {
        let web = spec("/web")
        let stray = Instance.make(3, of: web)
        var rollouts = Rollouts(records: [], specs: [web.digest: web], instances: [stray])
        #expect(rollouts.handle(.tick, at: Instant(milliseconds: 0)) == [.stop(stray.id)])
    }

    @Test func `a record that lags behind its instances gives no number twice`() {
        let web = spec("/web", instances: 3)
        var record = AppRecord(
            id: web.id,
            source: "shop",
            file: "web.yaml",
            desired: web.digest,
            revision: Revision("r"),
            nextInstance: 1
        )
        record.lastHealthy = web.digest
        var rollouts = Rollouts(
            records: [record],
            specs: [web.digest: web],
            instances: [Instance.make(4, of: web), Instance.make(2, of: web)]
        )
        let effects = rollouts.handle(.tick, at: Instant(milliseconds: 0))
        #expect(effects.contains(.start(InstanceID(app: web.id, number: 5), web.digest)))
    }

    @Test func `without self-heal an app is led to its spec by a rollout only`() {
        let web = spec("/web", instances: 3)
        let one = Instance.make(1, of: web)
        var record = AppRecord(
            id: web.id,
            source: "shop",
            file: "web.yaml",
            desired: web.digest,
            revision: Revision("r"),
            nextInstance: 2
        )
        func policy(_ healsDrift: Bool) -> RolloutPolicy {
            var policy = RolloutPolicy()
            policy.healsDrift = healsDrift
            return policy
        }
        func effects(healsDrift: Bool) -> [RolloutEffect] {
            var rollouts = Rollouts(
                records: [record],
                specs: [web.digest: web],
                instances: [one],
                policy: policy(healsDrift)
            )
            return rollouts.handle(.tick, at: Instant(milliseconds: 0)).filter { effect in
                if case .start = effect { return true }
                return false
            }
        }
        #expect(effects(healsDrift: true).count == 2)
        #expect(effects(healsDrift: false).isEmpty)
        record.rollout = RolloutRecord(
            deployment: DeploymentID("d"),
            phase: .rolling,
            reason: "r",
            since: Instant(milliseconds: 0)
        )
        #expect(effects(healsDrift: false).count == 2)
    }

    @Test func `an app whose spec is lost keeps what it runs and says so`() {
        let web = spec("/web", instances: 2)
        let record = AppRecord(
            id: web.id,
            source: "shop",
            file: "web.yaml",
            desired: web.digest,
            revision: Revision("r"),
            nextInstance: 2
        )
        var rollouts = Rollouts(records: [record], specs: [:], instances: [Instance.make(1, of: web)])
        #expect(rollouts.handle(.tick, at: Instant(milliseconds: 0)).isEmpty)
        #expect(rollouts.progress(of: web.id) == "its spec \(web.digest.short) is not in the store")
    }

    @Test func `progress counts what is healthy, starting, old and on its way out`() {
        let old = spec("/web", cmd: "v1")
        let new = spec("/web", cmd: "v2")
        var record = AppRecord(
            id: new.id,
            source: "shop",
            file: "web.yaml",
            desired: new.digest,
            revision: Revision("r"),
            nextInstance: 9
        )
        record.rollout = RolloutRecord(
            deployment: DeploymentID("d"),
            phase: .rolling,
            reason: "",
            since: Instant(milliseconds: 0)
        )
        let rollouts = Rollouts(
            records: [record],
            specs: [old.digest: old, new.digest: new],
            instances: [
                Instance.make(1, of: old), Instance.make(2, of: old, .killing, goal: .stopped),
                Instance.make(5, of: new), Instance.make(6, of: new), Instance.make(7, of: new, .staging),
            ]
        )
        #expect(
            rollouts.progress(of: new.id)
                == "2 of 4 healthy on \(new.digest.short), 1 not healthy yet, 1 old left, stopping 1"
        )
    }
}
