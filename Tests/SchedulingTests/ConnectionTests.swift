import Domain
import Scheduling
import Testing

@Suite struct ConnectionTests {
    @Test func `the first tick asks for a subscription, and only the first`() {
        var harness = Harness()
        #expect(harness.scheduler.nextDeadline == harness.now)
        #expect(harness.tick() == [.connect(nil, RoleWishes(roles: ["*"], suppressed: ["*"]), delay: .zero)])
        #expect(harness.tick().isEmpty)
        #expect(harness.scheduler.connection.phase == .disconnected)
    }

    @Test func `a new framework's id is registered before anything else, a known one is not`() {
        var new = Harness()
        new.subscribe()
        #expect(new.effects.first == .register(FrameworkID("F")))
        var known = Harness(framework: FrameworkID("F"))
        #expect(known.tick() == [.connect(FrameworkID("F"), RoleWishes(roles: ["*"], suppressed: ["*"]), delay: .zero)])
        known.handle(.connection(.opened))
        known.handle(.mesos(.subscribed(FrameworkID("F"), heartbeat: .seconds(15))))
        #expect(known.effects == [.note(.subscribed(FrameworkID("F")))])
        #expect(known.scheduler.connection.phase == .subscribed)
    }

    @Test func `an answer under another id stops the process`() {
        var harness = Harness(framework: FrameworkID("E"))
        harness.tick()
        harness.handle(.connection(.opened))
        harness.handle(.mesos(.subscribed(FrameworkID("F"), heartbeat: .seconds(15))))
        guard case .stop(_, isFinal: true)? = harness.effects.last else {
            Issue.record("no stop: \(harness.effects)")
            return
        }
    }

    @Test func `delays double up to the longest, and begin anew after a subscription that lasted`() {
        var harness = Harness()
        harness.tick()
        var delays: [Int64] = []
        for _ in 1...10 { delays += harness.handle(.connection(.closed("refused"))).connects.map(\.count) }
        #expect(delays == [100, 200, 400, 800, 1600, 3200, 6400, 12800, 15000, 15000])

        harness.subscribe()
        harness.now = harness.now + .seconds(5)
        #expect(harness.handle(.connection(.closed("short"))).connects == [.seconds(15)])
        harness.subscribe()
        harness.now = harness.now + .seconds(31)
        #expect(harness.handle(.connection(.closed("long"))).connects == [Milliseconds(100)])
    }

    @Test func `five heartbeats of silence end the subscription, any event prevents that`() {
        var harness = Harness()
        harness.subscribe()
        #expect(harness.tick(after: 74_999).connects.isEmpty)
        harness.handle(.mesos(.heartbeat))
        #expect(harness.tick(after: 74_999).connects.isEmpty)
        let effects = harness.tick(after: 1)
        #expect(effects.connects == [Milliseconds(100)])
        #expect(effects.contains { if case .disconnect = $0 { true } else { false } })
        #expect(harness.scheduler.connection.phase == .disconnected)
    }

    @Test func `the machine asks to be woken for the silence and for an unanswered subscription`() {
        var harness = Harness()
        harness.tick()
        #expect(harness.scheduler.nextDeadline == harness.now + .seconds(60))
        harness.handle(.connection(.opened))
        #expect(harness.tick(after: 59_999).connects.isEmpty)
        #expect(harness.tick(after: 1).connects == [Milliseconds(100)])
        harness.subscribe()
        guard let deadline = harness.scheduler.nextDeadline else {
            Issue.record("no deadline while subscribed")
            return
        }
        #expect(deadline <= harness.now + .seconds(75))
    }

    @Test(arguments: [
        ("Framework failed over", false), ("Framework has been removed", true),
        ("Completed framework was removed", true),
    ])
    func `an error that says that the framework is not ours stops everything`(message: String, isFinal: Bool) {
        var harness = Harness()
        harness.subscribe()
        guard case .stop(let reason, isFinal: isFinal)? = harness.handle(.mesos(.error(message))).last else {
            Issue.record("no stop: \(harness.effects)")
            return
        }
        #expect(reason.contains(message))
        #expect(harness.scheduler.nextDeadline == nil)
        #expect(harness.tick(after: 100_000).isEmpty)
        #expect(harness.handle(.connection(.closed("late"))).isEmpty)
    }

    @Test func `who was taken over does not subscribe again and so never kicks the other one out`() {
        var harness = Harness()
        harness.subscribe()
        harness.handle(.connection(.takenOver("The stream ID 'x' didn't match")))
        guard case .stop(let reason, isFinal: false)? = harness.effects.last else {
            Issue.record("no stop: \(harness.effects)")
            return
        }
        #expect(reason.contains("another scheduler took the framework over (The stream ID 'x'"))
        #expect(harness.effects.connects.isEmpty)
        #expect(harness.tick(after: 100_000).isEmpty)
    }

    @Test func `a master that is not there is told once for each reason, and again after a subscription`() {
        var harness = Harness()
        var told: [SchedulerNote] = []
        func fail(_ reason: String) {
            harness.handle(.connection(.closed(reason)))
            told += harness.effects.notes
            harness.tick(after: 60_000)
        }
        harness.tick()
        for _ in 1...3 { fail("connection refused") }
        fail("no master in ZooKeeper")
        fail("connection refused")
        #expect(told == [.unreachable("connection refused"), .unreachable("no master in ZooKeeper")])

        harness.subscribe()
        #expect(harness.effects.notes == [.subscribed(FrameworkID("F"))])
        told = []
        for _ in 1...3 { fail("connection refused") }
        #expect(told == [.unsubscribed("connection refused")])
        fail("no master in ZooKeeper")
        #expect(told.last == .unreachable("no master in ZooKeeper"))
    }

    @Test(arguments: [
        "Not authorized to register framework  with roles { *, removed }", "Role 'x' was removed from the whitelist",
    ])
    func `any other error is a reason to subscribe again`(message: String) {
        var harness = Harness()
        harness.subscribe()
        harness.handle(.mesos(.error(message)))
        #expect(harness.effects.connects == [Milliseconds(100)])
        #expect(harness.scheduler.connection.lastFailure?.contains(message) == true)
    }

    @Test func `offers of a subscription that ended are never used`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        harness.handle(.mesos(.offers([makeOffer("O1", on: makeAgent(1))])))
        harness.handle(.connection(.closed("gone")))
        harness.subscribe()
        #expect(harness.effects.launches.isEmpty)
        #expect(harness.effects.declined.isEmpty)
    }
}
