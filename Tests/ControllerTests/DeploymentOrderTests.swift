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
}
