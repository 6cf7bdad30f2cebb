import Boundary
import Domain
import Rollout
import Scheduling
import Simulation
import Testing

@testable import Controller

/// An order about a deployment goes to the apps that it can be about, and each of them answers for itself.
@Suite struct DeploymentOrderTests {
    /// Is done at once: it has no instances.
    private let done = EngineBench.app("/done") { $0.instances = 0 }
    /// Waits for offers, which never come.
    private let open = EngineBench.app("/open")

    private func order(_ verb: RolloutVerb, in bench: inout EngineBench) throws -> [String: RolloutAnswer.Outcome] {
        let deployment = try #require(bench.engine.snapshot(at: bench.now).deployments.first)
        let reply = bench.request(.rollout(RolloutOrder(verb, .deployment(deployment.id), who: "anna")))
        guard case .ordered(let answers) = reply else {
            Issue.record("no answers: \(String(describing: reply))")
            return [:]
        }
        return Dictionary(answers.map { ($0.app.path, $0.outcome) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `apps that have finished are not asked to do what is over for them`() throws {
        var bench = EngineBench()
        bench.find([done, open], revision: "r1")
        #expect(try order(.pause, in: &bench) == ["/done": .finished, "/open": .done])
        #expect(try order(.pause, in: &bench) == ["/done": .finished, "/open": .unchanged])
        #expect(try order(.resume, in: &bench) == ["/done": .finished, "/open": .done])
        #expect(try order(.abort, in: &bench) == ["/done": .finished, "/open": .done])
        #expect(try order(.resume, in: &bench) == ["/done": .finished, "/open": .refused], "it was aborted")
    }

    @Test func `the snapshot says who has a turn, and an app which one it waits for`() throws {
        var bench = EngineBench()
        bench.engine = Engine(
            settings: {
                var settings = bench.engine.settings
                settings.rollouts.maxConcurrentApps = 1
                return settings
            }(),
            scheduling: bench.engine.scheduler.settings,
            epoch: bench.engine.epoch,
            image: bench.store.image,
            sha256: fakeSHA256,
            now: bench.now
        )
        bench.find([open, EngineBench.app("/other")], revision: "r1")
        let snapshot = bench.engine.snapshot(at: bench.now)
        #expect(snapshot.turns.apps == [open.id])
        #expect(snapshot.turns.mostApps == 1)
        #expect(snapshot.apps.mapValues(\.awaitedTurn)[try #require(AppID("/other"))] == .apps)
        #expect(snapshot.apps[open.id]?.awaitedTurn == nil)
        #expect(bench.engine.outdatedStatuses == [])
    }

    // MARK: - What was rolled back from it

    private func web(_ cmd: String) -> AppSpec {
        EngineBench.app("/web") { app in
            app.cmd = cmd
            app.portDefinitions = []
            app.rollout = RolloutStrategy(watch: .zero)
        }
    }

    /// An agent with room for everything; tasks run as soon as they are launched, and end as soon as they are killed.
    private func live(_ bench: inout EngineBench) {
        let agent = Agent(id: AgentID("S1"), hostname: "host1.example")
        for round in 0..<6 {
            let instances = bench.store.apps.flatMap { bench.store.instances(of: $0) }
            var events = instances.compactMap { instance -> MesosEvent? in
                guard let task = instance.task else { return nil }
                guard instance.goal == .stopped || instance.condition != .running else { return nil }
                let state = instance.goal == .stopped ? TaskStatus.State.killed : .running
                return .update(TaskStatus(task: task.id, state: state, agent: task.agent.id))
            }
            let resources = ["cpus", "mem", "disk"].map {
                MesosResource(name: $0, value: .scalar(1_000_000_000), allocationRole: "*")
            }
            let offer = OfferID("O\(bench.now.milliseconds)-\(round)")
            events.append(.offers([Offer(id: offer, agent: agent, resources: resources, role: "*")]))
            bench.turn(events.map { .transport(1, .event($0)) })
        }
    }

    /// An app that was healthy on v1 and on v2, with the deployment that brought v2.
    private func updated() throws -> (EngineBench, DeploymentID) {
        var bench = EngineBench()
        bench.turn([.transport(1, .opened)])
        bench.turn([.transport(1, .event(.subscribed(FrameworkID("F"), heartbeat: .seconds(60))))])
        for version in 1...2 {
            bench.find([web("v\(version)")], revision: "r\(version)")
            live(&bench)
        }
        let record = try #require(bench.store.record(of: web("v2").id))
        #expect(record.rollout == nil)
        #expect(record.history?.count == 2)
        let deployment = bench.engine.snapshot(at: bench.now).deployments.first { $0.revision == record.revision }
        return (bench, try #require(deployment).id)
    }

    private func order(_ verb: RolloutVerb, _ id: DeploymentID, in bench: inout EngineBench) -> [RolloutAnswer.Outcome]
    {
        guard case .ordered(let answers) = bench.request(.rollout(RolloutOrder(verb, .deployment(id), who: "anna")))
        else { return [] }
        return answers.map(\.outcome)
    }

    @Test(arguments: [RolloutVerb.retry, .resume])
    func `a deployment that was rolled back as a whole is tried again by its own id`(verb: RolloutVerb) throws {
        var (bench, id) = try updated()
        #expect(order(.rollback, id, in: &bench) == [.done])
        #expect(order(.pause, id, in: &bench) == [.done], "while it is on its way back")
        _ = bench.request(.rollout(RolloutOrder(.rollback, .apps([web("v2").id]), who: "anna")))
        live(&bench)
        let left = try #require(bench.store.record(of: web("v2").id))
        #expect(left.rollout == nil)
        #expect(order(.rollback, id, in: &bench) == [], "it is on nothing of it any more")
        let words = "rolled back from it: /web; try again what it brought with: pacer deployment retry \(id)"
        #expect("\(try #require(bench.last.replies.first?.reply))".contains(words))
        #expect(order(verb, id, in: &bench) == [.done])
        live(&bench)
        #expect(bench.store.record(of: web("v2").id)?.desired == Spec(web("v2"), sha256: fakeSHA256).digest)
    }
}
