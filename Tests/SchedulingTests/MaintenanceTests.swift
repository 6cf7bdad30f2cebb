import Domain
import Testing

@testable import Scheduling

/// Agents that go for maintenance: who is told, when, and what happens when the plan changes.
@Suite struct MaintenanceTests {
    static func running(horizon: Milliseconds = .minutes(240)) -> (Harness, InstanceID) {
        let spec = makeSpec("/a")
        var settings = SchedulerSettings()
        settings.maintenanceHorizon = horizon
        var harness = Harness([spec], settings: settings)
        harness.subscribe()
        harness.bring(spec, to: .running)
        return (harness, makeInstance(spec, 1))
    }

    static func ask(_ harness: inout Harness, in minutes: Int64, until: Int64? = nil) {
        let request = InverseOffer(
            id: OfferID("I"),
            agent: AgentID("S1"),
            from: harness.now + .minutes(minutes),
            until: until.map { harness.now + .minutes($0) }
        )
        harness.handle(.mesos(.inverseOffers([request])))
    }

    static func offer(_ harness: inout Harness, from: Instant?, until: Instant? = nil) {
        var offer = makeOffer("M", on: makeAgent(1), from: from)
        offer.unavailableUntil = until
        harness.handle(.mesos(.offers([offer])))
    }

    @Test func `a request to empty an agent is accepted, and its instances know when it goes`() {
        var (harness, id) = MaintenanceTests.running()
        MaintenanceTests.ask(&harness, in: 60)
        #expect(harness.effects.free == [.acceptInverseOffers([OfferID("I")], refuse: .minutes(60))])
        let marked = harness.tick().changed
        #expect(marked.map(\.id) == [id])
        #expect(marked.first?.leavesAt == harness.now + .minutes(60))
        #expect(marked.first?.condition == .running)
        MaintenanceTests.ask(&harness, in: 60)
        #expect(harness.tick().changed.isEmpty)
    }

    @Test func `one that is far off changes nothing until it is near, when a deadline wakes the machine`() {
        var (harness, id) = MaintenanceTests.running(horizon: .minutes(10))
        let begin = harness.now + .minutes(20)
        MaintenanceTests.ask(&harness, in: 20)
        #expect(harness.tick().changed.isEmpty)
        harness.now = begin + Milliseconds(-600_001)
        harness.handle(.mesos(.heartbeat))
        #expect(harness.tick().changed.isEmpty)
        #expect((harness.scheduler.nextDeadline ?? begin) <= begin + Milliseconds(-600_000))
        #expect(harness.tick(after: 1).changed.map(\.leavesAt) == [begin])
        #expect(harness.scheduler.instance(id)?.leavesAt == begin)
    }

    @Test func `another moment is taken over, also one that is far off again`() {
        var (harness, id) = MaintenanceTests.running(horizon: .minutes(90))
        MaintenanceTests.ask(&harness, in: 60)
        harness.tick()
        MaintenanceTests.ask(&harness, in: 30)
        #expect(harness.scheduler.instance(id)?.leavesAt == harness.now + .minutes(30))
        MaintenanceTests.ask(&harness, in: 600)
        #expect(harness.scheduler.instance(id)?.leavesAt == nil)
        #expect(harness.tick().changed.isEmpty)
    }

    @Test func `an offer without a window ends it, one with a window begins it`() {
        var (harness, id) = MaintenanceTests.running()
        MaintenanceTests.offer(&harness, from: harness.now + .minutes(5))
        #expect(harness.tick().changed.map(\.id) == [id])
        MaintenanceTests.offer(&harness, from: nil)
        #expect(harness.effects.changed.map(\.leavesAt) == [nil])
        #expect(harness.scheduler.instance(id)?.condition == .running)
    }

    @Test func `a window ends by itself`() {
        var (harness, id) = MaintenanceTests.running()
        MaintenanceTests.ask(&harness, in: 0, until: 30)
        harness.tick()
        #expect(harness.scheduler.instance(id)?.leavesAt != nil)
        harness.now = harness.now + .minutes(30)
        harness.handle(.mesos(.heartbeat))
        #expect(harness.tick().changed.map(\.leavesAt) == [nil])
    }

    @Test func `a window that nobody speaks of any more is forgotten`() {
        var (harness, id) = MaintenanceTests.running()
        MaintenanceTests.ask(&harness, in: 200)
        harness.tick()
        harness.now = harness.now + .minutes(119)
        MaintenanceTests.ask(&harness, in: 81)
        harness.now = harness.now + .minutes(119)
        harness.handle(.mesos(.heartbeat))
        harness.tick()
        #expect(harness.scheduler.instance(id)?.leavesAt != nil)
        harness.now = harness.now + .minutes(1)
        harness.handle(.mesos(.heartbeat))
        harness.tick()
        #expect(harness.scheduler.instance(id)?.leavesAt == nil)
    }

    @Test func `an agent whose window is over is used again, though its schedule still stands`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        let from = harness.now + .minutes(-60)
        MaintenanceTests.offer(&harness, from: from, until: harness.now + Milliseconds(1))
        #expect(harness.tick().launches.isEmpty)
        #expect(harness.scheduler.refusals[spec.id]?.reasons == [.maintenance: 1])
        MaintenanceTests.offer(&harness, from: from, until: harness.now)
        #expect(harness.tick().launches.count == 1)
        #expect(harness.scheduler.instance(makeInstance(spec, 1))?.leavesAt == nil)
    }

    @Test func `a task that is placed on an agent with a window far off is marked when that comes near`() {
        let spec = makeSpec("/a")
        var settings = SchedulerSettings()
        settings.maintenanceHorizon = .minutes(1)
        var harness = Harness([spec], settings: settings)
        harness.subscribe()
        harness.start(spec)
        let from = harness.now + .minutes(3)
        MaintenanceTests.offer(&harness, from: from)
        #expect(harness.tick().launches.count == 1)
        harness.now = from + .seconds(-60)
        harness.handle(.mesos(.heartbeat))
        #expect(harness.tick().changed.map(\.leavesAt) == [from])
    }

    @Test func `the next leader knows what the last one wrote, until it hears otherwise`() {
        let (before, id) = {
            var (harness, id) = MaintenanceTests.running()
            MaintenanceTests.ask(&harness, in: 60)
            harness.tick()
            return (harness, id)
        }()
        var harness = Harness([makeSpec("/a")], instances: before.scheduler.allInstances)
        harness.subscribe()
        #expect(harness.scheduler.instance(id)?.leavesAt != nil)
        MaintenanceTests.offer(&harness, from: nil)
        #expect(harness.scheduler.instance(id)?.leavesAt == nil)
    }

    @Test func `the replacement of a task that its agent drains is no failure and has no mark`() {
        var (harness, id) = MaintenanceTests.running()
        MaintenanceTests.ask(&harness, in: 60)
        harness.tick()
        harness.update(id, .killing, reason: "REASON_AGENT_DRAINING")
        harness.update(id, .killed, reason: "REASON_AGENT_DRAINING")
        #expect(harness.scheduler.instance(id)?.condition == .scheduled)
        #expect(harness.offer([makeAgent(2)]).launches.count == 1)
        #expect(harness.scheduler.instance(id)?.leavesAt == nil)
    }
}
