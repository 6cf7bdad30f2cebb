import Controller
import Domain
import Planning
import Scheduling
import StatusSamples
import Testing
import WebAPI

/// What a person is advised to do about an app that does not get on: about this reason, and once.
@Suite struct AdviceTests {
    private func explain(_ app: AppStatus, _ change: (inout Snapshot) -> Void = { _ in }) throws -> Explanation {
        var snapshot = try Sample.busy()
        snapshot.apps[app.id] = app
        change(&snapshot)
        return try #require(Explanation(of: app.id, in: snapshot))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var reason: Refusal
        var spec: @Sendable (inout AppSpec) -> Void = { _ in }
        var says: String

        var testDescription: String { reason.description }
    }

    static func constraint(_ comparison: Constraint.Operator, _ value: String?, says: String) -> Row {
        let constraint = Constraint(field: "rack", comparison: comparison, value: value)
        return Row(reason: .constraint(constraint.triple), spec: { $0.constraints = [constraint] }, says: says)
    }

    static let rows: [Row] = [
        Row(reason: .resource("cpus"), says: "free or add 64 cpus on one agent, or ask for less than that"),
        Row(reason: .resource("mem"), says: "free or add 128 MiB of mem on one agent"),
        Row(reason: .resource("gpus"), says: "free GPUs, add an agent that has 2, or ask for none"),
        Row(
            reason: .ports,
            spec: {
                $0.portDefinitions = [PortDefinition(port: 8080)]
                $0.requirePorts = true
            },
            says: "free port 8080 on an agent, and see that the agents' `ports` resources have it; or let Mesos choose"
        ),
        Row(
            reason: .ports,
            spec: { $0.portDefinitions = [PortDefinition(port: 0), PortDefinition(port: 0)] },
            says: "free 2 ports on one agent, or give the agents more of them"
        ),
        Row(
            reason: .role,
            spec: { $0.acceptedResourceRoles = ["batch"] },
            says: "reserved on agents for what `acceptedResourceRoles` names (batch)"
        ),
        Row(reason: .sparedGPUs, says: "add agents without GPUs"),
        Row(reason: .volumes, says: "add a disk of the kind and size that its persistent volumes ask for"),
        Row(reason: .defaultRole, says: "give the app a `role` of its own, or the framework (`framework.role`"),
        Row(reason: .reservation, says: "bring back the agent on which its volumes are"),
        Row(reason: .otherRegion, says: "add agents in the masters' region"),
        Row(reason: .maintenance, says: "end the maintenance, or add other agents"),
        constraint(.like, "r[12]", says: "add agents whose rack matches r[12]"),
        constraint(.unlike, "r9", says: "add agents whose rack does not match r9"),
        constraint(.isValue, "r1", says: "add agents whose rack is r1"),
        constraint(.cluster, "r1", says: "add agents whose rack is r1"),
        constraint(.cluster, nil, says: "keeps all instances on the same rack: free room there"),
        constraint(.groupBy, "3", says: "needs room on agents of the rack with the fewest instances"),
    ]

    @Test(arguments: rows)
    func `each thing that is missing has advice of its own`(row: Row) throws {
        var app = try Sample.placelessDB()
        var definition = AppSpec(id: app.id, cmd: "sleep 1")
        row.spec(&definition)
        app.spec = Spec(definition, sha256: sampleSHA256)
        app.refusal?.reasons = [row.reason: 3]
        app.refusal?.asked.gpus = 2000
        let next = try #require(try explain(app).steps.first { $0.stage == .instances }).next
        #expect(next.hasPrefix("it starts as soon as an offer fits: "))
        #expect(next.contains(row.says), "\(next)")
        let isAmount = if case .resource = row.reason { true } else { false }
        #expect(isAmount || !next.contains("ask for less"), "\(next)")
    }

    @Test func `of many reasons the most frequent have advice`() throws {
        var app = try Sample.placelessDB()
        app.refusal?.reasons = [.resource("cpus"): 9, .sparedGPUs: 8, .maintenance: 7, .otherRegion: 1]
        let next = try #require(try explain(app).steps.first { $0.stage == .instances }).next
        #expect(next.hasSuffix("; end the maintenance, or add other agents; see to what else is missing"), "\(next)")
    }

    @Test func `an app that is pinned and that git has no more goes with the pin: that is what is said`() throws {
        var app = try Sample.pinned()
        app.record?.file = "shop/cart.yaml"
        let episode = DriftEpisode(
            app: app.id,
            subject: "app",
            kind: .unmanaged,
            cause: "git has the app no more (it was in shop/cart.yaml)",
            firstSeen: Sample.noon,
            lastSeen: Sample.noon,
            expected: "not there",
            actual: "1 instance",
            action: "kept as long as it is pinned"
        )
        let explanation = try explain(app) { $0.drift = [episode] }
        let plan = explanation.steps.filter { $0.stage == .plan }
        #expect(plan.count == 1)
        #expect(plan.first?.text.hasPrefix("ada@desk pinned it to") == true)
        let next = "git has it no more: it goes when the pin expires, or with `pacer rollout resume /shop/cart`"
        #expect(explanation.next.hasPrefix(next))
        #expect(!explanation.next.contains("sync.prune"))
    }

    @Test func `a back-off is told once for all instances that wait it out, with the newest end of a task`() throws {
        var app = try Sample.placelessDB()
        app.refusal = nil
        app.record?.backoff = BackoffState(
            digest: try #require(app.spec?.digest),
            delay: .seconds(60),
            until: Sample.noon + .seconds(60),
            failures: 3
        )
        let first = app.instances[0]
        app.instances = (1...3).map { number in
            var instance = first
            instance.id = InstanceID(app: app.id, number: number)
            instance.lastEnd?.at = Sample.noon + .seconds(Int64(number))
            instance.lastEnd?.host = "a\(number).example"
            return instance
        }
        let steps = try explain(app).steps.filter { $0.stage == .instances }
        #expect(
            steps.map(\.text) == [
                "#1, #2, #3: waits for the next try, after 3 tasks in a row failed; the last of their tasks ended with "
                    + "TASK_FAILED on a3.example, Command exited with status 1"
            ]
        )
    }

    @Test func `what failed is told once while the app goes back`() throws {
        var app = try Sample.heldBack()
        let reason = "3 new tasks failed; the last: /shop/job#4: task failed"
        app.record?.heldBack?.reason = reason
        app.record?.rollout = RolloutRecord(
            deployment: DeploymentID("shop-7-2"),
            phase: .rollingBack,
            reason: "goes back to 1b8c83f35ef7: \(reason)",
            since: Sample.noon
        )
        app.record?.rollout?.failures = 3
        app.record?.rollout?.lastFailure = "/shop/job#4: task failed"
        app.progress = "0 of 1 healthy on 1b8c83f35ef7, 1 not healthy yet"
        let explanation = try explain(app)
        #expect(explanation.steps.count { $0.text.contains("/shop/job#4: task failed") } == 1)
        let rollout = explanation.steps.first { $0.stage == .rollout }
        #expect(rollout?.text == "rolls back: 0 of 1 healthy on 1b8c83f35ef7, 1 not healthy yet")
        #expect(app.summary(at: Sample.noon)?.components(of: "/shop/job#4") == 2)
    }
}

extension String {
    /// In how many pieces a word cuts it.
    fileprivate func components(of word: String) -> Int {
        split(separator: word, omittingEmptySubsequences: false).count
    }
}
