import Domain
import Testing

@testable import Scheduling

/// What updates of a task group's members mean for the instance.
@Suite struct GroupStatusTests {
    /// What Mesos says of one container.
    struct Word: Sendable {
        var container: String
        var state: TaskStatus.State
        var healthy: Bool?

        init(_ container: String, _ state: TaskStatus.State, _ healthy: Bool? = nil) {
            (self.container, self.state, self.healthy) = (container, state, healthy)
        }
    }

    /// Updates in a row, the condition after each, and the health after the last.
    struct Row: Sendable, CustomTestStringConvertible {
        var words: [Word]
        var conditions: [Condition]
        var healthy: Bool?
        var testDescription: String { words.map { "\($0.container) \($0.state.rawValue)" }.joined(separator: ", ") }

        init(_ words: [Word], _ conditions: [Condition], healthy: Bool? = nil) {
            (self.words, self.conditions, self.healthy) = (words, conditions, healthy)
        }
    }

    static let rows = [
        // The group is where its slowest member is.
        Row([Word("log", .staging), Word("web", .staging)], [.launching, .staging]),
        Row(
            [Word("log", .running), Word("web", .starting), Word("web", .running)],
            [.launching, .starting, .running]
        ),
        Row([Word("log", .running), Word("web", .running), Word("log", .killing)], [.launching, .running, .killing]),
        // A stale word changes nothing.
        Row([Word("log", .running), Word("web", .running), Word("web", .staging)], [.launching, .running, .running]),
        // Health: every check passes, and one that fails is enough. `log` has no check.
        Row([Word("log", .running), Word("web", .running)], [.launching, .running], healthy: nil),
        Row([Word("log", .running), Word("web", .running, true)], [.launching, .running], healthy: nil),
        Row(
            [Word("web", .running, true), Word("api", .running, true), Word("log", .running)],
            [.launching, .launching, .running],
            healthy: true
        ),
        Row(
            [Word("web", .running, true), Word("api", .running, false), Word("log", .running)],
            [.launching, .launching, .running],
            healthy: false
        ),
        // One that finishes leaves the others alone; one that ends otherwise takes them with it.
        Row(
            [Word("log", .running), Word("web", .running), Word("log", .finished)],
            [.launching, .running, .running]
        ),
        Row([Word("log", .running), Word("web", .running), Word("log", .failed)], [.launching, .running, .killing]),
        Row([Word("log", .running), Word("web", .running), Word("log", .killed)], [.launching, .running, .killing]),
        Row([Word("log", .dropped), Word("web", .running)], [.killing, .killing]),
    ]

