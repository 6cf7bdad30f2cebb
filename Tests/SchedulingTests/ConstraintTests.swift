import Domain
import OrderedCollections
import Testing

@testable import Scheduling

@Suite struct ConstraintTests {
    struct Row: CustomTestStringConvertible {
        var comparison: Constraint.Operator
        var operand: String?
        var value: String?
        var counts: [String: Int] = [:]
        var wanted = 4
        var isAllowed: Bool
        var testDescription: String { "\(comparison) \(operand ?? "-") \(value ?? "-") \(counts.sorted { $0 < $1 })" }
    }

    /// Marathon's semantics, operator by operator.
    static let rows = [
        Row(comparison: .unique, value: "a", isAllowed: true),
        Row(comparison: .unique, value: "a", counts: ["b": 1], isAllowed: true),
        Row(comparison: .unique, value: "a", counts: ["a": 1], isAllowed: false),
        Row(comparison: .cluster, operand: "a", value: "a", counts: ["b": 1], isAllowed: true),
        Row(comparison: .cluster, operand: "a", value: "b", isAllowed: false),
        Row(comparison: .cluster, value: "a", isAllowed: true),
        Row(comparison: .cluster, value: "a", counts: ["a": 2], isAllowed: true),
        Row(comparison: .cluster, value: "b", counts: ["a": 2], isAllowed: false),
        Row(comparison: .like, operand: "rack-[12]", value: "rack-1", isAllowed: true),
        Row(comparison: .like, operand: "rack-[12]", value: "rack-11", isAllowed: false),
        Row(comparison: .like, operand: "(", value: "(", isAllowed: false),
        Row(comparison: .like, value: "a", isAllowed: false),
        Row(comparison: .unlike, operand: "rack-[12]", value: "rack-3", isAllowed: true),
        Row(comparison: .unlike, operand: "rack-[12]", value: "rack-1", isAllowed: false),
        Row(comparison: .unlike, operand: "(", value: "a", isAllowed: false),
        Row(comparison: .maxPer, operand: "2", value: "a", counts: ["a": 1], isAllowed: true),
        Row(comparison: .maxPer, operand: "2", value: "a", counts: ["a": 2], isAllowed: false),
        Row(comparison: .maxPer, operand: "x", value: "a", isAllowed: false),
        Row(comparison: .isValue, operand: "ssd", value: "ssd", isAllowed: true),
        Row(comparison: .isValue, operand: "ssd", value: "ssd2", isAllowed: false),
        Row(comparison: .isValue, operand: "2.0", value: "2", isAllowed: true),
        Row(comparison: .groupBy, operand: "2", value: "a", isAllowed: true),
        Row(comparison: .groupBy, operand: "2", value: "a", counts: ["a": 1], isAllowed: true),
        Row(comparison: .groupBy, operand: "2", value: "a", counts: ["a": 2], isAllowed: false),
        Row(comparison: .groupBy, operand: "2", value: "c", counts: ["a": 1, "b": 1], isAllowed: false),
        Row(comparison: .groupBy, operand: "3", value: "a", counts: ["a": 1, "b": 1, "c": 1], isAllowed: true),
        Row(comparison: .groupBy, operand: "3", value: "b", counts: ["a": 2, "b": 1, "c": 1], isAllowed: false),
        Row(comparison: .groupBy, operand: "8", value: "a", counts: ["b": 1], isAllowed: true),
        Row(comparison: .groupBy, operand: "8", value: "a", counts: ["a": 1], isAllowed: false),
        Row(comparison: .groupBy, value: "a", isAllowed: true),
        Row(comparison: .groupBy, value: "a", counts: ["a": 1], isAllowed: true),
        Row(comparison: .groupBy, value: "a", counts: ["a": 2, "b": 1], isAllowed: false),
        Row(comparison: .groupBy, value: "b", counts: ["a": 2, "b": 1], isAllowed: true),
        Row(comparison: .groupBy, value: "c", counts: ["a": 2, "b": 1], isAllowed: true),
    ]

    @Test(arguments: rows)
    func `a constraint allows what Marathon's does`(row: Row) {
        let rule = ConstraintRule(Constraint(field: "rack", comparison: row.comparison, value: row.operand))
        #expect(rule.allows(row.value, counts: row.counts, wanted: row.wanted) == row.isAllowed)
    }

