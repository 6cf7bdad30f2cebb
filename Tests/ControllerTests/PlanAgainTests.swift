import Boundary
import Domain
import OrderedCollections
import Planning
import Rollout
import Simulation
import Testing

@testable import Controller

/// A plan is made again whenever something that it stands on has changed, and not otherwise.
@Suite struct PlanAgainTests {
    let apps = (1...3).map { EngineBench.app("/app\($0)") }

    private func plan(of source: String, in bench: EngineBench) -> Plan? {
        bench.engine.snapshot(at: bench.now).sources.first { $0.name == source }?.plan
    }

    @Test func `an app that one source gives up becomes the other's that declares it, without a commit there`() {
        var bench = EngineBench(sources: ["shop", "many"])
        let moved = EngineBench.app("/many/moved")
        bench.find([moved] + apps, revision: "s1", in: "shop")
        bench.find([moved, EngineBench.app("/many/own")], revision: "m1", in: "many")
        #expect(plan(of: "many", in: bench)?.problems.map(\.code) == ["PACER-E301"])
        #expect(bench.store.record(of: moved.id)?.source == "shop")

        bench.find(apps, revision: "s2", in: "shop")
        #expect(bench.store.record(of: moved.id)?.source == "many")
        #expect(bench.store.record(of: moved.id)?.desired != nil)
        #expect(bench.store.record(of: moved.id)?.revision == Revision("s1"), "the commit that brought what it runs")
        #expect(plan(of: "many", in: bench)?.changes == [])
        #expect(plan(of: "many", in: bench)?.problems == [])
    }

    @Test func `an app that goes over to another source goes on running: its record, its instances and its holds stay`()
    {
        var bench = EngineBench(sources: ["shop", "many"])
        let moved = EngineBench.app("/many/moved") { $0.instances = 2 }
        bench.find([moved] + apps, revision: "s1", in: "shop")
        bench.find([moved], revision: "m1", in: "many")
        _ = bench.request(.rollout(RolloutOrder(.suspend, .apps([moved.id]), who: "anna")))
        let before = bench.store.record(of: moved.id)
        bench.find(apps, revision: "s2", in: "shop")
        let after = bench.store.record(of: moved.id)
        #expect(after?.source == "many")
        #expect(after?.desired == before?.desired)
        #expect(after?.suspension == before?.suspension)
        #expect(after?.rollout?.deployment == before?.rollout?.deployment, "nothing new was begun for it")
    }

    @Test func `an app that goes over in another version is replaced step by step, not removed`() {
        var bench = EngineBench(sources: ["shop", "many"])
        let old = EngineBench.app("/many/moved") { $0.instances = 2 }
        let new = EngineBench.app("/many/moved") { ($0.instances, $0.cmd) = (2, "sleep 2") }
        bench.find([old] + apps, revision: "s1", in: "shop")
        bench.find([new], revision: "m1", in: "many")
        bench.find(apps, revision: "s2", in: "shop")
        #expect(bench.store.record(of: old.id)?.desired == Spec(new, sha256: fakeSHA256).digest)
        #expect(bench.store.record(of: old.id)?.rollout?.phase != .removing)
        #expect(!bench.last.batch.journal.contains { $0.type == "rollout.finished" && $0.app == old.id })
    }

    @Test func `an app does not go over before its source has let it go, nor while a broken file may still declare it`()
    {
        var bench = EngineBench(sources: ["shop", "many"])
        let moved = EngineBench.app("/many/moved")
        bench.find([moved] + apps, revision: "s1", in: "shop")
        bench.find([moved], revision: "m1", in: "many")
        bench.find(apps, revision: "s2", descends: false, in: "shop")
        #expect(bench.engine.record(of: "shop")?.held != nil, "the rewritten branch waits for a person")
        #expect(bench.store.record(of: moved.id)?.source == "shop")
        bench.find([moved] + apps, revision: "s3", in: "shop")
        let broken = BrokenFile(path: "moved.yaml", claims: [moved.id], claimsAreComplete: true)
        bench.find(apps, revision: "s4", broken: [broken], in: "shop")
        #expect(bench.store.record(of: moved.id)?.source == "shop")
        bench.find(apps, revision: "s5", in: "shop")
        #expect(bench.store.record(of: moved.id)?.source == "many")
    }

