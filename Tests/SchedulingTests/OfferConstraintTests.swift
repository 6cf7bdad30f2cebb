import Domain
import OrderedCollections
import Testing

@testable import Scheduling

/// Regions, and the constraints on offers that Mesos is told.
@Suite struct OfferConstraintTests {
    private static func spec(_ path: String, _ constraints: [Constraint], cpus: Int64 = 1000) -> Spec {
        makeSpec(path) {
            $0.constraints = constraints
            $0.resources.cpus = cpus
        }
    }

    private static func rack(_ comparison: Constraint.Operator, _ value: String? = nil) -> Constraint {
        Constraint(field: "rack", comparison: comparison, value: value)
    }

    private static func harness(_ specs: [Spec], version: String? = "1.11.0", region: String? = nil) -> Harness {
        var harness = Harness(specs)
        harness.handle(.tick)
        harness.handle(.connection(.opened))
        let master = MasterFacts(version: version, region: region)
        harness.handle(.mesos(.subscribed(FrameworkID("F"), heartbeat: .seconds(15), master: master)))
        harness.handle(.tick)
        for spec in specs { harness.start(spec) }
        harness.tick()
        return harness
    }

    private static func agent(_ number: Int, region: String?) -> Agent {
        Agent(id: AgentID("S\(number)"), hostname: "h\(number)", attributes: [:], region: region, zone: nil)
    }

    private static func constraints(_ effects: [SchedulerEffect]) -> [RoleConstraints?] {
        effects.free.compactMap { call -> RoleConstraints?? in
            guard case .updateFramework(let wishes) = call else { return nil }
            return .some(wishes.constraints["*"])
        }
    }

    private static let rackA = AttributeConstraint(.attribute("rack"), .textEquals("a"))
    private static let rackB = AttributeConstraint(.attribute("rack"), .textEquals("b"))

    // MARK: - Regions

    @Test func `apps stay in the masters' region unless a constraint is about regions or zones`() {
        let home = OfferConstraintTests.spec("/home", [])
        let anywhere = OfferConstraintTests.spec("/any", [Constraint(field: "@zone", comparison: .unlike, value: "z")])
        let agents = ["north", "south", nil].enumerated().map { OfferConstraintTests.agent($0, region: $1) }
        var harness = OfferConstraintTests.harness([home], region: "north")
        #expect(harness.offer([agents[1]]).launches.isEmpty)
        #expect(harness.scheduler.refusals[home.id]?.reasons == [.otherRegion: 1])
        #expect(harness.offer([agents[1], agents[2]]).launches.map(\.agent) == [AgentID("S2")])
        var free = OfferConstraintTests.harness([anywhere], region: "north")
        #expect(free.offer([agents[1]]).launches.count == 1)
        var unknown = OfferConstraintTests.harness([home], region: nil)
        #expect(unknown.offer([agents[1]]).launches.count == 1)
    }

    // MARK: - What is said

    struct Row: CustomTestStringConvertible {
        var constraint: Constraint
        var said: AttributeConstraint.Predicate?
        var testDescription: String { "\(constraint.comparison.rawValue) \(constraint.value ?? "")" }
    }

    private static let rows = [
        Row(constraint: rack(.unique), said: .exists), Row(constraint: rack(.maxPer, "2"), said: .exists),
        Row(constraint: rack(.groupBy, "2"), said: .exists), Row(constraint: rack(.cluster), said: .exists),
        Row(constraint: rack(.cluster, "a"), said: .textEquals("a")),
        Row(constraint: rack(.cluster, "ä"), said: .exists),
        Row(constraint: rack(.isValue, "a"), said: .textEquals("a")),
        Row(constraint: rack(.isValue, "2"), said: .textEquals("2")),
        Row(constraint: rack(.isValue, "2.0"), said: .exists),
        Row(constraint: rack(.like, "a"), said: .textEquals("a")),
        Row(constraint: rack(.like, "a.*"), said: .textMatches("a(?:\\C+)*")),
        Row(constraint: rack(.like, "[^é]+"), said: .textMatches("(?:\\C+)+")),
        Row(constraint: rack(.like, "é.*"), said: .exists),
        Row(constraint: rack(.unlike, "a"), said: .textNotEquals("a")),
        Row(constraint: rack(.unlike, "a|b"), said: .textNotMatches("(?:a|b)")), Row(constraint: rack(.unlike, "[^a]")),
        Row(constraint: rack(.maxPer, "many"), said: .exists),
        Row(constraint: Constraint(field: "é", comparison: .unique)),
    ]

