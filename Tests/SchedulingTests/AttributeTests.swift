import Domain
import OrderedCollections
import Testing

@testable import Scheduling

/// Attributes of every type, in the text form in which they reach the core: scalars `0.###`, ranges `[a-b,c-d]`, sets
/// `{a,b}`, texts as they are. Marathon compares these texts and nothing else.
@Suite struct AttributeTests {
    struct Row: CustomTestStringConvertible {
        var value: String?
        var comparison: Constraint.Operator
        var operand: String?
        var counts: [String: Int] = [:]
        var isAllowed: Bool
        var testDescription: String { "\(value ?? "absent") \(comparison.rawValue) \(operand ?? "-") \(counts)" }
    }

    static func row(
        _ value: String?,
        _ comparison: Constraint.Operator,
        _ operand: String?,
        _ isAllowed: Bool,
        _ counts: [String: Int] = [:]
    ) -> Row {
        Row(value: value, comparison: comparison, operand: operand, counts: counts, isAllowed: isAllowed)
    }

    /// `IS`: a number in any spelling is the scalar, everything else is the text to the letter.
    static let exactly = [
        row("2", .isValue, "2", true), row("2", .isValue, "2.0", true), row("2", .isValue, "2.000", true),
        row("2", .isValue, "02", true), row("0.5", .isValue, "0.5", true), row("0.5", .isValue, "0.500", true),
        row("1.001", .isValue, "1.0014", true), row("1", .isValue, "1.0005", true),
        row("1.101", .isValue, "1.1005", true),
        row("1.001", .isValue, "1.00051", true), row("1", .isValue, "0.9999", true), row("2", .isValue, "1", false),
        row("10", .isValue, "1e1", false), row("16", .isValue, "0x10", false), row("2", .isValue, "2.", false),
        row("0.5", .isValue, ".5", false), row("-2", .isValue, "-2", true), row("-2", .isValue, "-2.0", false),
        row("2.0", .isValue, "2.0", true), row("2.0", .isValue, "2", false), row("ssd", .isValue, "SSD", false),
        row("infinity", .isValue, "inf", false), row("nan", .isValue, "nan", true), row("", .isValue, "", true),
        row("99999999999999999999", .isValue, "99999999999999999999", true),
        row("[1-2]", .isValue, "[1-2]", true), row("{a,b}", .isValue, "{a,b}", true),
        row("{a,b}", .isValue, "a", false), row("[1-2]", .isValue, "1", false), row(nil, .isValue, "a", false),
    ]

    static let patterns = [
        row("[1-5,8-9]", .like, "\\[1-5,.*\\]", true), row("[1-5]", .like, "1-5", false),
        row("{a,b}", .like, "\\{.*b.*\\}", true), row("{a,b}", .like, "a|b", false),
        row("2.5", .like, "2\\.[0-9]", true),
        row("3", .like, "[0-9]", true), row("30", .like, "[0-9]", false), row("", .like, ".*", true),
        row("", .like, ".+", false), row("rack-1", .like, "rack", false), row("rack-1", .like, "^rack-1$", true),
        row("Rack", .like, "rack", false), row("Rack", .like, "(?i)rack", true), row("a\nb", .like, "a.b", false),
        row(nil, .like, ".*", false), row("2.5", .unlike, "2\\.[0-9]", false), row("{a,b}", .unlike, "a", true),
        row("", .unlike, ".*", false), row(nil, .unlike, ".*", true), row("a", .unlike, nil, false),
        row(nil, .unlike, nil, false), row("a", .like, "", false),
    ]

    static let counting = [
        row("[1-2]", .unique, nil, false, ["[1-2]": 1]), row("[1-2]", .unique, nil, true, ["[1-3]": 1]),
        row("", .unique, nil, false, ["": 1]), row(nil, .unique, nil, false),
        row("2", .cluster, "2", true, ["3": 4]), row("2", .cluster, "2.0", false), row("a", .cluster, "", true),
        row("b", .cluster, "", false, ["a": 1]), row(nil, .cluster, nil, false), row(nil, .cluster, "a", false),
        row("a", .cluster, nil, true, ["a": 3, "b": 2]), row("b", .cluster, nil, false, ["a": 3, "b": 2]),
        row("a", .cluster, nil, true, ["a": 2, "b": 2]), row("b", .cluster, nil, false, ["a": 2, "b": 2]),
        row("a", .maxPer, "1", true), row("a", .maxPer, "1", false, ["a": 1]), row("a", .maxPer, "0", false),
        row("a", .maxPer, "-1", false), row("a", .maxPer, nil, false), row(nil, .maxPer, "5", false),
        row("a", .groupBy, "0", true, ["a": 1]), row("a", .groupBy, "0", false, ["a": 2, "b": 1]),
        row("a", .groupBy, "-3", true), row("a", .groupBy, "x", true), row(nil, .groupBy, "2", false),
        row("a", .groupBy, "1", false, ["a": 4]), row("a", .groupBy, "1", true, ["a": 3]),
        row("b", .groupBy, "1", false, ["a": 1]),
    ]

