import Domain
import OrderedCollections
import Scheduling
import Testing

/// Where new tasks would find places, as far as offers have shown the agents.
struct ForecastTests {
    private func forecast(_ spec: Spec, starts: Int? = nil, in harness: Harness) throws -> PlacementForecast {
        let question = PlacementForecast.Question(spec: spec, starts: starts ?? spec.app.instances)
        return try #require(harness.scheduler.forecast([question]).first ?? nil)
    }

    private func reasons(_ report: RefusalReport?) -> [Refusal: Int] { report?.reasons ?? [:] }

    /// Three agents that have made their offers, for which nothing waits.
    private func cluster(_ resources: [MesosResource] = plain()) -> Harness {
        var harness = Harness()
        harness.subscribe()
        harness.offer((1...3).map { makeAgent($0, ["rack": "r\($0 % 2)"]) }, resources)
        return harness
    }

    @Test func `before the first offer nothing is known, and nothing is said to be missing`() throws {
        var harness = Harness()
        harness.subscribe()
        let forecast = try forecast(makeSpec("/web") { $0.resources.gpus = 1000 }, in: harness)
        #expect(forecast.agents == 0)
        #expect(forecast.missing == nil)
        #expect(forecast.impossible == nil)
    }

    @Test func `what fits is placed as the scheduler places it`() throws {
        let forecast = try forecast(makeSpec("/web") { $0.instances = 12 }, in: cluster())
        #expect(forecast.agents == 3)
        #expect((forecast.fits, forecast.most) == (12, 12))
        #expect(forecast.missing == nil)
        #expect(forecast.impossible == nil)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var most: Int
        var reason: Refusal
        var change: @Sendable (inout AppSpec) -> Void
    }

    static let rows = [
        Row(testDescription: "UNIQUE", most: 3, reason: .constraint(#"["hostname", "UNIQUE"]"#)) {
            $0.instances = 5
            $0.constraints = [Constraint(field: "hostname", comparison: .unique)]
        },
        Row(testDescription: "MAX_PER", most: 4, reason: .constraint(#"["rack", "MAX_PER", "2"]"#)) {
            $0.instances = 5
            $0.constraints = [Constraint(field: "rack", comparison: .maxPer, value: "2")]
        },
        Row(testDescription: "a value that no agent has", most: 0, reason: .constraint(#"["rack", "CLUSTER", "r9"]"#)) {
            $0.constraints = [Constraint(field: "rack", comparison: .cluster, value: "r9")]
        },
        Row(testDescription: "an attribute that no agent has", most: 0, reason: .constraint(#"["zone", "LIKE", ".*"]"#))
        {
            $0.constraints = [Constraint(field: "zone", comparison: .like, value: ".*")]
        },
        Row(testDescription: "cpus", most: 0, reason: .resource("cpus")) { $0.resources.cpus = 4001 },
        Row(testDescription: "mem", most: 0, reason: .resource("mem")) { $0.resources.mem = 4_096_001 },
        Row(testDescription: "disk", most: 0, reason: .resource("disk")) { $0.resources.disk = 10_000_001 },
        Row(testDescription: "gpus", most: 0, reason: .resource("gpus")) { $0.resources.gpus = 1000 },
        Row(testDescription: "a port that no agent has", most: 0, reason: .ports) {
            $0.portDefinitions = [PortDefinition(port: 80)]
            $0.requirePorts = true
        },
        Row(testDescription: "a port for two on each agent", most: 3, reason: .ports) {
            $0.instances = 4
            $0.portDefinitions = [PortDefinition(port: 31_000)]
            $0.requirePorts = true
        },
        Row(testDescription: "a role that nothing is reserved for", most: 0, reason: .role) {
            $0.acceptedResourceRoles = ["batch"]
        },
    ]

    @Test(arguments: rows)
    func `what can never run is known, with what stands in the way`(row: Row) throws {
        let forecast = try forecast(makeSpec("/web", row.change), in: cluster())
        #expect(forecast.most == row.most)
        #expect(reasons(forecast.impossible)[row.reason] != nil, "\(reasons(forecast.impossible))")
        #expect(forecast.agents == 3)
    }

    @Test func `what our own tasks use is in the way now, and not for ever`() throws {
        let old = makeSpec("/old") {
            $0.instances = 3
            $0.resources.cpus = 3000
            $0.portDefinitions = [PortDefinition(port: 31_000)]
            $0.requirePorts = true
        }
        var harness = Harness([old])
        harness.subscribe()
        harness.start(old, 1...3)
        harness.offer((1...3).map { makeAgent($0) })
        let forecast = try forecast(
            makeSpec("/web") {
                $0.instances = 3
                $0.resources.cpus = 2000
                $0.portDefinitions = [PortDefinition(port: 31_000)]
                $0.requirePorts = true
            },
            in: harness
        )
        #expect(forecast.fits == 0)
        #expect(reasons(forecast.missing) == [.resource("cpus"): 3, .ports: 3])
        #expect(forecast.most == 3)
        #expect(forecast.impossible == nil)
    }

    @Test func `what others left once may be left again`() throws {
        var harness = cluster()
        harness.offer((1...3).map { makeAgent($0) }, plain(cpus: 100))
        let forecast = try forecast(makeSpec("/web"), in: harness)
        #expect(forecast.fits == 0)
        #expect(forecast.most == 1)
    }

    @Test func `what one app takes is not there for the next`() throws {
        let big = makeSpec("/big") {
            $0.instances = 3
            $0.resources.cpus = 3000
        }
        let web = makeSpec("/web") {
            $0.instances = 3
            $0.resources.cpus = 2000
        }
        let questions = [big, web].map { PlacementForecast.Question(spec: $0, starts: 3) }
        let forecasts = cluster().scheduler.forecast(questions)
        #expect(forecasts.map { $0?.fits } == [3, 0])
        #expect(forecasts.map { $0?.most } == [3, 3])
    }

    @Test func `an instance that stays counts for a constraint`() throws {
        let web = makeSpec("/web") {
            $0.instances = 3
            $0.constraints = [Constraint(field: "hostname", comparison: .unique)]
        }
        var harness = Harness([web])
        harness.subscribe()
        harness.start(web)
        harness.offer((1...3).map { makeAgent($0) })
        #expect(try forecast(web, starts: 3, in: harness).fits == 2)
        #expect(try forecast(web, starts: 2, in: harness).impossible == nil)
    }

    @Test func `an agent that is lost is not known any more`() throws {
        var harness = cluster()
        harness.handle(.mesos(.failure(AgentID("S1"), executor: nil, status: nil)))
        #expect(try forecast(makeSpec("/web"), in: harness).agents == 2)
    }
}
