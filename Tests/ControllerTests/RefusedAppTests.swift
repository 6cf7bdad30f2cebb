import Boundary
import Controller
import Domain
import Planning
import Simulation
import Testing

/// What a plan cannot do for an app is told wherever people look, and not only where they look at plans.
@Suite struct RefusedAppTests {
    let own = EngineBench.app("/many/own")
    /// It has no instance, so that it is where it shall be without Mesos.
    let claimed = EngineBench.app("/many/claimed") { $0.instances = 0 }

    /// Two sources that declare the same app; the first one has it.
    private func claims() -> EngineBench {
        var bench = EngineBench(sources: ["shop", "many"])
        bench.find([claimed], revision: "s1", in: "shop")
        bench.find([claimed, own], revision: "m1", in: "many")
        return bench
    }

    private func status(of app: AppSpec, in bench: EngineBench) throws -> AppStatus {
        try #require(bench.engine.snapshot(at: bench.now).apps[app.id])
    }

    private func drift(of app: AppSpec, in bench: EngineBench) -> DriftEpisode? {
        bench.engine.snapshot(at: bench.now).drift.first { $0.app == app.id && $0.kind == .manifestProblem }
    }

    @Test func `an app that another source declares too is OutOfSync, with the source and the reason`() throws {
        let bench = claims()
        let refused = try status(of: claimed, in: bench)
        #expect(refused.record?.rollout == nil)
        #expect(refused.sync == .outOfSync)
        #expect(refused.objections.map(\.source) == ["many"])
        #expect(refused.objections.map(\.problem.code) == ["PACER-E301"])
        #expect(try status(of: own, in: bench).objections == [])
    }

    @Test func `it is drift, with its cause and what to do, and goes on under a new leader`() throws {
        var bench = claims()
        let episode = try #require(drift(of: claimed, in: bench))
        #expect(episode.subject == "many:claimed.yaml")
        #expect(episode.cause.hasPrefix("/many/claimed is declared by source 'shop' already; source 'many' leaves it"))
        #expect(episode.cause.hasSuffix(" [PACER-E301]"))
        #expect(episode.action.contains("remove it from one of the two sources"))
        bench.restart()
        #expect(drift(of: claimed, in: bench)?.firstSeen == episode.firstSeen, "no source was read yet")
        bench.find([claimed], revision: "s1", in: "shop")
        bench.find([claimed, own], revision: "m1", in: "many")
        #expect(drift(of: claimed, in: bench)?.firstSeen == episode.firstSeen)
    }

    @Test func `it is in the log once when it begins, and when it is over`() throws {
        var bench = claims()
        let begun = try #require(bench.last.batch.journal.first { $0.type == "app.refused" })
        #expect(begun.app == claimed.id)
        #expect(begun.facts["source"] == "many")
        #expect(begun.facts["code"] == "PACER-E301")
        #expect(begun.facts["file"] == "claimed.yaml")
        bench.find([claimed, own], revision: "m2", in: "many")
        #expect(!bench.last.batch.journal.contains { $0.type.hasPrefix("app.refus") })
        bench.find([own], revision: "m3", in: "many")
        #expect(bench.last.batch.journal.map(\.type).contains("app.refusal_over"))
        #expect(try status(of: claimed, in: bench).objections == [])
        #expect(drift(of: claimed, in: bench) == nil)
    }

    @Test func `it is a link in the chain of waits, since when and with what to do`() throws {
        let bench = claims()
        let began = try #require(drift(of: claimed, in: bench)).firstSeen
        let snapshot = bench.engine.snapshot(at: bench.now + .seconds(9))
        let explanation = try #require(Explanation(of: claimed.id, in: snapshot))
        let step = try #require(explanation.steps.first { $0.stage == .plan && $0.state == .stopped })
        #expect(step.text.hasPrefix("claimed.yaml of source many is not applied to it: /many/claimed is declared by"))
        #expect(step.since == began)
        #expect(explanation.next == "remove it from one of the two sources; an app has exactly one owner")
    }

    @Test func `a repository without any app removes nothing: its apps say so, and it is one line in the log`() throws {
        var bench = EngineBench()
        bench.find([claimed, own], revision: "r1")
        bench.find([], revision: "r2")
        let told = bench.last.batch.journal.filter { $0.type == "app.refused" }
        #expect(told.map { $0.facts["apps"] } == ["2"])
        #expect(try status(of: own, in: bench).objections.map(\.problem.code) == ["PACER-E302"])
        let episodes = bench.engine.snapshot(at: bench.now).drift.filter { $0.app == own.id }
        #expect(episodes.map(\.kind) == [.unmanaged])
        #expect(episodes.first?.action.contains("[PACER-E302]") == true)
        let explanation = try #require(Explanation(of: own.id, in: bench.engine.snapshot(at: bench.now)))
        #expect(explanation.steps.filter { $0.stage == .plan && $0.state == .stopped }.count == 1)
        #expect(explanation.next.hasPrefix("check the source's branch and path"))
    }

    @Test func `who asks for a sync is told what it cannot do`() throws {
        var bench = claims()
        _ = bench.request(.sync(source: "many", confirm: nil))
        bench.find([claimed, own], revision: "m1", answering: bench.lastRequest, in: "many")
        guard case .synced(let outcomes) = bench.reply(to: bench.lastRequest) else {
            Issue.record("the request was not answered")
            return
        }
        #expect(outcomes.map(\.result) == [.unchanged])
        #expect(outcomes.first?.message.hasSuffix("[PACER-E301]") == true)
    }
}
