import Domain
import OrderedCollections
import Planning
import Testing

/// What a plan does not touch: removal is dangerous, and a broken file breaks only its own apps.
struct ShieldTests {
    private let present = [spec("/a"), spec("/b"), spec("/c")]

    private func changed(_ path: String) -> Spec { spec(path) { $0.cmd = "changed" } }

    @Test func `an app whose file is broken keeps what it runs`() {
        let broken = BrokenFile(path: "a.yaml", claims: [], claimsAreComplete: true)
        let plan = plan(desired([changed("/b"), spec("/c")], broken: [broken]), over: actual(present))
        #expect(plan.outline == ["replace /b"])
        #expect(plan.problems.isEmpty)
    }

    @Test func `an app that a broken file claims is not touched, wherever else it is declared`() {
        let broken = BrokenFile(path: "new.yaml", claims: [app("/a"), app("/new")], claimsAreComplete: true)
        let state = desired([changed("/a"), spec("/b"), spec("/new")], broken: [broken])
        #expect(plan(state, over: actual(present)).outline == ["remove /c"])
    }

    @Test func `a file whose claims are not complete withholds every removal, and says how many`() {
        let broken = BrokenFile(path: "new.yaml", claims: [], claimsAreComplete: false)
        let plan = plan(desired([changed("/a")], broken: [broken]), over: actual(present))
        #expect(plan.outline == ["replace /a"])
        #expect(plan.problems.map(\.code) == ["PACER-W301"])
        #expect(plan.problems.first?.severity == .warning)
        #expect(plan.problems.first?.file == "new.yaml")
        #expect(plan.problems.first?.message.contains("2 removals are withheld") == true)
    }

    @Test func `a file whose claims are not complete says nothing where nothing would be removed`() {
        let broken = BrokenFile(path: "new.yaml", claims: [], claimsAreComplete: false)
        #expect(plan(desired(present, broken: [broken]), over: actual(present)).problems.isEmpty)
    }

    @Test func `an empty desired state removes nothing and is an error`() {
        let plan = plan(desired([]), over: actual(present))
        #expect(plan.changes.isEmpty)
        #expect(plan.problems.map(\.code) == ["PACER-E302"])
        #expect(plan.problems.first?.severity == .error)
    }

    @Test func `an empty desired state over nothing is fine`() {
        #expect(plan(desired([]), over: ActualState(apps: [:])).problems.isEmpty)
    }

    @Test func `without pruning nothing is removed, and nothing is said`() {
        let plan = plan(desired([spec("/a")]), over: actual(present), prune: false)
        #expect(plan.changes.isEmpty && plan.problems.isEmpty)
    }

    @Test func `a broken file of one source does not shield another source's app of the same file name`() {
        var state = actual([spec("/a")], source: "other")
        state.apps.merge(actual([spec("/b")]).apps) { _, new in new }
        let broken = BrokenFile(path: "a.yaml", claims: [], claimsAreComplete: true)
        let plan = plan(desired([changed("/b"), spec("/a")], broken: [broken]), over: state)
        #expect(plan.outline == ["replace /b"])
        #expect(plan.problems.map(\.code) == ["PACER-E301"])
    }
}
