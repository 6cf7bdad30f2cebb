import Boundary
import Controller
import Domain
import Planning
import Rollout
import Scheduling
import Simulation
import Testing

/// What a look at a source does, and what it must not do.
@Suite struct SourceTests {
    let apps = (1...20).map { EngineBench.app("/app\($0)") }

    @Test func `a new commit is applied as one deployment`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        #expect(bench.wanted.count == 20)
        #expect(bench.engine.record(of: "shop")?.applied == Revision("r1"))
        #expect(bench.store.image.deployments.count == 1)
    }

    @Test func `a failed look changes nothing and is shown with its reason`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        let before = bench.store.values
        let failure = SourceFailure(kind: .unreachable, message: "no route to host", hint: "check the network")
        bench.turn([.source("shop", .failed(failure), answering: 0)])
        #expect(bench.store.values == before)
        #expect(bench.engine.snapshot(at: bench.now).sources.first?.failure?.message == "no route to host")
    }

    @Test func `a rewritten branch changes nothing until a person confirms exactly that plan`() throws {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        bench.find(Array(apps.dropLast()), revision: "x1", descends: false)
        #expect(bench.wanted.count == 20)
        #expect(bench.engine.record(of: "shop")?.applied == Revision("r1"))
        let held = try #require(bench.engine.record(of: "shop")?.held)
        #expect(held.reason.contains("rewritten"))

        guard case .refused = bench.request(.sync(source: "shop", confirm: fakeSHA256([1]))) else {
            Issue.record("another plan's hash must be refused")
            return
        }
        #expect(bench.wanted.count == 20)
        guard case .synced = bench.request(.sync(source: "shop", confirm: held.planHash)) else {
            Issue.record("the plan's own hash must let it go")
            return
        }
        #expect(bench.wanted.count == 19)
        #expect(bench.engine.record(of: "shop")?.held == nil)
    }

    @Test func `a plan over the prune budget is held, one within it is applied`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        bench.find(Array(apps.prefix(9)), revision: "r2")
        #expect(bench.wanted.count == 20)
        #expect(bench.engine.record(of: "shop")?.held?.reason.contains("11 of 20") == true)
        bench.find(Array(apps.prefix(10)), revision: "r3")
        #expect(bench.wanted.count == 10)
    }

    @Test func `a look that compared with an older revision than the applied one is asked for again`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        let desired = DesiredState(source: "shop", group: .root, revision: Revision("r2"), tree: "t")
        bench.turn([.source("shop", .found(desired, anchor: nil, descends: true), answering: 3)])
        #expect(bench.last.looks.map(\.source) == ["shop"])
        #expect(bench.wanted.count == 20)
    }

    @Test func `with manual sync a commit waits until somebody asks`() {
        var bench = EngineBench(sync: ControllerSettings.Sync(auto: false))
        bench.find(apps, revision: "r1")
        #expect(bench.wanted == [])
        #expect(bench.request(.sync(source: nil, confirm: nil)) == nil)
        bench.find(apps, revision: "r1", answering: bench.lastRequest)
        #expect(bench.wanted.count == 20)
        guard case .synced(let outcomes) = bench.reply(to: bench.lastRequest) else {
            Issue.record("the request was not answered")
            return
        }
        #expect(outcomes.map(\.result) == [.applied])
    }

    @Test func `an app of a broken file keeps its record, and its status says Unknown`() throws {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        let broken = BrokenFile(path: "app1.yaml", claims: [], claimsAreComplete: false)
        let problem = Problem(
            code: "PACER-E001",
            file: "app1.yaml",
            line: 2,
            column: 1,
            message: "broken",
            hint: "mend it"
        )
        bench.find(Array(apps.dropFirst()), revision: "r2", broken: [broken], problems: [problem])
        #expect(bench.wanted.count == 20)
        let id = try #require(AppID("/app1"))
        let status = try #require(bench.engine.snapshot(at: bench.now).apps[id])
        #expect(status.sync == .unknown)
        #expect(status.problems == [problem])
    }

    @Test func `a plan right after its deployment is empty`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        #expect(bench.engine.snapshot(at: bench.now).sources.first?.plan?.changes == [])
    }

    @Test func `a commit that changes nothing writes one record, and the same commit again writes none`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        bench.find(apps, revision: "r2")
        #expect(bench.last.batch.writes.count == 1)
        bench.find(apps, revision: "r2")
        #expect(bench.last.batch.isEmpty)
    }

    @Test func `a new leader goes on from what the store has`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        let again = Engine(
            settings: bench.engine.settings,
            scheduling: .init(),
            epoch: 2,
            image: bench.store.image,
            sha256: fakeSHA256,
            now: bench.now
        )
        #expect(again.rollouts.records == bench.engine.rollouts.records)
        #expect(again.record(of: "shop") == bench.engine.record(of: "shop"))
    }
}
