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
        func state() -> [StoreKey: StoreValue] {
            bench.store.values.filter { if case .drift = $0.key { false } else { true } }
        }
        let before = state()
        let failure = SourceFailure(kind: .unreachable, message: "no route to host", hint: "check the network")
        bench.turn([.source("shop", .failed(failure), answering: 0)])
        let isUntouched = state() == before
        #expect(isUntouched)
        #expect(bench.engine.snapshot(at: bench.now).sources.first?.failure?.message == "no route to host")
    }

    @Test func `why a source cannot be read is told once for each reason, and when it can be read again`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        func fail(_ message: String) -> [JournalEntry] {
            let failure = SourceFailure(kind: .unreachable, message: message, hint: "check the network")
            bench.turn([.source("shop", .failed(failure), answering: 0)])
            return bench.last.batch.journal
        }
        let first = fail("no route to host")
        #expect(first.map(\.type) == ["source.failing"])
        #expect(first.first?.facts == ["source": "shop", "reason": "no route to host", "hint": "check the network"])
        #expect(fail("no route to host").isEmpty)
        #expect(fail("no manifest").map { $0.facts["reason"] } == ["no manifest"])
        bench.turn([.source("shop", .unchanged, answering: 0)])
        #expect(bench.last.batch.journal.map(\.type) == ["source.readable"])
        bench.turn([.source("shop", .unchanged, answering: 0)])
        #expect(bench.last.batch.journal.isEmpty)
    }

    @Test func `a held plan is told once with its reason, and when it is let go`() throws {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        bench.find(Array(apps.prefix(3)), revision: "r2")
        let entry = try #require(bench.last.batch.journal.first { $0.type == "source.held" })
        #expect(entry.facts["reason"]?.contains("removes 17 of 20 apps") == true)
        bench.turn([.source("shop", .unchanged, answering: 0)])
        #expect(bench.last.batch.journal.isEmpty)
        let held = try #require(bench.engine.record(of: "shop")?.held)
        _ = bench.request(.sync(source: nil, confirm: held.planHash))
        #expect(bench.last.batch.journal.contains { $0.type == "source.released" })
    }

    @Test func `with several sources a hash that no plan has is refused with what is held, and where`() throws {
        var bench = EngineBench(sources: ["shop", "many"])
        let others = (1...20).map { EngineBench.app("/many/app\($0)") }
        bench.find(apps, revision: "s1", in: "shop")
        bench.find(others, revision: "m1", in: "many")
        let stale = fakeSHA256([1])
        guard case .refused(let nothing) = bench.request(.sync(source: nil, confirm: stale)) else {
            Issue.record("nothing is held")
            return
        }
        #expect(nothing.contains("no plan is held"))
        #expect(nothing.contains(stale.hex))

        bench.find(Array(others.prefix(2)), revision: "m2", in: "many")
        let held = try #require(bench.engine.record(of: "many")?.held)
        guard case .refused(let why) = bench.request(.sync(source: nil, confirm: stale)) else {
            Issue.record("another plan's hash must be refused")
            return
        }
        #expect(why.contains("source many holds \(held.planHash)"), "\(why)")
        #expect(!why.contains("source shop"))
        guard case .synced(let outcomes) = bench.request(.sync(source: nil, confirm: held.planHash)) else {
            Issue.record("the held plan's own hash lets it go")
            return
        }
        #expect(outcomes.map(\.source) == ["many"])
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

    @Test func `a new app whose file is broken is shown with the file's problem, and is gone when the file is`() throws
    {
        var bench = EngineBench()
        let id = try #require(AppID("/new"))
        let broken = BrokenFile(path: "new.yaml", claims: [id], claimsAreComplete: true)
        let problem = Problem(
            code: "PACER-E012",
            file: "new.yaml",
            line: 2,
            column: 1,
            message: "instnces is no key of an app",
            hint: "did you mean instances?"
        )
        bench.find(apps, revision: "r1", broken: [broken], problems: [problem])
        let snapshot = bench.engine.snapshot(at: bench.now)
        #expect(snapshot.apps[id]?.sync == .unknown)
        #expect(snapshot.apps[id]?.problems == [problem])
        let explanation = try #require(Explanation(of: id, in: snapshot))
        #expect(
            explanation.steps.contains { $0.text == "new.yaml:2:1: instnces is no key of an app [PACER-E012]" }
        )
        #expect(explanation.next == "mend new.yaml (did you mean instances?); until then there is no such app")
        #expect(bench.engine.outdatedStatuses == [])
        bench.find(apps, revision: "r2")
        #expect(bench.engine.snapshot(at: bench.now).apps[id] == nil)
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