    @Test(arguments: Constraint.Operator.allCases)
    func `a missing attribute passes UNLIKE only`(comparison: Constraint.Operator) {
        let rule = ConstraintRule(Constraint(field: "rack", comparison: comparison, value: "1"))
        #expect(rule.allows(nil, counts: [:], wanted: 4) == (comparison == .unlike))
    }

    @Test func `fields are attributes, or what every agent has`() {
        let agent = makeAgent(1, ["rack": "r1", "zone": "attribute"], zone: "z1")
        #expect(agent.value(of: "hostname") == "host1.example")
        #expect(agent.value(of: "@hostname") == "host1.example")
        #expect(agent.value(of: "@region") == "north")
        #expect(agent.value(of: "@zone") == "z1")
        #expect(agent.value(of: "zone") == "attribute")
        #expect(agent.value(of: "rack") == "r1")
        #expect(agent.value(of: "other") == nil)
        #expect(makeAgent(2).value(of: "@zone") == nil)
    }

    // MARK: - Whole placements

    static func place(_ count: Int, _ constraints: [Constraint], on agents: [Agent]) -> (Harness, [String]) {
        let spec = makeSpec("/a") {
            $0.constraints = constraints
            $0.instances = count
        }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...count)
        harness.offer(agents)
        let hosts = harness.scheduler.instances(of: spec.id).compactMap { $0.task?.agent.hostname }
        return (harness, hosts)
    }

    static let sixAgents = (1...6).map { makeAgent($0, ["rack": "r\(($0 - 1) / 3)"]) }

    @Test func `UNIQUE hostname takes each host once and says why the rest waits`() {
        let (harness, hosts) = ConstraintTests.place(
            8,
            [Constraint(field: "hostname", comparison: .unique)],
            on: ConstraintTests.sixAgents
        )
        #expect(Set(hosts).count == 6 && hosts.count == 6)
        #expect(harness.scheduler.refusals[app("/a")]?.reasons == [.constraint("[\"hostname\", \"UNIQUE\"]"): 6])
    }

    @Test func `CLUSTER keeps to the rack of the first instance`() {
        let (_, hosts) = ConstraintTests.place(
            5,
            [Constraint(field: "rack", comparison: .cluster)],
            on: ConstraintTests.sixAgents
        )
        #expect(hosts.count == 5)
        #expect(Set(hosts).isSubset(of: ["host1.example", "host2.example", "host3.example"]))
    }

    @Test(arguments: [nil, "2"] as [String?])
    func `GROUP_BY spreads evenly over what is offered`(groups: String?) {
        let (harness, _) = ConstraintTests.place(
            10,
            [Constraint(field: "rack", comparison: .groupBy, value: groups)],
            on: ConstraintTests.sixAgents
        )
        let racks = harness.scheduler.instances(of: app("/a")).compactMap { $0.task?.agent.attributes["rack"] }
        #expect(racks.count { $0 == "r0" } == 5)
        #expect(racks.count { $0 == "r1" } == 5)
    }

    @Test func `GROUP_BY with a number leaves the share of a group that is not there open`() {
        let (harness, hosts) = ConstraintTests.place(
            4,
            [Constraint(field: "rack", comparison: .groupBy, value: "2")],
            on: Array(ConstraintTests.sixAgents.prefix(3))
        )
        #expect(hosts.count == 2)
        let reasons = harness.scheduler.refusals[app("/a")]?.reasons ?? [:]
        #expect(reasons == [.constraint("[\"rack\", \"GROUP_BY\", \"2\"]"): 3])
    }

    @Test func `GROUP_BY with a number shares out what is in force, not what the spec says`() {
        let spec = makeSpec("/a") {
            $0.constraints = [Constraint(field: "rack", comparison: .groupBy, value: "2")]
            $0.instances = 2
        }
        var harness = Harness([spec])
        harness.subscribe()
        harness.handle(.scale(spec.id, 6))
        harness.start(spec, 1...6)
        harness.offer(ConstraintTests.sixAgents)
        func racks() -> [String] {
            harness.scheduler.instances(of: spec.id).compactMap { $0.task?.agent.attributes["rack"] }.sorted()
        }
        #expect(racks() == ["r0", "r0", "r0", "r1", "r1", "r1"])
        harness.handle(.scale(spec.id, nil))
        harness.start(spec, 7...7)
        harness.offer(ConstraintTests.sixAgents)
        #expect(racks().count == 6, "of two instances each rack has one, at the most")
    }

    @Test func `MAX_PER and UNLIKE work together`() {
        let (_, hosts) = ConstraintTests.place(
            9,
            [
                Constraint(field: "rack", comparison: .maxPer, value: "2"),
                Constraint(field: "hostname", comparison: .unlike, value: "host[16].*"),
            ],
            on: ConstraintTests.sixAgents
        )
        #expect(hosts.count == 4)
        #expect(Set(hosts).isDisjoint(with: ["host1.example", "host6.example"]))
    }

    @Test func `a pattern that cannot be used refuses everything and says so`() {
        let (harness, hosts) = ConstraintTests.place(
            1,
            [Constraint(field: "rack", comparison: .like, value: "(?=x)")],
            on: ConstraintTests.sixAgents
        )
        #expect(hosts.isEmpty)
        guard case .constraint(let text)? = harness.scheduler.refusals[app("/a")]?.reasons.keys.first else {
            Issue.record("no reason: \(harness.scheduler.refusals)")
            return
        }
        #expect(text.hasPrefix("[\"rack\", \"LIKE\", \"(?=x)\"]: the regular expression cannot be used:"))
    }

    @Test func `what a restart replaces is as little in the way as an older definition`() {
        let spec = makeSpec("/a") {
            $0.constraints = [Constraint(field: "rack", comparison: .groupBy, value: "2")]
            $0.instances = 4
        }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...4)
        harness.offer(ConstraintTests.sixAgents)
        harness.start(spec, 5...5)
        #expect(harness.offer(ConstraintTests.sixAgents).launches.isEmpty, "each rack has its two")
        harness.now = harness.now + Milliseconds(1)
        harness.handle(.restart(spec.id, harness.now))
        #expect(harness.offer(ConstraintTests.sixAgents).launches.count == 1)
        harness.start(spec, 6...9)
        #expect(harness.offer(ConstraintTests.sixAgents).launches.count == 3, "the new ones count among themselves")
        harness.handle(.restart(spec.id, nil))
        harness.start(spec, 10...10)
        #expect(harness.offer(ConstraintTests.sixAgents).launches.isEmpty)
    }

    @Test func `an instance whose agent goes leaves its share to its successor`() {
        let spec = makeSpec("/a") {
            $0.constraints = [Constraint(field: "rack", comparison: .groupBy, value: "2")]
            $0.instances = 2
        }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...2)
        harness.offer(ConstraintTests.sixAgents)
        guard let agent = harness.scheduler.instance(makeInstance(spec, 1))?.task?.agent else {
            Issue.record("it has no place")
            return
        }
        harness.start(spec, 3...3)
        let others = ConstraintTests.sixAgents.filter { $0.id != agent.id }
        #expect(harness.offer(others).launches.isEmpty, "each rack has its one")
        let window = InverseOffer(id: OfferID("I"), agent: agent.id, from: harness.now + .minutes(5), until: nil)
        harness.handle(.mesos(.inverseOffers([window])))
        #expect(harness.offer(others).launches.count == 1)
    }

    @Test func `instances of an older definition are not counted, those of a mere scale are`() {
        let constraint = Constraint(field: "hostname", comparison: .unique)
        let old = makeSpec("/a") { $0.constraints = [constraint] }
        let new = makeSpec("/a") {
            $0.constraints = [constraint]
            $0.cmd = "new"
        }
        let scaled = makeSpec("/a") {
            $0.constraints = [constraint]
            $0.instances = 3
        }
        var harness = Harness([old, new, scaled])
        harness.subscribe()
        harness.bring(old, to: .running)
        harness.start(scaled, 2...2)
        #expect(harness.offer([makeAgent(1)]).launches.isEmpty)
        harness.start(new, 3...3)
        #expect(harness.offer([makeAgent(1)]).launches.count == 1)
        #expect(harness.scheduler.instance(makeInstance(new, 3))?.condition == .launching)
    }
}
