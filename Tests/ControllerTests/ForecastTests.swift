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
        let offers = (1...2).map { number in
            Offer(
                id: OfferID("O\(number)"),
                agent: Agent(id: AgentID("S\(number)"), hostname: "host\(number)"),
                resources: [
                    MesosResource(name: "cpus", value: .scalar(4000)),
                    MesosResource(name: "mem", value: .scalar(4_000_000)),
                    MesosResource(name: "disk", value: .scalar(4_000_000)),
                    MesosResource(name: "ports", value: .ranges([31_000...31_999])),
                ],
                role: "*"
            )
        }
        bench.turn([
            .transport(1, .opened), .transport(1, .event(.subscribed(FrameworkID("F"), heartbeat: .seconds(15)))),
        ])
        bench.turn([.transport(1, .event(.offers(offers)))])
        return bench
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
}
