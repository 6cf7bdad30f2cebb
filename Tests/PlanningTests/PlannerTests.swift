import Domain
import OrderedCollections
import Planning
import Testing

/// What a plan changes, and what it leaves alone.
struct PlannerTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var change: @Sendable (inout AppSpec) -> Void
        var outline: [String]
        var fields: [String]
        var tasks: Change.Tasks
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "nothing",
            change: { _ in },
            outline: [],
            fields: [],
            tasks: Change.Tasks(start: 0, stop: 0, keep: 0)
        ),
        Row(
            name: "a command",
            change: { $0.cmd = "other" },
            outline: ["replace /web"],
            fields: ["cmd: \"run\" -> \"other\" !"],
            tasks: Change.Tasks(start: 3, stop: 3, keep: 0)
        ),
        Row(
            name: "a variable changed, one added, one removed",
            change: { $0.env = ["B": "2", "C": "x", "Z": "1"] },
            outline: ["replace /web"],
            fields: ["env.A: \"1\" -> null !", "env.B: \"1\" -> \"2\" !", "env.C: null -> \"x\" !"],
            tasks: Change.Tasks(start: 3, stop: 3, keep: 0)
        ),
        Row(
            name: "a command and the number",
            change: {
                $0.cmd = "other"
                $0.instances = 5
            },
            outline: ["replace /web"],
            fields: ["cmd: \"run\" -> \"other\" !", "instances: 3 -> 5"],
            tasks: Change.Tasks(start: 5, stop: 3, keep: 0)
        ),
        Row(
            name: "more of them",
            change: { $0.instances = 5 },
            outline: ["scale /web"],
            fields: ["instances: 3 -> 5"],
            tasks: Change.Tasks(start: 2, stop: 0, keep: 3)
        ),
        Row(
            name: "fewer of them",
            change: { $0.instances = 1 },
            outline: ["scale /web"],
            fields: ["instances: 3 -> 1"],
            tasks: Change.Tasks(start: 0, stop: 2, keep: 1)
        ),
        Row(
            name: "a constraint",
            change: { $0.constraints = [Constraint(field: "hostname", comparison: .unique)] },
            outline: ["update /web"],
            fields: ["constraints: [] -> [[\"hostname\", \"UNIQUE\"]]"],
            tasks: Change.Tasks(start: 0, stop: 0, keep: 3)
        ),
        Row(
            name: "a strategy and the number",
            change: {
                $0.upgradeStrategy = UpgradeStrategy(minimumHealthMillionths: 500_000)
                $0.instances = 4
            },
            outline: ["update /web"],
            fields: ["instances: 3 -> 4", "upgradeStrategy.minimumHealthCapacity: 1 -> 0.5"],
            tasks: Change.Tasks(start: 1, stop: 0, keep: 3)
        ),
    ]

    static func base(_ change: (inout AppSpec) -> Void = { _ in }) -> Spec {
        spec("/web") {
            $0.instances = 3
            $0.env = ["A": "1", "B": "1", "Z": "1"]
            change(&$0)
        }
    }

    @Test(arguments: rows)
    func `a change of one app`(row: Row) {
        let plan = plan(desired([PlannerTests.base(row.change)]), over: actual([PlannerTests.base()]))
        #expect(plan.outline == row.outline)
        let change = plan.changes.first
        let fields = change?.fields.map { "\($0.path): \($0.before) -> \($0.after)\($0.forcesReplacement ? " !" : "")" }
        #expect(fields ?? [] == row.fields)
        #expect(change?.tasks ?? row.tasks == row.tasks)
    }

    @Test func `a new app has all of its fields added, and none forces a replacement`() throws {
        let plan = plan(desired([PlannerTests.base()]), over: ActualState(apps: [:]))
        let change = try #require(plan.changes.first)
        #expect(change.action == .create)
        #expect(change.tasks == Change.Tasks(start: 3, stop: 0, keep: 0))
        #expect(change.fields.allSatisfy { $0.before == .null && !$0.forcesReplacement })
        #expect(change.fields.contains { $0.path == "instances" && $0.after == .integer(3) })
        #expect(!change.fields.contains { $0.path == "user" }, "what is not set is no difference")
    }

    @Test func `an app that goes stops all of its tasks`() throws {
        let keep = spec("/keep")
        let plan = plan(desired([keep]), over: actual([keep, PlannerTests.base()]))
        let change = try #require(plan.changes.first)
        #expect(plan.outline == ["remove /web"])
        #expect(change.tasks == Change.Tasks(start: 0, stop: 3, keep: 0))
        #expect(change.desired == nil)
        #expect(change.file == "web.yaml")
    }

    @Test func `an app under removal that git has again is created anew`() {
        let web = PlannerTests.base()
        var state = actual([web])
        state.apps[web.id]?.record.desired = nil
        state.apps[web.id]?.spec = nil
        #expect(plan(desired([web]), over: state).outline == ["create /web"])
        #expect(plan(desired([spec("/other")]), over: state).outline == ["create /other"], "it is going already")
    }

    @Test func `a replacement keeps the tasks that run the new definition already`() throws {
        let old = PlannerTests.base()
        let middle = PlannerTests.base { $0.cmd = "middle" }
        var state = actual([middle])
        let number = state.apps[old.id]?.instances.indices.first
        let index = try #require(number)
        // The first instance still runs a definition that differs from the wanted one in nothing that needs a restart.
        let earlier = PlannerTests.base { $0.killSelection = .oldestFirst }
        state.apps[old.id]?.instances[index].digest = earlier.digest
        state.specs = [earlier.digest: earlier]
        let change = try #require(plan(desired([old]), over: state).changes.first)
        #expect(change.action == .replace)
        #expect(change.tasks == Change.Tasks(start: 2, stop: 2, keep: 1))
    }

    @Test func `instances on their way out are not counted`() throws {
        let old = PlannerTests.base()
        var state = actual([old])
        for index in 0..<2 { state.apps[old.id]?.instances[index].goal = .stopped }
        let change = try #require(plan(desired([PlannerTests.base { $0.cmd = "v2" }]), over: state).changes.first)
        #expect(change.tasks == Change.Tasks(start: 3, stop: 1, keep: 0))
    }

    @Test func `an app of another source is left alone, with a problem`() {
        let web = PlannerTests.base()
        let changed = PlannerTests.base { $0.cmd = "mine" }
        let plan = plan(desired([changed], source: "mine"), over: actual([web], source: "theirs"))
        #expect(plan.changes.isEmpty)
        #expect(plan.problems.map(\.code) == ["PACER-E301"])
        #expect(plan.problems.first?.message.contains("'theirs'") == true)
        #expect(plan.objections.map(\.app) == [web.id])
        #expect(plan.objections.map(\.source) == ["mine"])
    }

    @Test func `apps of other sources are never removed`() {
        var state = actual([spec("/theirs")], source: "theirs")
        state.apps.merge(actual([spec("/mine"), spec("/gone")]).apps) { _, new in new }
        #expect(plan(desired([spec("/mine")]), over: state).outline == ["remove /gone"])
    }

    // MARK: - What a person or a failure keeps as it is

    private static let order = Order(who: "ann@box", why: "incident 12", at: Instant(milliseconds: 0))

    @Test func `a pinned app keeps its spec, and the plan says by whom and how that ends`() throws {
        let web = PlannerTests.base()
        var state = actual([web])
        state.apps[web.id]?.record.pin = Pin(digest: web.digest, order: PlannerTests.order)
        let plan = plan(desired([PlannerTests.base { $0.cmd = "v2" }]), over: state)
        #expect(plan.changes.isEmpty)
        let problem = try #require(plan.problems.first)
        #expect(problem.code == "PACER-W302")
        #expect(problem.message.contains("by ann@box (incident 12); what git declares waits"))
        #expect(problem.hint.contains("pacer rollout resume \(web.id)"))
    }

    @Test func `a pinned app is not removed either, and the plan says so`() {
        let web = PlannerTests.base()
        var state = actual([web, spec("/gone"), spec("/stays")])
        state.apps[web.id]?.record.pin = Pin(digest: web.digest, order: PlannerTests.order)
        let plan = plan(desired([spec("/stays")]), over: state)
        #expect(plan.outline == ["remove /gone"])
        #expect(plan.problems.map(\.code) == ["PACER-W302"])
        #expect(plan.problems.first?.message.hasSuffix("its removal waits") == true)
    }

    @Test func `a spec that is held back is no change, and the plan says why; another spec of the app is one`() throws {
        let web = PlannerTests.base()
        let bad = PlannerTests.base { $0.cmd = "bad" }
        var state = actual([web])
        state.apps[web.id]?.record.heldBack = HeldBack(
            digest: bad.digest,
            deployment: DeploymentID("d-1"),
            reason: "3 new tasks failed",
            at: Instant(milliseconds: 0)
        )
        let held = plan(desired([bad]), over: state)
        #expect(held.changes.isEmpty)
        let problem = try #require(held.problems.first)
        #expect(problem.code == "PACER-W303")
        #expect(problem.message.hasSuffix("is held back: 3 new tasks failed"))
        let other = plan(desired([PlannerTests.base { $0.cmd = "good" }]), over: state)
        #expect(other.outline == ["replace \(web.id)"])
        #expect(other.problems.isEmpty)
    }
}
