import Boundary
import Controller
import Domain
import Planning
import Rollout
import Simulation
import Testing

/// A source that is taken out of the configuration: what it declared runs on until a person has it removed.
@Suite struct FormerSourceTests {
    let apps = (1...3).map { EngineBench.app("/app\($0)") }
    let own = EngineBench.app("/many/own")
    static let policies = [
        ControllerSettings.Sync(),
        ControllerSettings.Sync(auto: false),
        ControllerSettings.Sync(prune: false),
        ControllerSettings.Sync(pruneApps: 1000, pruneShareMillionths: 1_000_000),
    ]

    /// Two sources, of which the first was taken out of the configuration; the other one was read again or not.
    private func bench(_ sync: ControllerSettings.Sync = .init(), isRead: Bool = true) -> EngineBench {
        var bench = EngineBench(sources: ["shop", "many"])
        bench.find(apps, revision: "s1", in: "shop")
        bench.find([own], revision: "m1", in: "many")
        bench.restart(sync: sync, sources: ["many"])
        if isRead { bench.find([own], revision: "m1", in: "many") }
        return bench
    }

    private func status(in bench: EngineBench) -> SourceStatus? {
        bench.engine.snapshot(at: bench.now).sources.first { $0.name == "shop" }
    }

    private func hold(in bench: EngineBench) -> HeldPlan? { bench.store.image.sources["shop"]?.held }

    private func unmanaged(in bench: EngineBench) -> [DriftEpisode] {
        bench.engine.snapshot(at: bench.now).drift.filter { $0.kind == .unmanaged }
    }

    @Test(arguments: policies)
    func `its apps run on under every policy, and the plan that removes them is held`(
        sync: ControllerSettings.Sync
    )
        throws
    {
        var bench = bench(sync)
        let held = try #require(hold(in: bench))
        #expect(held.reason.contains("not in the configuration"))
        #expect(held.reason.contains("pacer sync --source shop --confirm \(held.planHash)"))
        #expect(held.revision == Revision("s1"))
        #expect(bench.last.batch.journal.contains { $0.type == "source.held" })
        let shop = try #require(status(in: bench))
        #expect(!shop.isConfigured)
        #expect(shop.plan?.hash == held.planHash)
        #expect(shop.plan?.changes.map(\.action) == [.remove, .remove, .remove])
        for _ in 1...3 { bench.turn([.tick]) }
        bench.find([own], revision: "m2", in: "many")
        #expect(bench.wanted == ["/app1", "/app2", "/app3", "/many/own"])
        #expect(hold(in: bench) == held, "it is the same plan as long as nothing changes")
    }

    @Test func `each of its apps is an episode of drift, with the cause and the command that removes it`() throws {
        let bench = bench()
        let held = try #require(hold(in: bench))
        let episodes = unmanaged(in: bench)
        #expect(episodes.map(\.app?.path) == ["/app1", "/app2", "/app3"])
        for episode in episodes {
            #expect(episode.cause == "its source shop is not in the configuration")
            #expect(episode.action.contains("pacer sync --source shop --confirm \(held.planHash)"))
        }
        let snapshot = bench.engine.snapshot(at: bench.now)
        #expect(apps.allSatisfy { snapshot.apps[$0.id]?.sync == .outOfSync })
        #expect(bench.engine.outdatedStatuses == [])
    }

    @Test func `an explanation says that the source is not configured, and how the app goes`() throws {
        let bench = bench()
        let held = try #require(hold(in: bench))
        let explanation = try #require(Explanation(of: apps[0].id, in: bench.engine.snapshot(at: bench.now)))
        let step = try #require(explanation.steps.first)
        #expect((step.stage, step.state) == (.source, .stopped))
        #expect(step.text == "its source shop is not in the configuration")
        #expect(step.since != nil)
        #expect(explanation.next.contains("add the source"))
        #expect(explanation.next.contains("pacer sync --source shop --confirm \(held.planHash)"))
    }

