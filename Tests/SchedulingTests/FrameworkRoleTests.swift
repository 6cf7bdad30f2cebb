import Domain
import Testing

@testable import Scheduling

/// The roles that Mesos is told of, and the offers that are wanted for each.
@Suite struct FrameworkRoleTests {
    private static let own = makeSpec("/plain")
    private static let batch = makeSpec("/batch") { $0.role = "batch" }
    private static let web = makeSpec("/web") { $0.role = "web" }
    private static let all = [own, batch, web]

    private static func subscribed(_ specs: [Spec], running: [Spec] = []) -> Harness {
        let instances = running.map {
            Instance(id: makeInstance($0, 1), digest: $0.digest, since: Instant(milliseconds: 0))
        }
        var harness = Harness(specs, instances: instances, framework: FrameworkID("F"))
        harness.subscribe()
        return harness
    }

    // MARK: - Which roles there are

    @Test func `a subscription names the roles of all instances, sorted, and which of them want no offers`() {
        var harness = Harness(
            FrameworkRoleTests.all,
            instances: [FrameworkRoleTests.web, FrameworkRoleTests.batch].map {
                Instance(id: makeInstance($0, 1), digest: $0.digest, since: Instant(milliseconds: 0))
            },
            framework: FrameworkID("F")
        )
        let wishes = RoleWishes(roles: ["*", "batch", "web"], suppressed: ["*"])
        #expect(harness.tick() == [.connect(FrameworkID("F"), wishes, delay: .zero)])
    }

