import Domain
import Testing

@testable import Scheduling

@Suite struct BackoffTests {
    @Test func `delays grow by the factor up to the longest`() {
        let policy = BackoffPolicy(first: .seconds(1), factorMillionths: 2_000_000, longest: .seconds(6))
        var delays: [Int64] = []
        var previous: Milliseconds?
        for _ in 1...5 {
            previous = Backoff.delay(after: previous, policy)
            delays.append(previous?.count ?? -1)
        }
        #expect(delays == [1000, 2000, 4000, 6000, 6000])
        #expect(Backoff.delay(after: nil, BackoffPolicy(first: .seconds(9), longest: .seconds(6))) == .seconds(6))
        #expect(Backoff.delay(after: Milliseconds(.max / 2), policy) == .seconds(6))
    }

    @Test(
        arguments: [
            (TaskStatus.State.failed, nil, nil, true), (.finished, nil, nil, true), (.error, nil, nil, true),
            (.gone, nil, nil, true), (.killed, false, nil, true), (.killed, nil, nil, false),
            (.dropped, nil, nil, false), (.dropped, nil, "REASON_INVALID_OFFERS", false),
            (.dropped, nil, "REASON_AGENT_REMOVED", false), (.dropped, nil, "REASON_EXECUTOR_TERMINATED", true),
            (.dropped, nil, "REASON_CONTAINER_LAUNCH_FAILED", true),
            (.lost, nil, "REASON_INVALID_OFFERS", false), (.failed, nil, "REASON_AGENT_DRAINING", false),
            (.goneByOperator, nil, nil, false),
        ] as [(TaskStatus.State, Bool?, String?, Bool)]
    )
    func `only what speaks against the app delays its next launch`(
        state: TaskStatus.State,
        healthy: Bool?,
        reason: String?,
        isDelayed: Bool
    ) {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .running)
        harness.update(makeInstance(spec, 1), state, healthy: healthy, reason: reason)
        #expect(harness.offer([makeAgent(1)]).launches.isEmpty == isDelayed)
    }

    @Test
    func `a task that an agent can never launch is tried again later and later, and waits for no offer meanwhile`() {
        let spec = makeSpec("/a") { $0.backoff = BackoffPolicy(first: .seconds(1), factorMillionths: 2_000_000) }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        var waits: [Int64] = []
        for _ in 1...3 {
            harness.offer([makeAgent(1)])
            harness.update(makeInstance(spec, 1), .dropped, reason: "REASON_EXECUTOR_TERMINATED")
            harness.tick()
            #expect(harness.scheduler.refusals[spec.id] == nil, "it waits for the end of the back-off, not for a place")
            waits.append(
                (harness.scheduler.backoff[spec.id]?.until ?? harness.now).milliseconds - harness.now.milliseconds
            )
            harness.now = harness.now + .seconds(10)
            harness.handle(.mesos(.heartbeat))
            harness.tick()
        }
        #expect(waits == [1000, 2000, 4000])
    }

    @Test func `a delayed launch wants offers when the delay is over, and no earlier`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .running)
        harness.tick()
        harness.update(makeInstance(spec, 1), .failed)
        #expect(harness.tick().free.filter { $0 == .revive(["*"]) }.isEmpty)
        #expect(harness.scheduler.nextDeadline == harness.now + .seconds(1))
        #expect(harness.tick(after: 999).free.filter { $0 == .revive(["*"]) }.isEmpty)
        #expect(harness.tick(after: 1).free.contains(.revive(["*"])))
        #expect(harness.offer([makeAgent(1)]).launches.count == 1)
    }

    @Test func `failures in a row are counted and the state goes to the store`() {
        let spec = makeSpec("/a") { $0.backoff = BackoffPolicy(first: .seconds(1), factorMillionths: 2_000_000) }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        var seen: [Int64] = []
        for _ in 1...4 {
            harness.offer([makeAgent(1)])
            harness.update(makeInstance(spec, 1), .failed)
            for case .backoff(_, let state?) in harness.effects { seen.append(state.delay.count) }
            harness.now = harness.now + .seconds(30)
            harness.handle(.mesos(.heartbeat))
            harness.tick()
        }
        #expect(seen == [1000, 2000, 4000, 8000])
        #expect(harness.scheduler.backoff[spec.id]?.failures == 4)
    }

    @Test func `a task that stays healthy long enough ends it, an old one does not`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .running, number: 1)
        harness.bring(spec, to: .running, number: 2)
        harness.update(makeInstance(spec, 2), .failed)
        harness.update(makeInstance(spec, 1), .running)
        harness.handle(.mesos(.heartbeat))
        harness.tick(after: 70_000)
        #expect(harness.scheduler.backoff[spec.id] != nil)
        harness.offer([makeAgent(1)])
        harness.update(makeInstance(spec, 2), .running)
        harness.tick(after: 59_999)
        #expect(harness.scheduler.backoff[spec.id] != nil)
        #expect(harness.tick(after: 1).contains(.backoff(spec.id, nil)))
        #expect(harness.scheduler.backoff[spec.id] == nil)
    }

    @Test func `with a check, running proves nothing until it is healthy`() {
        let spec = makeSpec("/a") { $0.healthChecks = [HealthCheck(probe: .command("true"))] }
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .running)
        harness.update(makeInstance(spec, 1), .failed)
        harness.tick(after: 1000)
        harness.offer([makeAgent(1)])
        let id = makeInstance(spec, 1)
        harness.update(id, .running)
        harness.tick(after: 70_000)
        #expect(harness.scheduler.backoff[spec.id] != nil)
        harness.update(id, .running, healthy: true)
        harness.tick(after: 30_000)
        harness.update(id, .running, healthy: false)
        harness.tick(after: 30_000)
        #expect(harness.scheduler.backoff[spec.id] != nil)
        harness.update(id, .running, healthy: true)
        #expect(harness.tick(after: 60_000).contains(.backoff(spec.id, nil)))
    }

    @Test func `another definition starts afresh, another number of instances does not`() {
        let old = makeSpec("/a")
        let scaled = makeSpec("/a") { $0.instances = 5 }
        let new = makeSpec("/a") { $0.cmd = "other" }
        #expect(old.restartDigest == scaled.restartDigest)
        var harness = Harness([old, scaled, new])
        harness.subscribe()
        harness.bring(old, to: .running)
        harness.update(makeInstance(old, 1), .failed)
        harness.handle(.order(.adopt(makeInstance(old, 1), scaled.digest)))
        #expect(harness.scheduler.backoff[old.id]?.digest == scaled.digest)
        #expect(harness.offer([makeAgent(1)]).launches.isEmpty)
        harness.handle(.order(.start(makeInstance(new, 2), new.digest)))
        #expect(harness.effects.contains(.backoff(new.id, nil)))
        #expect(harness.offer([makeAgent(1)]).launches.count == 2)
    }

    @Test func `an old definition that fails does not delay the new one`() {
        let old = makeSpec("/a")
        let new = makeSpec("/a") { $0.cmd = "other" }
        var harness = Harness([old, new])
        harness.subscribe()
        harness.bring(old, to: .running)
        harness.start(new, 2...2)
        harness.update(makeInstance(old, 1), .failed)
        #expect(harness.offer([makeAgent(1)]).launches.count == 1)
        #expect(harness.scheduler.instance(makeInstance(new, 2))?.condition == .launching)
    }

    @Test func `a new leader goes on with the delay it finds`() {
        let spec = makeSpec("/a")
        let now = Instant(milliseconds: 1_000_000)
        let state = BackoffState(digest: spec.digest, delay: .seconds(8), until: now + .seconds(5), failures: 4)
        let waiting = Instance(id: makeInstance(spec, 1), digest: spec.digest, since: now)
        var harness = Harness([spec], instances: [waiting], backoffs: [spec.id: state])
        harness.subscribe()
        #expect(harness.offer([makeAgent(1)]).launches.isEmpty)
        harness.tick(after: 5000)
        #expect(harness.offer([makeAgent(1)]).launches.count == 1)
    }
}