    @Test func `an app that neither of two sources declares any more is removed, though it was about to go over`() {
        var bench = EngineBench(sources: ["shop", "many"])
        let moved = EngineBench.app("/many/moved")
        let own = EngineBench.app("/many/own")
        bench.find([moved] + apps, revision: "s1", in: "shop")
        bench.find([moved, own], revision: "m1", descends: false, in: "many")
        bench.find(apps, revision: "s2", descends: false, in: "shop")
        bench.find([own], revision: "m2", in: "many")
        let held = bench.engine.record(of: "shop")?.held?.planHash
        _ = bench.request(.sync(source: "shop", confirm: held))
        #expect(bench.store.record(of: moved.id)?.desired == nil)
    }

    @Test func `what another configuration makes of the same commit is applied after a restart`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        bench.restart()
        let other = apps.map { app in EngineBench.app(app.id.path) { $0.env["STAGE"] = "prod" } }
        bench.find(other, revision: "r1")
        for app in other {
            #expect(bench.store.record(of: app.id)?.desired == Spec(app, sha256: fakeSHA256).digest)
        }
    }

    @Test func `pruning that was switched on removes what the applied commit does not have`() {
        var bench = EngineBench(sync: ControllerSettings.Sync(prune: false))
        bench.find(apps, revision: "r1")
        bench.find(Array(apps.dropLast()), revision: "r2")
        #expect(bench.wanted == ["/app1", "/app2", "/app3"])
        bench.restart(sync: ControllerSettings.Sync(prune: true))
        bench.find(Array(apps.dropLast()), revision: "r2")
        #expect(bench.wanted == ["/app1", "/app2"])
    }

    @Test func `with manual sync another configuration waits for a person, and says so`() {
        var bench = EngineBench(sync: ControllerSettings.Sync(auto: false, prune: false))
        bench.find(apps, revision: "r1")
        _ = bench.request(.sync(source: nil, confirm: nil))
        bench.find(apps, revision: "r1", answering: bench.lastRequest)
        bench.restart(sync: ControllerSettings.Sync(auto: false, prune: true))
        bench.find(Array(apps.dropLast()), revision: "r1")
        #expect(bench.wanted == ["/app1", "/app2", "/app3"])
        #expect(bench.engine.record(of: "shop")?.held?.reason.contains("syncing is manual") == true)
    }

    @Test func `a new leader shows the plan that it made, and none before`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        let before = plan(of: "shop", in: bench)
        bench.restart()
        #expect(plan(of: "shop", in: bench)?.hash == nil)
        bench.find(apps, revision: "r1")
        #expect(plan(of: "shop", in: bench)?.hash == before?.hash)
        #expect(bench.last.batch.writes[.source("shop")] == nil, "nothing has changed, so nothing is written")
        #expect(bench.last.batch.journal.isEmpty)
    }

    @Test
    func `a rollout on its way, an order that leaves the spec alone, and a version that became healthy change no plan`()
    {
        let now = Instant(milliseconds: 1)
        let order = Order(who: "anna", why: "", at: now)
        let plain = AppRecord(id: apps[0].id, source: "shop", file: "a.yaml", desired: nil, revision: Revision("r1"))
        var busy = plain
        busy.rollout = RolloutRecord(deployment: DeploymentID("d"), phase: .rolling, reason: "", since: now)
        busy.history = [HealthySpec(digest: fakeSHA256([1]), revision: Revision("r1"), at: now)]
        busy.suspension = order
        busy.restart = order
        busy.nextInstance = 9
        #expect(busy.footing == plain.footing)
        var pinned = plain
        pinned.pin = Pin(digest: fakeSHA256([1]), order: order)
        #expect(pinned.footing != plain.footing)
        var held = plain
        held.heldBack = HeldBack(digest: fakeSHA256([1]), deployment: DeploymentID("d"), reason: "", at: now)
        #expect(held.footing != plain.footing)
    }

    @Test func `where nothing has changed no plan is made`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        let settled = bench.engine.desks["shop"]?.isOutdated
        #expect(settled == false, "its own deployment makes no plan outdated")
        bench.turn([.source("shop", .unchanged, answering: 0)])
        #expect(bench.last.batch.isEmpty)
        bench.find(apps, revision: "r1")
        #expect(bench.last.batch.isEmpty)
    }
}
