import Domain
import Scheduling
import Testing

@Suite struct OfferFlowTests {
    @Test func `unused offers go back in the turn they came, for long where nothing waits`() {
        var harness = Harness()
        harness.subscribe()
        harness.offer([makeAgent(1), makeAgent(2)])
        #expect(harness.effects.declined == [OfferID("O1"): .seconds(120), OfferID("O2"): .seconds(120)])
        #expect(harness.effects.free.count == 1)
    }

    @Test func `they go back shortly while something waits`() {
        let spec = makeSpec("/big") { $0.resources = Resources(cpus: 99_000, mem: 1000) }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        #expect(harness.offer([makeAgent(1)]).declined == [OfferID("O1"): .seconds(5)])
    }

    @Test func `a rescinded offer is neither accepted nor declined`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        harness.handle(.mesos(.offers([makeOffer("O1", on: makeAgent(1)), makeOffer("O2", on: makeAgent(2))])))
        harness.handle(.mesos(.rescind(OfferID("O1"))))
        harness.tick()
        guard case .accept(let ids, _, _)? = harness.effects.gated.first else {
            Issue.record("nothing was accepted: \(harness.effects)")
            return
        }
        #expect(ids == [OfferID("O2")])
        #expect(harness.effects.declined.isEmpty)
    }

    @Test func `agents that go into maintenance get nothing, and the app is told`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        let soon = makeOffer("O1", on: makeAgent(1), from: harness.now + .minutes(239))
        let begun = makeOffer("O2", on: makeAgent(2), from: harness.now + Milliseconds(-5))
        harness.handle(.mesos(.offers([soon, begun])))
        #expect(harness.tick().declined == [OfferID("O1"): .seconds(120), OfferID("O2"): .seconds(120)])
        #expect(harness.scheduler.refusals[spec.id]?.reasons == [.maintenance: 2])
        harness.handle(.mesos(.offers([makeOffer("O3", on: makeAgent(1), from: harness.now + .minutes(241))])))
        #expect(harness.tick().launches.count == 1)
    }

    @Test func `inverse offers are accepted`() {
        var harness = Harness()
        harness.subscribe()
        let inverse = InverseOffer(id: OfferID("I1"), agent: AgentID("S1"), from: harness.now)
        #expect(
            harness.handle(.mesos(.inverseOffers([inverse])))
                == [.send(.acceptInverseOffers([OfferID("I1")], refuse: .minutes(60)))]
        )
    }

    @Test func `offers are suppressed when nothing is wanted and revived when something is`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec], framework: FrameworkID("F"))
        harness.start(spec)
        harness.subscribe()
        #expect(!harness.effects.free.contains(.revive(["*"])) && !harness.effects.free.contains(.suppress(["*"])))
        harness.offer([makeAgent(1)])
        #expect(harness.effects.free.last == .suppress(["*"]))
        #expect(harness.tick().isEmpty)
        harness.start(spec, 2...2)
        #expect(harness.tick().free == [.revive(["*"])])
        #expect(harness.tick().isEmpty)
    }

    @Test func `a subscription says itself that nothing is wanted`() {
        var harness = Harness()
        harness.subscribe()
        #expect(!harness.effects.free.contains(.suppress(["*"])))
        let spec = makeSpec("/a")
        harness.handle(.learn(spec))
        harness.start(spec)
        #expect(harness.tick().free == [.revive(["*"])])
    }

    @Test func `revives are limited over time, and none is forgotten`() {
        let spec = makeSpec("/a")
        var settings = SchedulerSettings()
        settings.reviveBurst = 1
        var harness = Harness([spec], settings: settings)
        harness.subscribe()
        harness.start(spec)
        #expect(harness.tick().free == [.revive(["*"])])
        harness.offer([makeAgent(1)])
        harness.start(spec, 2...2)
        #expect(harness.tick(after: 200).free.isEmpty)
        #expect(harness.scheduler.nextDeadline == harness.now + Milliseconds(801))
        #expect(harness.tick(after: 801).free == [.revive(["*"])])
    }

    @Test func `a few revives in a row are allowed after a quiet time`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        var revives = 0
        for number in 1...30 {
            harness.start(spec, number...number)
            revives += harness.tick(after: 10).free.count { $0 == .revive(["*"]) }
            harness.offer([makeAgent(1)])
        }
        #expect(revives == 12)
    }

    @Test func `what becomes wanted before a revive has brought offers needs no other one`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        #expect(harness.tick().free == [.revive(["*"])])
        for number in 2...9 {
            harness.start(spec, number...number)
            #expect(harness.tick(after: 50).free.isEmpty)
        }
        harness.offer([makeAgent(1, zone: "a"), makeAgent(2)])
        #expect(harness.effects.launches.count == 8, "all that fit")
        #expect(harness.tick(after: 50).free.isEmpty)
        harness.start(spec, 10...10)
        #expect(harness.tick(after: 50).free == [.revive(["*"])], "those offers cannot be for this one")
    }

    @Test func `a revive that brings no offers holds up nothing for long`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        #expect(harness.tick().free == [.revive(["*"])])
        harness.start(spec, 2...2)
        #expect(harness.tick(after: 999).free.isEmpty)
        #expect(harness.scheduler.nextDeadline == harness.now + Milliseconds(1))
        #expect(harness.tick(after: 1).free == [.revive(["*"])])
        #expect(harness.tick(after: 1000).free.isEmpty, "nothing new")
    }

    @Test(arguments: [(1, 1100), (100, 2000), (400, 5000), (4000, 5000)] as [(agents: Int, wait: Int64)])
    func `the more offers a revive brings, the longer the next one waits`(row: (agents: Int, wait: Int64)) {
        let spec = makeSpec("/a")
        var settings = SchedulerSettings()
        settings.reviveBurst = 1
        settings.reviveOffers = 100
        var harness = Harness([spec], settings: settings)
        harness.subscribe()
        harness.start(spec)
        #expect(harness.tick().free == [.revive(["*"])])
        let revived = harness.now
        harness.offer((1...row.agents).map { makeAgent($0) })
        harness.start(spec, 2...2)
        harness.tick()
        #expect(harness.scheduler.nextDeadline == revived + Milliseconds(row.agents == 1 ? 1010 : row.wait))
    }

    @Test func `a revive is repeated while something still waits`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.start(spec)
        harness.subscribe()
        #expect(harness.tick(after: 29_999).free.isEmpty)
        harness.handle(.mesos(.heartbeat))
        #expect(harness.tick(after: 1).free == [.revive(["*"])])
        harness.handle(.mesos(.heartbeat))
        #expect(harness.tick(after: 30_000).free == [.revive(["*"])])
    }

    @Test func `the rest of an accepted offer comes again at once only while something waits`() {
        let small = makeSpec("/a")
        let big = makeSpec("/big") { $0.resources = Resources(cpus: 99_000, mem: 1000) }
        var harness = Harness([small, big])
        harness.subscribe()
        harness.start(small)
        guard case .accept(_, _, refuse: .seconds(120))? = harness.offer([makeAgent(1)]).gated.first else {
            Issue.record("not accepted with a long filter: \(harness.effects)")
            return
        }
        harness.start(small, 2...2)
        harness.start(big)
        guard case .accept(_, _, refuse: .zero)? = harness.offer([makeAgent(1)]).gated.first else {
            Issue.record("not accepted without a filter: \(harness.effects)")
            return
        }
    }

    @Test func `offers that come while there is no subscription are not used`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.start(spec)
        harness.tick()
        harness.handle(.mesos(.offers([makeOffer("O1", on: makeAgent(1))])))
        #expect(harness.tick().isEmpty)
    }
}
