import Domain
import Testing

@testable import Scheduling

/// Which instances constraints and the ranking of places count.
@Suite struct CountingTests {
    static let spec = makeSpec("/a") {
        $0.constraints = [Constraint(field: "hostname", comparison: .unique)]
        $0.unreachableStrategy = .disabled
    }

    @Test(arguments: Condition.allCases.filter { $0 != .scheduled })
    func `all that have a task are counted, but for those that are cut off`(condition: Condition) {
        var harness = Harness([CountingTests.spec])
        harness.subscribe()
        harness.bring(CountingTests.spec, to: condition)
        harness.start(CountingTests.spec, 2...2)
        #expect(harness.offer([makeAgent(1)]).launches.count == (condition == .unreachable ? 1 : 0))
    }

    @Test func `instances spread, though one agent has more room than all others`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...3)
        harness.handle(
            .mesos(
                .offers([
                    makeOffer("L", on: makeAgent(1), plain(cpus: 64_000, mem: 64_000)),
                    makeOffer("M", on: makeAgent(2)), makeOffer("N", on: makeAgent(3)),
                ])
            )
        )
        harness.tick()
        #expect(Set(harness.scheduler.instances(of: spec.id).compactMap { $0.task?.agent.id }).count == 3)
    }

    @Test func `offers of an earlier subscription are neither used nor declined`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        harness.handle(.mesos(.offers([makeOffer("old", on: makeAgent(1))])))
        harness.handle(.connection(.closed("gone")))
        harness.now = harness.now + .seconds(1)
        harness.subscribe()
        #expect(harness.effects.launches.isEmpty && harness.effects.declined.isEmpty)
    }
}