    @Test(arguments: exactly + patterns + counting)
    func `every kind of attribute is compared as Marathon compares it`(row: Row) {
        let constraint = Constraint(field: "x", comparison: row.comparison, value: row.operand)
        #expect(ConstraintRule(constraint).allows(row.value, counts: row.counts, wanted: 4) == row.isAllowed)
    }

    @Test(arguments: exactly + patterns + counting)
    func `a search decides as the rule does`(row: Row) {
        let constraint = Constraint(field: "x", comparison: row.comparison, value: row.operand)
        let spec = makeSpec("/a") {
            $0.constraints = [constraint]
            $0.instances = 4
        }
        // The counted instances' agents offer nothing, or the same value: both must be seen.
        var counter = PlacementCounter()
        counter.track("x", over: [])
        for (number, entry) in row.counts.sorted(by: { $0.key < $1.key }).enumerated() {
            for _ in 0..<entry.value { counter.add(makeAgent(100 + number, ["x": entry.key])) }
        }
        let attributes: OrderedDictionary<String, String> = row.value.map { ["x": $0] } ?? [:]
        var matcher = Matcher(table: OfferTable([makeOffer("O1", on: makeAgent(1, attributes))]) { _ in 31000 })
        let request = LaunchRequest(spec, settings: SchedulerSettings())
        let result = matcher.place(request, of: request.spec.app.instances, limit: 1, counter: counter)
        #expect(result.assignments.count == (row.isAllowed ? 1 : 0))
        #expect(row.isAllowed == (result.tally == nil))
        guard let tally = result.tally else { return }
        #expect(tally.reasons == [.constraint(ConstraintRule(constraint).text): 1])
    }

    /// Placements one after the other, with the rule asked before each: the quick form must never differ.
    @Test(arguments: UInt64(0)..<300)
    func `spreading step by step keeps to the rule`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let groups = random.once(in: 3) ? nil : random.number(1...5)
        let wanted = random.number(1...12)
        let rule = ConstraintRule(Constraint(field: "x", comparison: .groupBy, value: groups.map(String.init)))
        var counts: [String: Int] = [:]
        for value in ["a", "b", "c", "d", "e", "f"] where random.once(in: 3) { counts[value] = random.number(1...4) }
        var spread = Spread(over: groups, wanted: wanted, counts: Array(counts.values))
        for step in 0..<20 {
            guard let value = random.pick(["a", "b", "c", "d", "e", "f"]) else { return }
            let count = counts[value, default: 0]
            let isAllowed = rule.allows(value, counts: counts, wanted: wanted)
            #expect(spread.allows(count) == isAllowed, "step \(step): \(value) among \(counts) over \(groups ?? 0)")
            guard isAllowed || random.once(in: 4) else { continue }
            spread.add(count)
            counts[value] = count + 1
        }
    }

    @Test func `a cluster without a value stays where it began, also when nothing is offered there`() {
        let constraint = Constraint(field: "@zone", comparison: .cluster)
        let spec = makeSpec("/a") {
            $0.constraints = [constraint]
            $0.instances = 3
        }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        harness.offer([makeAgent(1, zone: "z1")])
        harness.start(spec, 2...3)
        #expect(harness.offer([makeAgent(2, zone: "z2"), makeAgent(3)]).launches.isEmpty)
        #expect(harness.scheduler.refusals[spec.id]?.reasons == [.constraint("[\"@zone\", \"CLUSTER\"]"): 2])
        #expect(harness.offer([makeAgent(4, zone: "z1")]).launches.count == 2)
    }

    @Test func `two groupings hold at once`() {
        let spec = makeSpec("/a") {
            $0.constraints = [
                Constraint(field: "@zone", comparison: .groupBy, value: "2"),
                Constraint(field: "rack", comparison: .groupBy, value: "4"),
            ]
            $0.instances = 8
        }
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...8)
        let agents = (0..<8).map { makeAgent($0, ["rack": "r\($0 % 4)"], zone: "z\($0 % 2)") }
        #expect(harness.offer(agents).launches.count == 8)
        let tasks = harness.scheduler.instances(of: spec.id).compactMap(\.task)
        #expect(Dictionary(grouping: tasks) { $0.agent.zone }.values.allSatisfy { $0.count == 4 })
        #expect(Dictionary(grouping: tasks) { $0.agent.attributes["rack"] }.values.allSatisfy { $0.count == 2 })
    }
}
