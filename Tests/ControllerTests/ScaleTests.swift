import Boundary
import Domain
import Planning
import Rollout
import Simulation
import Testing

@testable import Controller

/// Another number of instances than git says, through the whole engine.
@Suite struct ScaleTests {
    let web = EngineBench.app("/web") { $0.instances = 2 }

    private func bench() -> EngineBench {
        var bench = EngineBench()
        bench.find([web], revision: "r1")
        return bench
    }

    private func scale(_ bench: inout EngineBench, to instances: Int) -> [RolloutAnswer] {
        let order = RolloutOrder(
            .scale,
            .apps([web.id]),
            who: "ada@desk",
            why: "the fair",
            duration: .minutes(10),
            instances: instances
        )
        guard case .ordered(let answers)? = bench.request(.rollout(order)) else { return [] }
        return answers
    }

    private func status(_ bench: EngineBench) -> AppStatus? { bench.engine.snapshot(at: bench.now).apps[web.id] }

    private func exceptions(_ bench: EngineBench) -> [DriftEpisode] {
        bench.engine.snapshot(at: bench.now).drift.filter { $0.kind == .exceptionInForce }
    }

    @Test func `an order is recorded, carried out, shown as drift, and told in the journal`() throws {
        var bench = bench()
        #expect(scale(&bench, to: 5).map(\.isDone) == [true])
        let record = try #require(bench.store.record(of: web.id))
        #expect(record.scale?.instances == 5)
        #expect(record.scale?.order.why == "the fair")
        #expect(bench.store.instances(of: web.id).count { $0.goal == .running } == 5)
        #expect(status(bench)?.desiredCount == 5)
        #expect(status(bench)?.spec?.app.instances == 2)
        #expect(exceptions(bench).map(\.subject) == ["scale"])
        let told = bench.last.batch.journal.filter { $0.app == web.id }
        #expect(told.contains { $0.type == "rollout.scale" && $0.facts["by"] == "ada@desk" })
        #expect(told.contains { $0.type == "app.scaled" && $0.facts == ["from": "2", "to": "5"] })
        let plan = bench.engine.snapshot(at: bench.now).sources.first?.plan
        #expect(plan?.problems.map(\.code) == ["PACER-W304"], "the plan is made again, without a commit")
    }

    @Test func `a new leader goes on with it, and it ends by itself, with its drift`() throws {
        var bench = bench()
        _ = scale(&bench, to: 5)
        let until = try #require(bench.store.record(of: web.id)?.scale?.order.until)
        bench.restart()
        bench.find([web], revision: "r1")
        #expect(status(bench)?.desiredCount == 5)
        #expect(exceptions(bench).count == 1)
        #expect(bench.engine.outdatedStatuses.isEmpty)
        bench.now = until
        bench.turn([.tick])
        #expect(bench.store.record(of: web.id)?.scale == nil)
        #expect(status(bench)?.desiredCount == 2)
        #expect(bench.store.instances(of: web.id).count { $0.goal == .running } == 2)
        #expect(exceptions(bench).isEmpty)
        #expect(bench.last.batch.journal.contains { $0.type == "hold.expired" })
        let ended = bench.store.image.drift.filter { $0.key > 0 }.flatMap(\.value)
        #expect(ended.contains { $0.kind == .exceptionInForce && $0.cause == "ordered by ada@desk: the fair" })
        #expect(bench.engine.snapshot(at: bench.now).sources.first?.plan?.problems.isEmpty == true)
        #expect(bench.engine.outdatedStatuses.isEmpty)
    }

    @Test func `the spec in the store stays what git says`() throws {
        var bench = bench()
        _ = scale(&bench, to: 5)
        let digest = try #require(bench.store.record(of: web.id)?.desired)
        #expect(bench.store.image.specs[digest]?.app.instances == 2)
        #expect(Spec(try #require(bench.store.image.specs[digest]?.app), sha256: fakeSHA256).digest == digest)
    }
}