    @Test func `a new role is told before it is wanted, and revives nothing else`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all)
        harness.start(FrameworkRoleTests.batch)
        let wishes = RoleWishes(roles: ["*", "batch"], suppressed: ["*"])
        #expect(harness.tick().free == [.updateFramework(wishes)])
        #expect(harness.tick().free == [])
        harness.handle(.connection(.answered(.taken)))
        #expect(harness.tick().free == [])
        #expect(harness.tick(after: 30_000).free == [.revive(["batch"])])
    }

    @Test func `a role goes with its last instance, and is not named while it goes`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all, running: [FrameworkRoleTests.batch])
        harness.handle(.order(.stop(makeInstance(FrameworkRoleTests.batch, 1))))
        #expect(harness.tick().free == [.updateFramework(RoleWishes(roles: ["*"], suppressed: ["*"]))])
        harness.handle(.connection(.answered(.taken)))
        #expect(harness.tick(after: 60_000).free.isEmpty)
    }

    @Test func `a role stays while a task of it runs`() {
        let id = makeInstance(FrameworkRoleTests.batch, 1)
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all, running: [FrameworkRoleTests.batch])
        let offer = Offer(id: OfferID("O"), agent: makeAgent(1), resources: plain(), role: "batch")
        harness.handle(.mesos(.offers([offer])))
        #expect(harness.tick().free == [.suppress(["batch"])])
        harness.update(id, .running)
        harness.handle(.order(.stop(id)))
        #expect(harness.tick().free.isEmpty)
        harness.update(id, .killed)
        #expect(harness.tick().free == [.updateFramework(RoleWishes(roles: ["*"], suppressed: ["*"]))])
    }

    @Test func `a role is wanted again while it goes, and comes back`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all, running: [FrameworkRoleTests.batch])
        harness.handle(.order(.stop(makeInstance(FrameworkRoleTests.batch, 1))))
        harness.tick()
        harness.start(FrameworkRoleTests.batch, 2...2)
        #expect(harness.tick().free.isEmpty)
        harness.handle(.connection(.answered(.taken)))
        #expect(
            harness.tick().free == [.updateFramework(RoleWishes(roles: ["*", "batch"], suppressed: ["*"]))]
        )
    }

    @Test func `a role that Mesos keeps although it was to go is revived when it is wanted`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all, running: [FrameworkRoleTests.batch])
        harness.handle(.order(.stop(makeInstance(FrameworkRoleTests.batch, 1))))
        harness.tick()
        harness.start(FrameworkRoleTests.batch, 2...2)
        harness.handle(.connection(.answered(.refused("no"))))
        #expect(harness.tick().free == [.revive(["batch"])])
    }

    @Test func `updates are limited over time, and none is forgotten`() {
        let specs = (10...29).map { number in makeSpec("/a\(number)") { $0.role = "r\(number)" } }
        var harness = FrameworkRoleTests.subscribed(specs)
        var updates = 0
        for spec in specs {
            harness.start(spec)
            let calls = harness.tick(after: 10).free
            updates += calls.count { if case .updateFramework = $0 { true } else { false } }
            if !calls.isEmpty { harness.handle(.connection(.answered(.taken))) }
        }
        #expect(updates == 12)
        guard let deadline = harness.scheduler.nextDeadline else {
            Issue.record("no deadline")
            return
        }
        let wait = deadline - harness.now
        #expect(wait > .zero && wait <= .seconds(1))
        guard case .updateFramework(let wishes)? = harness.tick(after: wait.count).free.first else {
            Issue.record("nothing was told: \(harness.effects)")
            return
        }
        #expect(wishes.roles == ["*"] + specs.compactMap(\.app.role))
    }

    // MARK: - Offers by role

    @Test func `offers serve only what waits in their role, and are declined by what waits in it`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all, running: [FrameworkRoleTests.batch])
        let offers = ["*", "batch", "nobody"].map {
            Offer(id: OfferID($0), agent: makeAgent(1), resources: plain(cpus: $0 == "batch" ? 1 : 4000), role: $0)
        }
        harness.handle(.mesos(.offers(offers)))
        harness.tick()
        #expect(harness.effects.launches.isEmpty)
        #expect(
            harness.effects.declined == [
                OfferID("*"): .seconds(120), OfferID("nobody"): .seconds(120), OfferID("batch"): .seconds(5),
            ]
        )
        let report = harness.scheduler.refusals[FrameworkRoleTests.batch.id]
        #expect(report?.reasons == [.resource("cpus"): 1])
        #expect(report?.role == "batch")
    }

    @Test func `each role is suppressed and revived by itself, and one call names all that are due`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all, running: [FrameworkRoleTests.batch])
        harness.start(FrameworkRoleTests.own)
        #expect(harness.tick().free == [.revive(["*"])])
        harness.start(FrameworkRoleTests.own, 2...2)
        harness.start(FrameworkRoleTests.batch, 2...2)
        #expect(harness.tick(after: 5000).free == [.revive(["*", "batch"])])
        for number in 1...2 { harness.handle(.order(.stop(makeInstance(FrameworkRoleTests.own, number)))) }
        #expect(harness.tick().free == [.suppress(["*"])])
    }

    // MARK: - Refusals

    @Test func `a refused role is told to its apps, costs no other, and is asked for again`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all)
        harness.start(FrameworkRoleTests.batch)
        harness.tick()
        harness.handle(.connection(.answered(.refused("not authorized"))))
        #expect(harness.effects.notes == [.updateRefused(roles: ["batch"], "not authorized")])
        #expect(harness.tick().free.isEmpty)
        #expect(harness.scheduler.refusals[FrameworkRoleTests.batch.id]?.roleRefusal == "not authorized")
        harness.start(FrameworkRoleTests.web)
        #expect(harness.tick().free == [.updateFramework(RoleWishes(roles: ["*", "web"], suppressed: ["*"]))])
        harness.handle(.connection(.answered(.taken)))
        #expect(harness.scheduler.refusals[FrameworkRoleTests.web.id]?.roleRefusal == nil)
        harness.handle(.mesos(.heartbeat))
        let again = RoleWishes(roles: ["*", "batch", "web"], suppressed: ["*"])
        for _ in 0..<10 {
            harness.handle(.mesos(.heartbeat))
            if harness.tick(after: 30_000).free.contains(.updateFramework(again)) { break }
        }
        #expect(harness.effects.free.contains(.updateFramework(again)))
        harness.handle(.connection(.answered(.taken)))
        #expect(harness.scheduler.refusals[FrameworkRoleTests.batch.id]?.roleRefusal == nil)
    }

    @Test func `another user under a kept framework id refuses every update, and the key is named`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all)
        harness.start(FrameworkRoleTests.batch)
        harness.tick()
        let words = "Updating 'FrameworkInfo.user' is unsupported; attempted to update from 'root' to 'nobody'"
        harness.handle(.connection(.answered(.refused(words))))
        let told = harness.scheduler.refusals[FrameworkRoleTests.batch.id]?.roleRefusal ?? ""
        #expect(told.hasPrefix("\(words): put the old user back under framework.user"))
    }

    @Test func `another principal under a kept framework id ends the subscription, and the key is named`() {
        var harness = Harness(framework: FrameworkID("F"))
        harness.handle(.tick)
        harness.handle(.connection(.opened))
        harness.handle(.mesos(.error("Changing framework's principal is not allowed.")))
        let failure = harness.scheduler.connection.lastFailure ?? ""
        #expect(failure.hasPrefix("Mesos ended the subscription: Changing framework's principal is not allowed: put"))
        #expect(failure.contains("framework.principal") && failure.contains("framework.failoverTimeout"))
    }

    @Test func `of several new roles the one that is refused is found`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all)
        harness.start(FrameworkRoleTests.batch)
        harness.start(FrameworkRoleTests.web)
        #expect(
            harness.tick().free == [.updateFramework(RoleWishes(roles: ["*", "batch", "web"], suppressed: ["*"]))]
        )
        harness.handle(.connection(.answered(.refused("one of them"))))
        #expect(harness.effects.notes.isEmpty)
        #expect(harness.tick().free == [.updateFramework(RoleWishes(roles: ["*", "batch"], suppressed: ["*"]))])
        harness.handle(.connection(.answered(.refused("batch"))))
        #expect(harness.tick().free == [.updateFramework(RoleWishes(roles: ["*", "web"], suppressed: ["*"]))])
    }

    @Test func `a refused subscription is tried again with the framework's own role, and the others follow one by one`()
    {
        let running = [FrameworkRoleTests.batch, FrameworkRoleTests.web]
        var harness = Harness(
            FrameworkRoleTests.all,
            instances: running.map {
                Instance(id: makeInstance($0, 1), digest: $0.digest, since: Instant(milliseconds: 0))
            },
            framework: FrameworkID("F")
        )
        harness.tick()
        harness.handle(.connection(.opened))
        harness.handle(.mesos(.error("Not authorized to use role 'web'")))
        let plain = RoleWishes(roles: ["*"], suppressed: ["*"])
        #expect(harness.effects.last == .connect(FrameworkID("F"), plain, delay: Milliseconds(100)))
        harness.handle(.connection(.opened))
        harness.handle(.mesos(.subscribed(FrameworkID("F"), heartbeat: .seconds(15))))
        #expect(harness.tick().free.last == .updateFramework(RoleWishes(roles: ["*", "batch"], suppressed: ["*"])))
        harness.handle(.connection(.answered(.taken)))
        let both = RoleWishes(roles: ["*", "batch", "web"], suppressed: ["*"])
        #expect(harness.tick().free == [.updateFramework(both)])
        harness.handle(.connection(.answered(.taken)))
        harness.handle(.connection(.closed("by chance")))
        #expect(harness.effects.last == .connect(FrameworkID("F"), both, delay: Milliseconds(200)))
    }

    @Test func `an answer that nobody waits for changes nothing`() {
        var harness = FrameworkRoleTests.subscribed(FrameworkRoleTests.all)
        harness.handle(.connection(.answered(.refused("late"))))
        #expect(harness.effects == [.note(.ignored("an answer to an update that is not under way"))])
    }
}