    @Test func `only the plan's own hash lets it go; when the last app is gone the source is forgotten`() throws {
        var bench = bench()
        let held = try #require(hold(in: bench))
        guard case .refused(let why) = bench.request(.sync(source: "shop", confirm: fakeSHA256([1]))) else {
            Issue.record("another plan's hash must be refused")
            return
        }
        #expect(why.contains(held.planHash.hex))
        #expect(bench.wanted.count == 4)
        guard case .synced(let outcomes) = bench.request(.sync(source: nil, confirm: held.planHash)) else {
            Issue.record("the plan's own hash must let it go")
            return
        }
        #expect(outcomes.map(\.source) == ["shop"])
        #expect(outcomes.map(\.result) == [.applied])
        #expect(bench.last.batch.journal.contains { $0.type == "deployment.started" })
        bench.turn([.tick])
        #expect(bench.store.apps.map(\.path) == ["/many/own"])
        #expect(bench.store.image.sources.keys.sorted() == ["many"])
        #expect(status(in: bench) == nil)
        #expect(unmanaged(in: bench) == [])
    }

    @Test func `another leader removes nothing without the confirmation, and holds the same plan`() throws {
        var bench = bench()
        let held = try #require(hold(in: bench))
        for _ in 1...2 {
            bench.restart()
            bench.turn([.tick])
            #expect(hold(in: bench) == held)
            bench.find([own], revision: "m1", in: "many")
            #expect(hold(in: bench) == held)
            #expect(bench.wanted.count == 4)
        }
        _ = bench.request(.sync(source: "shop", confirm: held.planHash))
        #expect(bench.wanted == ["/many/own"])
    }

    @Test func `a source that is configured again is held no more, and keeps its apps`() {
        var bench = bench()
        let held = hold(in: bench)
        bench.restart(sources: ["shop", "many"])
        #expect(held != nil && hold(in: bench) == nil)
        guard case .refused = bench.request(.sync(source: "shop", confirm: held?.planHash)) else {
            Issue.record("the removal's hash means nothing any more")
            return
        }
        bench.find(apps, revision: "s1", in: "shop")
        #expect(bench.engine.record(of: "shop")?.held == nil)
        #expect(status(in: bench)?.plan?.changes == [])
        guard case .refused = bench.request(.sync(source: "shop", confirm: held?.planHash)) else {
            Issue.record("the removal's hash means nothing any more")
            return
        }
        #expect(bench.wanted.count == 4)
        #expect(unmanaged(in: bench) == [])
    }

    @Test func `nothing is planned and nothing let go before every configured source was read`() throws {
        var seen = bench()
        let held = try #require(hold(in: seen))
        seen.restart()
        guard case .refused(let why) = seen.request(.sync(source: "shop", confirm: held.planHash)) else {
            Issue.record("the other source may declare these apps")
            return
        }
        #expect(why.contains("source many was not read yet"))
        #expect(seen.wanted.count == 4)

        let unseen = bench(isRead: false)
        #expect(hold(in: unseen) == nil)
        #expect(status(in: unseen)?.plan == nil)
        #expect(unmanaged(in: unseen).map(\.action).allSatisfy { $0.contains("when source many was read") })
        #expect(unmanaged(in: unseen).count == 3)
    }

    @Test func `an app that another source declares is handed over as it runs, and only the rest is planned away`() {
        var bench = bench(isRead: false)
        let before = bench.store.record(of: apps[0].id)
        bench.find([own, apps[0]], revision: "m2", in: "many")
        let after = bench.store.record(of: apps[0].id)
        #expect(after?.source == "many")
        #expect(after?.desired == before?.desired && after?.desired != nil)
        #expect(after?.rollout?.deployment == before?.rollout?.deployment, "nothing new was begun for it")
        #expect(status(in: bench)?.plan?.changes.map(\.app.path) == ["/app3", "/app2"])
        _ = bench.request(.sync(source: "shop", confirm: hold(in: bench)?.planHash))
        #expect(bench.wanted == ["/app1", "/many/own"])
    }