    @Test(arguments: rows)
    func `the group's condition and health come from its members`(row: Row) throws {
        let names = row.words.contains { $0.container == "api" } ? ["api", "log", "web"] : ["log", "web"]
        let isChecked = row.healthy != nil || row.words.contains { $0.healthy != nil }
        let pod = makePod("/a", names, checked: isChecked ? ["web", names[0] == "api" ? "api" : "log"] : [])
        var harness = Harness([pod])
        harness.subscribe()
        harness.start(pod)
        harness.offer([makeAgent(1)])
        let id = makeInstance(pod, 1)
        var conditions: [Condition] = []
        for word in row.words {
            harness.now = harness.now + .seconds(1)
            harness.update(id, word.container, word.state, healthy: word.healthy)
            conditions.append(try #require(harness.scheduler.instance(id)).condition)
            #expect(harness.effects.acknowledged.count == 1, "every member's update is acknowledged")
        }
        #expect(conditions == row.conditions)
        #expect(harness.scheduler.instance(id)?.task?.healthy == row.healthy)
        #expect((harness.scheduler.instance(id)?.task?.healthySince != nil) == (row.healthy == true))
    }

    @Test func `the instance's task is over when the last member is, and the first failure is what is told`() throws {
        let pod = makePod("/a", ["api", "log", "web"])
        var harness = Harness.running(pod)
        let id = makeInstance(pod, 1)
        harness.update(id, "api", .finished)
        harness.update(id, "log", .failed)
        let first = harness.now
        harness.now = harness.now + .seconds(3)
        #expect(harness.scheduler.instance(id)?.task != nil)
        let effects = harness.update(id, "web", .killed)
        let instance = try #require(effects.changed.last)
        #expect(instance.condition == .scheduled && instance.task == nil)
        #expect(instance.lastEnd?.task == TaskID("a.3-1.log"))
        #expect(instance.lastEnd?.state == "TASK_FAILED")
        #expect(instance.lastEnd?.at == first)
        #expect(effects.contains { if case .backoff(_, .some) = $0 { true } else { false } })
        #expect(effects.acknowledged.count == 1)
    }

    @Test func `a failure is told although another leader saw it`() throws {
        let pod = makePod("/a")
        var before = Harness.running(pod)
        before.update(makeInstance(pod, 1), "web", .failed)
        let record = try #require(before.scheduler.instance(makeInstance(pod, 1)))
        var after = Harness([pod], instances: [record], framework: FrameworkID("F"), epoch: 4)
        after.subscribe()
        #expect(after.effects.questions.map(\.task) == [TaskID("a.3-1.log")])
        after.tick(after: 30_000)
        #expect(after.effects.kills == [TaskID("a.3-1.log")], "what the executor does not kill, Pacer does")
        after.update(makeInstance(pod, 1), "log", .killed)
        #expect(after.scheduler.instance(makeInstance(pod, 1))?.lastEnd?.state == "TASK_FAILED")
    }

    @Test func `members that finish one by one end the instance, which counts as a failure as an app's end does`() {
        let pod = makePod("/a")
        var harness = Harness.running(pod)
        let id = makeInstance(pod, 1)
        #expect(harness.update(id, "log", .finished).kills.isEmpty)
        harness.tick(after: 60_000)
        #expect(harness.effects.kills.isEmpty, "what goes on after one finished is left alone")
        let effects = harness.update(id, "web", .finished)
        #expect(effects.changed.last?.lastEnd?.state == "TASK_FINISHED")
        #expect(effects.contains { if case .backoff(_, .some) = $0 { true } else { false } })
    }

    @Test func `a repeated end of a member is acknowledged again and changes nothing`() {
        let pod = makePod("/a")
        var harness = Harness.running(pod)
        harness.update(makeInstance(pod, 1), "web", .failed)
        let effects = harness.update(TaskID("a.3-1.web"), .failed, agent: AgentID("S1"))
        #expect(effects.changed.isEmpty && effects.acknowledged.count == 1)
        #expect(harness.update(TaskID("a.3-1.web"), .running, agent: AgentID("S1")).changed.isEmpty)
    }

    @Test func `every live member is killed, again until its end, and the record goes with the last`() {
        let pod = makePod("/a")
        var harness = Harness.running(pod)
        let id = makeInstance(pod, 1)
        harness.handle(.order(.stop(id)))
        #expect(Set(harness.tick().kills) == [TaskID("a.3-1.log"), TaskID("a.3-1.web")])
        #expect(harness.update(id, "web", .killed).removed.isEmpty)
        #expect(harness.tick(after: 31_000).kills == [TaskID("a.3-1.log")])
        #expect(harness.update(id, "log", .killed).removed == [id])
        #expect(harness.tick(after: 31_000).kills.isEmpty)
    }

    @Test func `an order to stop does not wait for the time that the executor has`() {
        let pod = makePod("/a")
        var harness = Harness.running(pod)
        harness.update(makeInstance(pod, 1), "web", .failed)
        #expect(harness.tick(after: 1000).kills.isEmpty)
        harness.handle(.order(.stop(makeInstance(pod, 1))))
        #expect(harness.tick().kills == [TaskID("a.3-1.log")])
    }

    @Test func `reconciliation asks for every member, and an answer about one is no answer about the other`() {
        let pod = makePod("/a")
        var harness = Harness.running(pod)
        harness.handle(.connection(.closed("by hand")))
        harness.tick(after: 10_000)
        harness.handle(.connection(.opened))
        harness.handle(.mesos(.subscribed(FrameworkID("F"), heartbeat: .seconds(15))))
        harness.tick()
        let members = [TaskID("a.3-1.log"), TaskID("a.3-1.web")]
        #expect(harness.effects.questions == members.map { TaskQuestion(task: $0, agent: AgentID("S1")) })
        harness.update(makeInstance(pod, 1), "web", .running, reason: "REASON_RECONCILIATION")
        #expect(harness.scheduler.unansweredCount == 1)
        harness.tick(after: 14_000)
        #expect(harness.effects.questions.map(\.task) == [members[0]])
    }

    @Test func `a lost agent loses the group at once, and every member that comes back is killed`() {
        let pod = makePod("/a")
        var harness = Harness.running(pod)
        let id = makeInstance(pod, 1)
        let effects = harness.update(id, "log", .unreachable)
        #expect(effects.changed.last?.condition == .scheduled)
        harness.update(TaskID("a.3-1.web"), .unreachable, agent: AgentID("S1"))
        harness.offer([makeAgent(2)])
        for member in ["log", "web"] {
            harness.update(TaskID("a.3-1.\(member)"), .running, agent: AgentID("S1"))
            #expect(harness.tick().kills == [TaskID("a.3-1.\(member)")])
        }
        #expect(harness.scheduler.instance(id)?.task?.id == TaskID("a.3-2"))
    }

    @Test func `a group that is waited for is unreachable until all members are back`() throws {
        let pod = makePod("/a") { $0.unreachableStrategy = .disabled }
        var harness = Harness.running(pod)
        let id = makeInstance(pod, 1)
        harness.update(id, "log", .unreachable)
        #expect(harness.scheduler.instance(id)?.condition == .unreachable)
        harness.update(id, "web", .unreachable)
        harness.update(id, "log", .running)
        #expect(harness.scheduler.instance(id)?.condition == .unreachable)
        harness.update(id, "web", .running)
        #expect(harness.scheduler.instance(id)?.condition == .running)
    }

    @Test func `a group that was given up is taken back as a whole by the first member's word`() throws {
        let pod = makePod("/a") {
            $0.unreachableStrategy = .replace(inactiveAfter: .seconds(5), expungeAfter: .seconds(300))
        }
        var harness = Harness.running(pod)
        let id = makeInstance(pod, 1)
        for container in ["log", "web"] { harness.update(id, container, .unreachable) }
        harness.tick(after: 6000)
        #expect(harness.scheduler.instance(id)?.condition == .scheduled)
        harness.update(TaskID("a.3-1.web"), .running, agent: AgentID("S1"))
        #expect(harness.scheduler.instance(id)?.task?.id == TaskID("a.3-1"))
        #expect(harness.scheduler.instance(id)?.condition == .staging)
        harness.update(id, "log", .running)
        #expect(harness.scheduler.instance(id)?.condition == .running)
        #expect(harness.tick(after: 60_000).kills.isEmpty)
        #expect(harness.scheduler.orphans.isEmpty)
    }

    @Test func `a member that no record names is an orphan of its own`() {
        var harness = Harness([])
        harness.subscribe()
        #expect(harness.update(TaskID("a.2-7.web"), .running, agent: AgentID("S1")).orphans.count == 1)
        #expect(harness.update(TaskID("a.2-7.log"), .running, agent: AgentID("S1")).orphans.count == 1)
    }

    @Test func `an invalid offer drops the whole group, which is no failure of the pod`() {
        let pod = makePod("/a")
        var harness = Harness([pod])
        harness.subscribe()
        harness.start(pod)
        harness.offer([makeAgent(1)])
        let id = makeInstance(pod, 1)
        harness.update(id, "log", .dropped, reason: "REASON_INVALID_OFFERS")
        let effects = harness.update(id, "web", .dropped, reason: "REASON_INVALID_OFFERS")
        #expect(effects.changed.last?.condition == .scheduled)
        #expect(!effects.contains { if case .backoff = $0 { true } else { false } })
    }
}
