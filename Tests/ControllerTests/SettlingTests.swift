import Boundary
import Domain
import Rollout
import Scheduling
import Simulation
import Testing

@testable import Controller

/// What happens to many apps in one turn is looked at in one order, whatever the order of the news and of sets.
@Suite struct SettlingTests {
    /// So many that no set has them in order by chance.
    let apps = (10...39).map { number in
        EngineBench.app("/app\(number)") { app in
            app.portDefinitions = []
            app.rollout = RolloutStrategy(maxFailures: 1, onFailure: .pause)
        }
    }

    /// Mesos's word, on the first subscription.
    private func hear(_ events: [MesosEvent], in bench: inout EngineBench) {
        bench.turn(events.map { .transport(1, .event($0)) })
    }

    private func bench(launching apps: [AppSpec]) -> EngineBench {
        var bench = EngineBench()
        bench.turn([.transport(1, .opened)])
        hear([.subscribed(FrameworkID("F"), heartbeat: .seconds(60))], in: &bench)
        bench.find(apps, revision: "r1")
        let resources = ["cpus", "mem", "disk"].map {
            MesosResource(name: $0, value: .scalar(1_000_000_000), allocationRole: "*")
        }
        let agent = Agent(id: AgentID("S1"), hostname: "host1.example")
        hear([.offers([Offer(id: OfferID("O1"), agent: agent, resources: resources, role: "*")])], in: &bench)
        return bench
    }

    @Test func `when all apps of a commit fail in one turn, the first by id pull the brake for the others`() throws {
        var bench = bench(launching: apps)
        let tasks = apps.flatMap { bench.store.instances(of: $0.id) }.compactMap(\.task)
        try #require(tasks.count == apps.count)
        let ends = tasks.reversed().map {
            MesosEvent.update(TaskStatus(task: $0.id, state: .failed, agent: $0.agent.id))
        }
        hear(ends, in: &bench)
        let paused = bench.last.batch.journal.filter { $0.type == "rollout.paused" }
        #expect(paused.map(\.app) == apps.map(\.id))
        let braked = paused.filter { $0.facts["reason"]?.hasPrefix("the brake") == true }.map(\.app)
        #expect(braked == apps.dropFirst(bench.engine.settings.rollouts.brake.failedApps).map(\.id))
    }

    @Test func `a turn in which another scheduler takes over decides nothing, whatever came before`() throws {
        let web = EngineBench.app("/web") { $0.portDefinitions = [] }
        var bench = bench(launching: [web])
        let order = RolloutOrder(.suspend, .apps([web.id]), who: "ann")
        bench.turn([.request(1, .rollout(order)), .transport(1, .takenOver("Framework failed over"))])
        #expect(bench.last.ending != nil)
        #expect(bench.last.batch.isEmpty)
        #expect(bench.last.replies.isEmpty, "who asked hears that this controller leads no more")
        #expect(bench.store.record(of: web.id)?.suspension == nil)
        #expect(bench.store.instances(of: web.id).map(\.goal) == [.running])
    }

    @Test func `a back-off is in the store with the failure that brought it, and a new leader knows it`() throws {
        let web = EngineBench.app("/web") { $0.portDefinitions = [] }
        var bench = bench(launching: [web])
        let task = try #require(bench.store.instances(of: web.id).first?.task)
        hear([.update(TaskStatus(task: task.id, state: .failed, agent: task.agent.id))], in: &bench)
        let backoff = try #require(bench.store.record(of: web.id)?.backoff)
        #expect(backoff.failures == 1)
        #expect(backoff.until > bench.now)
        bench.restart()
        #expect(bench.engine.rollouts.record(of: web.id)?.backoff == backoff)
    }
}