    @Test(arguments: rows)
    func `a constraint is said where Mesos means the same by it`(row: Row) {
        #expect(ConstraintRule(row.constraint).offerConstraint?.predicate == row.said)
    }

    @Test func `fields that are no attributes are said as what they are`() {
        let selectors = ["hostname", "@hostname", "@region", "@zone", "rack"].map {
            ConstraintRule(Constraint(field: $0, comparison: .unique)).offerConstraint?.selector
        }
        #expect(selectors == [.hostname, .hostname, .region, .zone, .attribute("rack")])
    }

    // MARK: - When it is said

    @Test func `constraints are told once they save declines, and follow what waits`() {
        let first = OfferConstraintTests.spec("/a", [OfferConstraintTests.rack(.isValue, "a")])
        let second = OfferConstraintTests.spec("/b", [OfferConstraintTests.rack(.isValue, "b")])
        let free = OfferConstraintTests.spec("/c", [])
        var harness = OfferConstraintTests.harness([first])
        #expect(OfferConstraintTests.constraints(harness.effects).isEmpty)
        harness.offer([makeAgent(1, ["rack": "z"])])
        #expect(
            OfferConstraintTests.constraints(harness.effects) == [
                RoleConstraints(groups: [[OfferConstraintTests.rackA]])
            ]
        )
        harness.handle(.connection(.answered(.taken)))
        harness.handle(.learn(second))
        harness.start(second)
        let both = RoleConstraints(groups: [[OfferConstraintTests.rackA], [OfferConstraintTests.rackB]])
        #expect(OfferConstraintTests.constraints(harness.tick()) == [both])
        harness.handle(.connection(.answered(.taken)))
        harness.handle(.learn(free))
        harness.start(free)
        let calls = harness.tick().free
        #expect(calls == [.updateFramework(RoleWishes(roles: ["*"])), .revive(["*"])])
        harness.handle(.connection(.answered(.taken)))
        #expect(OfferConstraintTests.constraints(harness.tick(after: 10_000)).isEmpty)
    }

    @Test func `constraints go when nothing waits any more`() {
        let spec = OfferConstraintTests.spec("/a", [OfferConstraintTests.rack(.isValue, "a")])
        var harness = OfferConstraintTests.harness([spec])
        harness.offer([makeAgent(1, ["rack": "z"])])
        harness.handle(.connection(.answered(.taken)))
        harness.offer([makeAgent(2, ["rack": "a"])])
        #expect(OfferConstraintTests.constraints(harness.effects) == [nil])
    }

    @Test func `what is too small for its offers alone sets no constraints`() {
        let spec = OfferConstraintTests.spec("/a", [OfferConstraintTests.rack(.isValue, "a")], cpus: 99_000)
        var harness = OfferConstraintTests.harness([spec])
        harness.offer([makeAgent(1, ["rack": "a"])])
        #expect(OfferConstraintTests.constraints(harness.effects).isEmpty)
    }

    @Test(arguments: [nil, "", "1", "1.10.9", "0.28.1", "rubbish", "1.9.0"])
    func `masters that would ignore them are told none`(version: String?) {
        let spec = OfferConstraintTests.spec("/a", [OfferConstraintTests.rack(.isValue, "a")])
        var harness = OfferConstraintTests.harness([spec], version: version)
        harness.offer([makeAgent(1, ["rack": "z"])])
        #expect(OfferConstraintTests.constraints(harness.effects).isEmpty)
    }

    @Test(arguments: ["1.11.0", "1.12.0-dev", "2.0.0", "1.11"])
    func `later masters are told`(version: String) {
        #expect(MasterFacts(version: version).takesOfferConstraints)
    }

    @Test func `a master that refuses constraints is not asked again, and its roles are not blamed`() {
        let spec = OfferConstraintTests.spec("/a", [OfferConstraintTests.rack(.isValue, "a")])
        var harness = OfferConstraintTests.harness([spec])
        harness.offer([makeAgent(1, ["rack": "z"])])
        harness.handle(.connection(.answered(.refused("too complex"))))
        #expect(harness.effects.notes == [.updateRefused(roles: [], "too complex")])
        harness.offer([makeAgent(1, ["rack": "z"])])
        #expect(OfferConstraintTests.constraints(harness.effects).isEmpty)
        #expect(harness.scheduler.refusals[spec.id]?.roleRefusal == nil)
    }

    @Test func `apps at home hold back offers of other regions, but none of agents without one`() {
        let spec = OfferConstraintTests.spec("/a", [])
        var harness = OfferConstraintTests.harness([spec], region: "north")
        harness.offer([OfferConstraintTests.agent(1, region: "south")])
        let home = RoleConstraints(groups: [
            [AttributeConstraint(.region, .textEquals("north"))], [AttributeConstraint(.region, .notExists)],
        ])
        #expect(OfferConstraintTests.constraints(harness.effects) == [home])
    }

    @Test func `beyond a number of groups nothing is said`() {
        func requests(_ count: Int) -> [LaunchRequest] {
            (0..<count).map { number in
                let spec = OfferConstraintTests.spec("/a", [OfferConstraintTests.rack(.isValue, "r\(number)")])
                return LaunchRequest(spec, settings: SchedulerSettings())
            }
        }
        #expect(OfferConstraining.constraints(for: requests(32) + requests(32), home: nil)?.groups.count == 32)
        #expect(OfferConstraining.constraints(for: requests(33), home: nil) == nil)
        #expect(OfferConstraining.constraints(for: [], home: nil) == nil)
    }

    // MARK: - What must hold

    @Test(arguments: UInt64(0)..<60)
    func `an offer that the matcher would accept is never held back`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let home = random.once(in: 2) ? "north" : nil
        for _ in 0..<40 {
            let requests = (0..<random.number(1...3)).map { number in
                let spec = random.spec(number)
                return (spec, LaunchRequest(spec, settings: SchedulerSettings()))
            }
            guard let said = OfferConstraining.constraints(for: requests.map(\.1), home: home) else { continue }
            for _ in 0..<10 {
                let agent = random.agent()
                guard !said.allows(agent) else { continue }
                for (spec, request) in requests {
                    var matcher = Matcher(table: OfferTable([makeOffer("O", on: agent)], home: home) { _ in 31000 })
                    var counter = PlacementCounter()
                    for field in request.countedFields { counter.track(field, over: [random.agent()]) }
                    let found = matcher.place(request, of: request.spec.app.instances, limit: 1, counter: counter)
                        .assignments
                    #expect(found.isEmpty, "\(agent) is held back from \(spec.app.constraints) by \(said)")
                }
            }
        }
    }

    @Test func `some offers are held back, and some that are not are declined`() {
        var random = SplitMix64(seed: 1)
        var (heldBack, declined, of) = (0, 0, 0)
        for number in 0..<2000 {
            let request = LaunchRequest(random.spec(number), settings: SchedulerSettings())
            guard let said = OfferConstraining.constraints(for: [request], home: "north") else { continue }
            let agent = random.agent()
            of += 1
            guard said.allows(agent) else {
                heldBack += 1
                continue
            }
            var matcher = Matcher(table: OfferTable([makeOffer("O", on: agent)], home: "north") { _ in 31000 })
            if matcher.place(request, of: request.spec.app.instances, limit: 1, counter: PlacementCounter()).assignments
                .isEmpty
            {
                declined += 1
            }
        }
        #expect(heldBack > of / 10 && declined > 0 && heldBack + declined < of)
    }
}

