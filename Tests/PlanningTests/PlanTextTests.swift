import Domain
import OrderedCollections
import Planning
import Testing

/// The text that a person reads before a plan is applied.
struct PlanTextTests {
    private var before: [Spec] {
        [
            spec("/shop/api") {
                $0.instances = 4
                $0.resources = Resources(cpus: 500, mem: 128_000)
                $0.env = ["LEVEL": "info", "OLD": "1"]
            },
            spec("/shop/web") { $0.instances = 2 },
            spec("/shop/log"), spec("/old/cron"), spec("/old/queue") { $0.dependencies = ["/old/cron"] },
        ]
    }

    private var after: [Spec] {
        [
            spec("/shop/api") {
                $0.instances = 4
                $0.resources = Resources(cpus: 1000, mem: 128_000)
                $0.env = ["LEVEL": "debug", "NEW": "a \"b\"\n"]
                $0.dependencies = ["/shop/db"]
            },
            spec("/shop/web") { $0.instances = 5 },
            spec("/shop/log") { $0.killSelection = .oldestFirst },
            spec("/shop/db") {
                $0.cmd = "sleep 1"
                $0.args = []
            },
        ]
    }

    @Test func `a plan in Terraform's manner`() {
        let text = PlanText().text(of: plan(desired(after), over: actual(before)))
        let expected = """
            + /shop/db will be created (db.yaml)
                + id: "/shop/db"
                + cmd: "sleep 1"
                + args: []
                + cpus: 1
                + mem: 128
                + disk: 0
                + gpus: 0
                + portDefinitions: [{"port": 0, "protocol": "tcp", "name": "default", "labels": {}}]
                + requirePorts: false
                + fetch: []
                + healthChecks: []
                + constraints: []
                + backoffSeconds: 1
                + backoffFactor: 1.15
                + maxLaunchDelaySeconds: 300
                + instances: 1
                + upgradeStrategy.minimumHealthCapacity: 1
                + upgradeStrategy.maximumOverCapacity: 1
                + killSelection: "YOUNGEST_FIRST"
                + dependencies: []
                tasks: 1 to start, 0 to stop, 0 to keep

            -/+ /shop/api will be replaced (api.yaml)
                ~ env.LEVEL: "info" -> "debug"  # forces replacement
                + env.NEW: "a \\"b\\"\\n"  # forces replacement
                - env.OLD: "1"  # forces replacement
                ~ cpus: 0.5 -> 1  # forces replacement
                ~ dependencies: [] -> ["/shop/db"]
                tasks: 4 to start, 4 to stop, 0 to keep
                after: /shop/db

            ~ /shop/log will be updated in place (log.yaml)
                ~ killSelection: "YOUNGEST_FIRST" -> "OLDEST_FIRST"
                tasks: 0 to start, 0 to stop, 1 to keep

            ~ /shop/web will be scaled (web.yaml)
                ~ instances: 2 -> 5
                tasks: 3 to start, 0 to stop, 2 to keep

            - /old/queue will be removed (was in queue.yaml)
                tasks: 0 to start, 1 to stop, 0 to keep

            - /old/cron will be removed (was in cron.yaml)
                tasks: 0 to start, 1 to stop, 0 to keep
                after: /old/queue

            Plan: 1 to create, 1 to replace, 1 to update, 1 to scale, 2 to remove.

            """
        #expect(text == expected)
    }

    @Test(arguments: [
        (Change.Placement(agents: 3, fits: 4), "all 4 on the 3 agents that are known"),
        (
            Change.Placement(agents: 1, fits: 2, missing: "not enough cpus in 1 of 1 agents"),
            "2 of 4 on the 1 agent that is known; then not enough cpus in 1 of 1 agents"
        ),
        (Change.Placement(agents: 0, fits: 0), "not known, since no agent has made an offer that it could use"),
    ])
    func `where the new tasks fit stands with them`(placement: Change.Placement, words: String) {
        var plan = plan(desired(after), over: actual(before))
        plan.changes[1].placement = placement
        let text = PlanText().text(of: plan)
        #expect(
            text.contains("    tasks: 4 to start, 4 to stop, 0 to keep\n    fits now: \(words)\n    after: /shop/db\n")
        )
    }

    @Test func `nothing to do is said in one line`() {
        let text = PlanText().text(of: plan(desired(before), over: actual(before)))
        #expect(text == "No changes. What is recorded is what git declares.\n")
    }

    @Test func `what stands in the way is said before the sum`() {
        let text = PlanText().text(of: plan(desired([]), over: actual(before)))
        let expected = """
            Error PACER-E302: source 'shop' declares no app at all; 5 removals are withheld
                check the source's branch and path; to remove its apps on purpose, take the source out of the controller's configuration and confirm the plan that is held then

            No changes. What is recorded is what git declares. What the problems above concern is left as it is.

            """
        #expect(text == expected)
    }

    @Test func `colours are extra: without them the text is the same`() {
        let plan = plan(desired(after), over: actual(before))
        let coloured = PlanText(colour: true).text(of: plan)
        #expect(coloured.contains("\u{1B}[31m-\u{1B}[0m/\u{1B}[32m+\u{1B}[0m /shop/api"))
        var bare = coloured
        for code in ["\u{1B}[31m", "\u{1B}[32m", "\u{1B}[33m", "\u{1B}[0m"] {
            bare = bare.split(separator: code, omittingEmptySubsequences: false).joined()
        }
        #expect(bare == PlanText().text(of: plan))
    }

    @Test func `nothing from a repository steers the terminal`() {
        let evil = spec("/web") {
            $0.env = ["A": "\u{1B}[2J\u{9B}31m\u{7F}", "B\u{1B}[31m": "x"]
        }
        let broken = BrokenFile(path: "a\u{1B}[31m.yaml", claims: [], claimsAreComplete: false)
        let state = desired([evil], files: ["/web": "w\u{9B}.yaml"], broken: [broken])
        let text = PlanText().text(of: plan(state, over: actual([spec("/gone")])))
        let controls = text.unicodeScalars.filter { $0 != "\n" && ($0.value < 32 || (127..<160).contains($0.value)) }
        #expect(controls.isEmpty)
    }
}
