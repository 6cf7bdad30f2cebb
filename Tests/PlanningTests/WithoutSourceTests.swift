import Domain
import Planning
import Testing

/// The plan that removes what a source left that is not in the configuration.
struct WithoutSourceTests {
    private let present = [spec("/a"), spec("/b"), spec("/c")]

    private func plan(over actual: ActualState, broken: [BrokenFile] = [], prune: Bool = true) -> Plan {
        Planner(policy: Planner.Policy(prune: prune), sha256: testDigest)
            .plan(withoutSource: "shop", broken: broken, actual: actual)
    }

    @Test(arguments: [true, false])
    func `all of its apps are planned away, whatever the policy says of pruning`(prune: Bool) {
        let plan = plan(over: actual(present), prune: prune)
        #expect(plan.outline == ["remove /c", "remove /b", "remove /a"])
        #expect(plan.problems.isEmpty)
        #expect(plan.hash == self.plan(over: actual(present)).hash)
    }

    @Test func `apps of other sources, handed-over ones and those on their way out are none of its business`() {
        var state = actual([spec("/a")], source: "other")
        state.apps.merge(actual([spec("/b"), spec("/c"), spec("/d")]).apps) { _, new in new }
        state.heirs[app("/b")] = ActualState.Heir(source: "other", mayTake: false)
        state.apps[app("/c")]?.record.desired = nil
        #expect(plan(over: state).outline == ["remove /d"])
    }

    @Test func `a pinned app stays, with a problem that says so`() {
        var state = actual(present)
        let order = Order(who: "anna", why: "", at: Instant(milliseconds: 1))
        state.apps[app("/b")]?.record.pin = Pin(digest: present[1].digest, order: order)
        let plan = plan(over: state)
        #expect(plan.outline == ["remove /c", "remove /a"])
        #expect(plan.problems.map(\.code) == ["PACER-W302"])
    }

    @Test func `what a broken file of another source claims stays; one that may declare anything withholds everything`()
    {
        let claiming = BrokenFile(path: "x.yaml", claims: [app("/b")], claimsAreComplete: true)
        #expect(plan(over: actual(present), broken: [claiming]).outline == ["remove /c", "remove /a"])
        let sameName = BrokenFile(path: "b.yaml", claims: [], claimsAreComplete: true)
        #expect(plan(over: actual(present), broken: [sameName]).changes.count == 3)
        let unreadable = BrokenFile(path: "x.yaml", claims: [], claimsAreComplete: false)
        let withheld = plan(over: actual(present), broken: [unreadable])
        #expect(withheld.changes.isEmpty)
        #expect(withheld.problems.map(\.code) == ["PACER-W301"])
        #expect(withheld.problems.first?.message.contains("3 removals are withheld") == true)
    }

    @Test func `the hash is not that of a commit which removes the same apps`() {
        let state = actual(present)
        let others = actual([spec("/z")], source: "other")
        var both = state
        both.apps.merge(others.apps) { _, new in new }
        let commit = Planner(policy: Planner.Policy(), sha256: testDigest).plan(
            desired: desired([spec("/z")]),
            actual: both
        )
        #expect(commit.changes.map(\.action) == [.remove, .remove, .remove])
        #expect(commit.hash != plan(over: state).hash)
    }
}