    @Test func `a source with another name takes all of its apps over, and the old one is forgotten`() {
        var bench = EngineBench()
        bench.find(apps, revision: "r1")
        bench.restart(sources: ["store"])
        bench.find(apps, revision: "r1", in: "store")
        #expect(bench.wanted == ["/app1", "/app2", "/app3"])
        #expect(apps.allSatisfy { bench.store.record(of: $0.id)?.source == "store" })
        bench.turn([.tick])
        #expect(bench.store.image.sources.keys.sorted() == ["store"])
    }

    @Test func `what a broken file of another source may declare is not planned away`() throws {
        var bench = bench(isRead: false)
        let claiming = BrokenFile(path: "x.yaml", claims: [apps[0].id], claimsAreComplete: true)
        bench.find([own], revision: "m2", broken: [claiming], in: "many")
        #expect(status(in: bench)?.plan?.changes.map(\.app.path) == ["/app3", "/app2"])
        let before = try #require(hold(in: bench))
        let unreadable = BrokenFile(path: "x.yaml", claims: [], claimsAreComplete: false)
        bench.find([own], revision: "m3", broken: [unreadable], in: "many")
        #expect(hold(in: bench) == nil)
        #expect(status(in: bench)?.plan?.problems.map(\.code) == ["PACER-W301"])
        guard case .refused = bench.request(.sync(source: "shop", confirm: before.planHash)) else {
            Issue.record("the plan is another one by now")
            return
        }
        #expect(bench.wanted.count == 4)
    }

    @Test func `a pinned app is left out until its pin ends, and waits for a person then`() throws {
        var bench = bench()
        let first = try #require(hold(in: bench))
        var record = try #require(bench.store.record(of: apps[0].id))
        let digest = try #require(record.desired)
        record.pin = Pin(digest: digest, order: Order(who: "anna", why: "", at: bench.now))
        var batch = WriteBatch(number: 1)
        batch.put(.app(record.id), .app(record))
        _ = bench.store.apply(batch, epoch: bench.engine.epoch)
        bench.restart()
        bench.find([own], revision: "m1", in: "many")
        let second = try #require(hold(in: bench))
        #expect(second != first)
        #expect(unmanaged(in: bench).first?.action.contains("pinned") == true)
        _ = bench.request(.sync(source: "shop", confirm: second.planHash))
        bench.turn([.tick])
        #expect(bench.wanted == ["/app1", "/many/own"])
        #expect(hold(in: bench) == nil)
        #expect(bench.store.image.sources["shop"] != nil, "an app of it is there still")
        _ = bench.request(.rollout(RolloutOrder(.resume, .apps([apps[0].id]), who: "anna")))
        let third = try #require(hold(in: bench))
        #expect(bench.wanted == ["/app1", "/many/own"])
        _ = bench.request(.sync(source: "shop", confirm: third.planHash))
        #expect(bench.wanted == ["/many/own"])
    }

    @Test func `the plan that is held is the one that holds: another number of instances is another hash`() throws {
        var bench = bench()
        let before = try #require(hold(in: bench))
        _ = bench.request(.rollout(RolloutOrder(.suspend, .apps([apps[0].id]), who: "anna")))
        bench.turn([.tick])
        let after = try #require(hold(in: bench))
        #expect(after.planHash != before.planHash)
        #expect(unmanaged(in: bench).map(\.action).allSatisfy { $0.contains(after.planHash.hex) })
        _ = bench.request(.sync(source: "shop", confirm: after.planHash))
        #expect(bench.wanted == ["/many/own"])
    }

    @Test func `a sync without a hash says why such a source cannot be read, and one of all sources leaves it out`() {
        var bench = bench()
        guard case .refused(let why) = bench.request(.sync(source: "shop", confirm: nil)) else {
            Issue.record("there is nothing to look at")
            return
        }
        #expect(why.contains("not in the configuration"))
        #expect(why.contains("--confirm"))
        #expect(bench.request(.sync(source: nil, confirm: nil)) == nil)
        #expect(bench.last.looks.map(\.source) == ["many"])
    }
}
