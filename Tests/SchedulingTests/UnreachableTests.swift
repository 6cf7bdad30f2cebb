import Domain
import Testing

@testable import Scheduling

/// `unreachableStrategy`: who waits for a task that is cut off, for how long, and who gets it when it comes back.
@Suite struct UnreachableTests {
    static func spec(_ strategy: UnreachableStrategy?) -> Spec { makeSpec("/a") { $0.unreachableStrategy = strategy } }

    static func replace(_ inactive: Int64, _ expunge: Int64) -> UnreachableStrategy {
        .replace(inactiveAfter: .seconds(inactive), expungeAfter: .seconds(expunge))
    }

    static func unreachable(_ strategy: UnreachableStrategy?) -> (Harness, InstanceID) {
        let spec = UnreachableTests.spec(strategy)
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .unreachable)
        return (harness, makeInstance(spec, 1))
    }

    /// Time passes, and Mesos is heard of.
    static func wait(_ harness: inout Harness, _ milliseconds: Int64) {
        harness.now = harness.now + Milliseconds(milliseconds)
        harness.handle(.mesos(.heartbeat))
        harness.tick()
    }

    @Test func `a disabled strategy waits for ever`() {
        var (harness, id) = UnreachableTests.unreachable(.disabled)
        for _ in 0..<48 { UnreachableTests.wait(&harness, 3_600_000) }
        #expect(harness.scheduler.instance(id)?.condition == .unreachable)
        harness.update(id, .running, reason: "REASON_AGENT_REREGISTERED")
        #expect(harness.scheduler.instance(id)?.condition == .running)
    }

    @Test func `with a disabled strategy a stop does not wait for the agent, and the task goes when it is back`() {
        var (harness, id) = UnreachableTests.unreachable(.disabled)
        harness.handle(.order(.stop(id)))
        harness.tick()
        #expect(harness.effects.removed == [id])
        harness.update(TaskID("a.3-1"), .running, agent: AgentID("S1"), reason: "REASON_AGENT_REREGISTERED")
        #expect(harness.tick().kills == [TaskID("a.3-1")])
    }

    @Test func `an order to stop stays within the waiting time of the app`() {
        var (harness, id) = UnreachableTests.unreachable(UnreachableTests.replace(60, 60))
        harness.handle(.order(.stop(id)))
        harness.tick()
        #expect(harness.scheduler.instance(id)?.condition == .unreachable)
        UnreachableTests.wait(&harness, 60_000)
        #expect(harness.effects.removed == [id])
    }

    @Test func `it is replaced when the app's own time is over, to the millisecond, by a deadline of its own`() {
        var (harness, id) = UnreachableTests.unreachable(UnreachableTests.replace(50, 600))
        UnreachableTests.wait(&harness, 49_999)
        #expect(harness.scheduler.instance(id)?.condition == .unreachable)
        #expect(harness.scheduler.nextDeadline.map { $0 <= harness.now + Milliseconds(1) } == true)
        UnreachableTests.wait(&harness, 1)
        #expect(harness.scheduler.instance(id)?.condition == .scheduled)
        #expect(harness.scheduler.instance(id)?.lastEnd?.state == "TASK_UNREACHABLE")
    }

    @Test func `zero replaces at once, and nothing is taken back`() {
        var (harness, id) = UnreachableTests.unreachable(UnreachableTests.replace(0, 0))
        #expect(harness.scheduler.instance(id)?.condition == .scheduled)
        harness.update(TaskID("a.3-1"), .running, agent: AgentID("S1"))
        #expect(harness.scheduler.instance(id)?.condition == .scheduled)
        #expect(harness.tick().kills == [TaskID("a.3-1")])
    }

    @Test(arguments: [0, 50] as [Int64])
    func `one that is back before its replacement has a place is taken back`(inactive: Int64) {
        var (harness, id) = UnreachableTests.unreachable(UnreachableTests.replace(inactive, 600))
        UnreachableTests.wait(&harness, 50_000)
        #expect(harness.scheduler.instance(id)?.condition == .scheduled)
        UnreachableTests.wait(&harness, 549_999)
        harness.update(TaskID("a.3-1"), .running, agent: AgentID("S1"), healthy: true)
        let instance = harness.scheduler.instance(id)
        #expect(instance?.condition == .running)
        #expect(instance?.task?.id == TaskID("a.3-1"))
        #expect(instance?.task?.healthy == true)
        #expect(harness.effects.changed == [instance].compactMap(\.self))
        #expect(harness.effects.acknowledged.count == 1)
        #expect(harness.offer([makeAgent(2)]).launches.isEmpty)
        #expect(harness.tick(after: 100_000).kills.isEmpty)
        #expect(harness.scheduler.orphans.isEmpty)
    }

    @Test func `after its time it is not taken back but killed at once`() {
        var (harness, id) = UnreachableTests.unreachable(UnreachableTests.replace(50, 600))
        UnreachableTests.wait(&harness, 600_000)
        harness.update(TaskID("a.3-1"), .running, agent: AgentID("S1"))
        #expect(harness.scheduler.instance(id)?.condition == .scheduled)
        #expect(harness.tick().kills == [TaskID("a.3-1")])
    }

    @Test func `beside a replacement it is killed`() {
        var (harness, id) = UnreachableTests.unreachable(UnreachableTests.replace(0, 600))
        harness.offer([makeAgent(2)])
        harness.update(TaskID("a.3-1"), .running, agent: AgentID("S1"))
        #expect(harness.tick().kills == [TaskID("a.3-1")])
        #expect(harness.scheduler.instance(id)?.task?.id == TaskID("a.3-2"))
    }

    @Test(arguments: [true, false])
    func `an instance takes its task back under another spec only if the definition is the same`(isSame: Bool) {
        let spec = UnreachableTests.spec(UnreachableTests.replace(0, 600))
        let other = makeSpec("/a") {
            $0.unreachableStrategy = UnreachableTests.replace(0, 600)
            if isSame { $0.instances = 2 } else { $0.cmd = "other" }
        }
        var harness = Harness([spec, other])
        harness.subscribe()
        harness.bring(spec, to: .unreachable)
        let id = makeInstance(spec, 1)
        harness.handle(.order(.adopt(id, other.digest)))
        harness.update(TaskID("a.3-1"), .running, agent: AgentID("S1"))
        #expect(harness.scheduler.instance(id)?.condition == (isSame ? .running : .scheduled))
        #expect(harness.scheduler.instance(id)?.digest == other.digest)
    }

    @Test func `an instance that shall run another definition by now does not take the old task back`() {
        let other = makeSpec("/a") { $0.cmd = "other" }
        let spec = UnreachableTests.spec(UnreachableTests.replace(0, 600))
        var harness = Harness([spec, other])
        harness.subscribe()
        harness.bring(spec, to: .unreachable)
        harness.handle(.order(.stop(makeInstance(spec, 1))))
        harness.start(other, 2...2)
        harness.update(TaskID("a.3-1"), .running, agent: AgentID("S1"))
        #expect(harness.scheduler.instances(of: spec.id).map(\.condition) == [.scheduled])
        #expect(harness.tick().kills == [TaskID("a.3-1")])
    }

    @Test(arguments: [TaskStatus.State.killing, .failed, .unreachable])
    func `only a task that lives is taken back`(state: TaskStatus.State) {
        var (harness, id) = UnreachableTests.unreachable(UnreachableTests.replace(0, 600))
        harness.update(TaskID("a.3-1"), state, agent: AgentID("S1"))
        #expect(harness.scheduler.instance(id)?.condition == .scheduled)
    }

    @Test func `a launch that Mesos knows nothing of is not waited for`() {
        let spec = UnreachableTests.spec(UnreachableTests.replace(60, 600))
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .launching)
        harness.update(makeInstance(spec, 1), .unknown)
        #expect(harness.scheduler.instance(makeInstance(spec, 1))?.condition == .scheduled)
        harness.update(TaskID("a.3-1"), .running, agent: AgentID("S1"))
        #expect(harness.scheduler.instance(makeInstance(spec, 1))?.condition == .scheduled)
        #expect(harness.tick().kills == [TaskID("a.3-1")])
    }
}