extension SplitMix64 {
    fileprivate mutating func agent() -> Agent {
        var attributes: OrderedDictionary<String, String> = [:]
        for name in ["rack", "tier"] where !once(in: 4) {
            attributes[name] = pick(["a", "b", "ab", "A", "2", "2.5", "é", "a\rb"])
        }
        let zone = pick(["z1", "z2"])
        return Agent(
            id: AgentID("S\(number(1...3))"),
            hostname: pick(["a", "host1", "host2.example"]) ?? "",
            attributes: attributes,
            region: once(in: 3) ? nil : pick(["north", "south"]),
            zone: once(in: 3) ? nil : zone
        )
    }

    fileprivate mutating func spec(_ name: Int) -> Spec {
        let constraints = (0..<number(0...3)).map { _ in
            let values = [
                "a", "b", "2", "2.0", "é", ".*", "a.*", "a.b", "[^b]+", "(?i)AB?", "host\\d.*", "north", "z1|z2", "",
                "(",
                "[a-z]+1?", "1", "3",
            ]
            return Constraint(
                field: pick(["rack", "tier", "hostname", "@hostname", "@region", "@zone"]) ?? "rack",
                comparison: pick(Constraint.Operator.allCases) ?? .unique,
                value: once(in: 6) ? nil : pick(values)
            )
        }
        return makeSpec("/app\(name)") { $0.constraints = constraints }
    }
}
