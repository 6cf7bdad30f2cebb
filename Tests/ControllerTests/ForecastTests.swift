import Boundary
import Controller
import Domain
import OrderedCollections
import Planning
import Scheduling
import Simulation
import Testing

/// What a plan against a live controller says of places for its new tasks.
@Suite struct ForecastTests {
    /// A controller that two agents have made offers to, with 4 CPUs each.
    private func bench(sync: ControllerSettings.Sync = ControllerSettings.Sync()) -> EngineBench {
        var bench = EngineBench(sync: sync)
        let offers = ForecastTests.offers()
        bench.turn([
            .transport(1, .opened), .transport(1, .event(.subscribed(FrameworkID("F"), heartbeat: .seconds(15)))),
        ])
        bench.turn([.transport(1, .event(.offers(offers)))])
        return bench
    }

    /// What two agents have left: both the same.
    private static func offers(_ name: String = "O", ports: [ClosedRange<Int>] = [31_000...31_999]) -> [Offer] {
        (1...2).map { number in
            Offer(
                id: OfferID("\(name)\(number)"),
                agent: Agent(id: AgentID("S\(number)"), hostname: "host\(number)"),
                resources: [
                    MesosResource(name: "cpus", value: .scalar(4000)),
                    MesosResource(name: "mem", value: .scalar(4_000_000)),
                    MesosResource(name: "disk", value: .scalar(4_000_000)),
                    MesosResource(name: "ports", value: .ranges(ports)),
                ],
                role: "*"
            )
        }
    }

    private func preview(_ apps: [AppSpec], in bench: inout EngineBench) throws -> Plan {
        var desired = DesiredState(source: "shop", group: .root, revision: Revision("r9"), tree: "t")
        for app in apps {
            desired.apps[app.id] = DesiredState.Declaration(
                spec: Spec(app, sha256: fakeSHA256),
                file: "\(app.id.name).yaml"
            )
        }
        guard case .plan(let plan) = bench.request(.preview(desired)) else { throw NoPlan() }
        return plan
    }

    private struct NoPlan: Error {}

    @Test func `a preview says where the new tasks fit now, and warns of what can never run`() throws {
        var bench = bench()
        let small = EngineBench.app("/a/small") { $0.instances = 3 }
        let unique = EngineBench.app("/b/unique") {
            $0.instances = 5
            $0.constraints = [Constraint(field: "hostname", comparison: .unique)]
        }
        let huge = EngineBench.app("/c/huge") { $0.resources.cpus = 64_000 }
        let plan = try preview([small, unique, huge], in: &bench)
        #expect(plan.changes.map { $0.placement?.fits } == [3, 2, 0])
        #expect(plan.changes.map { $0.placement?.agents } == [2, 2, 2])
        #expect(plan.changes[0].placement?.missing == nil)
        let missing = "not enough cpus in 2 of 2 agents (asks for 64, the most is "
        #expect(plan.changes[2].placement?.missing?.hasPrefix(missing) == true)
        #expect(plan.problems.map(\.code) == ["PACER-W305", "PACER-W305"])
        let huges = "/c/huge can never run on the 2 agents that are known: not enough cpus in"
        #expect(plan.problems.first?.file == "huge.yaml")
        #expect(plan.problems.first?.message == "\(huges) 2 of 2 agents (asks for 64, the most is 4)")
        let uniques = "no more than 2 of 5 instances of /b/unique can ever run on the 2 agents that are known: "
        #expect(plan.problems.last?.message.hasPrefix(uniques) == true)
        #expect(
            plan.problems.last?.message.contains(#"constraint ["hostname", "UNIQUE"] rules out 2 of 2 agents"#) == true
        )
    }

    @Test func `where no agent has made an offer nothing is warned of`() throws {
        var bench = EngineBench()
        let plan = try preview([EngineBench.app("/huge") { $0.resources.gpus = 64_000 }], in: &bench)
        #expect(plan.problems == [])
        #expect(plan.changes.first?.placement == Change.Placement(agents: 0, fits: 0))
    }

    @Test func `a plan that waits for a person says it too, and its hash stays the same`() throws {
        var bench = bench(sync: ControllerSettings.Sync(auto: false))
        let huge = EngineBench.app("/huge") { $0.resources.cpus = 64_000 }
        let hash = try preview([huge], in: &bench).hash
        bench.find([huge], revision: "r1")
        let plan = try #require(bench.engine.snapshot(at: bench.now).sources.first?.plan)
        #expect(plan.problems.map(\.code) == ["PACER-W305"])
        #expect(plan.hash == hash)
        #expect(bench.engine.record(of: "shop")?.held?.planHash == hash)
    }

    /// An app that runs on one of two agents and must have a port there, with another command than it has now.
    private func ported(_ cmd: String, minimumHealthy: Int64) -> AppSpec {
        EngineBench.app("/web") { app in
            app.cmd = cmd
            app.requirePorts = true
            app.portDefinitions = [PortDefinition(port: 31_005)]
            app.constraints = [Constraint(field: "hostname", comparison: .isValue, value: "host1")]
            app.upgradeStrategy.minimumHealthMillionths = minimumHealthy
            app.rollout = RolloutStrategy(watch: .zero)
        }
    }

    @Test(arguments: [(1_000_000, true), (0, false)] as [(Int64, Bool)])
    func `a plan warns of a replacement that has no room beside what it replaces`(
        minimum: Int64,
        isWarned: Bool
    ) throws {
        var bench = bench()
        let first = ported("v1", minimumHealthy: minimum)
        bench.find([first], revision: "r1")
        #expect(bench.engine.snapshot(at: bench.now).sources.first?.plan?.problems ?? [] == [])
        bench.turn([.transport(1, .event(.offers(ForecastTests.offers("Q"))))])
        let task = try #require(bench.store.instances(of: first.id).first?.task)
        bench.turn([.transport(1, .event(.update(TaskStatus(task: task.id, state: .running, agent: task.agent.id))))])
        let plan = try preview([ported("v2", minimumHealthy: minimum)], in: &bench)
        #expect(plan.problems.map(\.code) == (isWarned ? ["PACER-W306"] : []))
        guard isWarned else { return }
        let words = "/web has no room for a first new task beside its present ones, none of which may stop"
        #expect(plan.problems.first?.message.hasPrefix(words) == true)
        bench.find([ported("v2", minimumHealthy: minimum)], revision: "r2")
        let left = ForecastTests.offers("P", ports: [31_000...31_004, 31_006...31_999])
        bench.turn([.transport(1, .event(.offers(left)))])
        let explanation = try #require(Explanation(of: first.id, in: bench.engine.snapshot(at: bench.now)))
        let advice = "lower `upgradeStrategy.minimumHealthCapacity`: its old instance stays until a new one is healthy"
        #expect(explanation.steps.contains { $0.next.contains(advice) }, "\(explanation)")
    }
}
