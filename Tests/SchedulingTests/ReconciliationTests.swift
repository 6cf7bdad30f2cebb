import Domain
import Scheduling
import Testing

@Suite struct ReconciliationTests {
    static func running(_ spec: Spec, _ count: Int, _ condition: Condition = .running) -> [Instance] {
        (1...count).map { number in
            var instance = Instance(
                id: makeInstance(spec, number),
                digest: spec.digest,
                since: Instant(milliseconds: 1)
            )
            instance.condition = condition
            instance.task = TaskRecord(
                id: TaskID("a.2-\(number)"),
                agent: makeAgent(number),
                ports: [],
                launched: Instant(milliseconds: 1)
            )
            return instance
        }
    }

    @Test func `a subscription asks for every task with its agent, then once for all that Mesos knows`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec], instances: ReconciliationTests.running(spec, 3))
        harness.subscribe()
        let asked = (1...3).map { TaskQuestion(task: TaskID("a.2-\($0)"), agent: AgentID("S\($0)")) }
        #expect(harness.effects.free.prefix(2) == [.reconcile(asked), .reconcile([])])
        #expect(harness.scheduler.unansweredCount == 3)
    }

    @Test func `many tasks are asked for in batches, with a pause between them`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec], instances: ReconciliationTests.running(spec, 2500))
        harness.subscribe()
        #expect(harness.effects.questions.count == 1000)
        #expect(harness.tick().questions.isEmpty)
        #expect(harness.tick(after: 100).questions.count == 1000)
        #expect(harness.tick(after: 100).free == [.reconcile(Array(harness.effects.questions)), .reconcile([])])
        #expect(harness.effects.questions.count == 500)
    }

    @Test func `those that are silent are asked again at growing distances, those that answered are not`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec], instances: ReconciliationTests.running(spec, 3))
        harness.subscribe()
        harness.update(makeInstance(spec, 2), .running)
        var asked: [Int64] = []
        let begin = harness.now
        while harness.now < begin + .seconds(590) {
            harness.handle(.mesos(.heartbeat))
            let questions = harness.tick(after: 1000).questions
            guard !questions.isEmpty else { continue }
            #expect(questions.map(\.task) == [TaskID("a.2-1"), TaskID("a.2-3")])
            asked.append((harness.now - begin).count / 1000)
        }
        #expect(asked == [5, 15, 35, 75, 155, 315])
        #expect(harness.scheduler.instances(of: spec.id).allSatisfy { $0.condition == .running })
    }

    @Test func `everything is asked for again every ten minutes`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec], instances: ReconciliationTests.running(spec, 1))
        harness.subscribe()
        harness.update(makeInstance(spec, 1), .running)
        harness.handle(.mesos(.heartbeat))
        harness.now = harness.now + .seconds(599)
        harness.handle(.mesos(.heartbeat))
        #expect(harness.tick().questions.isEmpty)
        #expect(harness.tick(after: 1000).free.filter { $0 != .suppress(["*"]) }.count == 2)
        #expect(harness.effects.questions.count == 1)
    }

    @Test(arguments: [
        (TaskStatus.State.gone, Condition.scheduled), (.unknown, .scheduled), (.dropped, .scheduled),
        (.staging, .staging), (.running, .running),
    ])
    func `a launch that an earlier leader recorded is resolved by the answer`(
        state: TaskStatus.State,
        condition: Condition
    ) {
        let spec = makeSpec("/a")
        var harness = Harness([spec], instances: ReconciliationTests.running(spec, 1, .launching))
        harness.subscribe()
        // An offer changes nothing as long as nobody knows what became of the launch.
        #expect(harness.offer([makeAgent(1)]).launches.isEmpty)
        harness.update(TaskID("a.2-1"), state, agent: AgentID("S1"), reason: "REASON_RECONCILIATION")
        #expect(harness.scheduler.instances(of: spec.id).map(\.condition) == [condition])
        let launched = harness.offer([makeAgent(1)]).launches
        #expect(launched.map(\.id) == (condition == .scheduled ? [TaskID("a.3-1")] : []))
        #expect(harness.scheduler.refusals.isEmpty)
    }

    /// The brake counts ends that are losses: ten leaders killed in a bad moment are no ten lost tasks.
    @Test(arguments: [
        (Condition.launching, TaskStatus.State.gone, false), (.launching, .unknown, false), (.launching, .lost, true),
        (.running, .gone, true),
    ])
    func `a launch that never arrived leaves no end, a task that is gone does`(
        condition: Condition,
        state: TaskStatus.State,
        leavesEnd: Bool
    ) {
        let spec = makeSpec("/a")
        var harness = Harness([spec], instances: ReconciliationTests.running(spec, 1, condition))
        harness.subscribe()
        harness.update(TaskID("a.2-1"), state, agent: AgentID("S1"), reason: "REASON_RECONCILIATION")
        let instances = harness.scheduler.instances(of: spec.id)
        #expect(instances.map(\.condition) == [.scheduled])
        #expect(instances.map { $0.lastEnd?.task } == [leavesEnd ? TaskID("a.2-1") : nil])
    }

    @Test func `a launch that is waiting for its commit is not asked for, one without an answer is`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .launching)
        #expect(harness.handle(.mesos(.failure(AgentID("S1"), executor: nil, status: nil))).questions.isEmpty)
        #expect(harness.tick().questions.isEmpty)
        for _ in 1...29 {
            harness.handle(.mesos(.heartbeat))
            #expect(harness.tick(after: 10_000).questions.isEmpty)
        }
        #expect(harness.tick(after: 10_000).questions.map(\.task) == [TaskID("a.3-1")])
    }

    @Test func `a lost agent's tasks are asked for, because the master does not always tell`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .running)
        harness.handle(.mesos(.failure(AgentID("S1"), executor: nil, status: nil)))
        #expect(harness.effects == [.note(.agentLost(AgentID("S1")))])
        #expect(harness.tick().questions == [TaskQuestion(task: TaskID("a.3-1"), agent: AgentID("S1"))])
    }
}
