import Domain
import Scheduling
import Testing

@Suite struct KillTests {
    @Test func `an instance without a task goes at once`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec)
        #expect(harness.handle(.order(.stop(makeInstance(spec, 1)))) == [.removed(makeInstance(spec, 1))])
    }

    @Test(arguments: [Condition.launching, .staging, .starting, .running, .killing])
    func `a task is killed after the order is recorded, again every 30 s, until it ended`(condition: Condition) {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: condition)
        let id = makeInstance(spec, 1)
        let ordered = harness.handle(.order(.stop(id)))
        #expect(ordered.changed.map(\.goal) == [.stopped])
        #expect(harness.tick().kills == [TaskID("a.3-1")])
        #expect(harness.tick(after: 29_999).kills.isEmpty)
        #expect(harness.tick(after: 1).notes == [.killing(id, TaskID("a.3-1"), attempt: 2)])
        harness.update(id, .killed)
        #expect(harness.effects.removed == [id])
        #expect(harness.tick(after: 60_000).kills.isEmpty)
    }

    @Test func `a new subscription sends kills again`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .running)
        harness.handle(.order(.stop(makeInstance(spec, 1))))
        harness.tick()
        harness.handle(.connection(.closed("gone")))
        #expect(harness.tick(after: 1000).kills.isEmpty)
        harness.subscribe()
        #expect(harness.effects.kills == [TaskID("a.3-1")])
    }

    @Test func `what an earlier leader wanted stopped is killed by the next`() {
        let spec = makeSpec("/a")
        var instances = ReconciliationTests.running(spec, 1)
        instances[0].goal = .stopped
        var harness = Harness([spec], instances: instances)
        harness.subscribe()
        #expect(harness.effects.kills == [TaskID("a.2-1")])
    }

    @Test(arguments: [TaskStatus.State.unknown, .gone])
    func `an answer that Mesos knows no such task is the end of a stop`(state: TaskStatus.State) {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .running)
        let id = makeInstance(spec, 1)
        harness.handle(.order(.stop(id)))
        #expect(harness.update(id, state, reason: "REASON_RECONCILIATION").removed == [id])
    }

    @Test func `kills are paced for an app and for the cluster`() {
        let specs = ["/a", "/b", "/c"].map { makeSpec($0) }
        var harness = Harness(specs)
        harness.subscribe()
        for spec in specs { harness.start(spec, 1...150) }
        harness.offer((1...10).map { makeAgent($0) }, plain(cpus: 100_000, mem: 100_000))
        for spec in specs {
            for number in 1...150 { harness.handle(.order(.stop(makeInstance(spec, number)))) }
        }
        #expect(harness.tick().kills.count == 200)
        #expect(harness.tick(after: 500).kills.isEmpty)
        #expect(harness.tick(after: 500).kills.count == 200)
        #expect(harness.tick(after: 1000).kills.count == 50)
    }

    @Test func `one app has its own limit, to the last kill`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...150)
        harness.offer((1...10).map { makeAgent($0) }, plain(cpus: 100_000, mem: 100_000))
        for number in 1...150 { harness.handle(.order(.stop(makeInstance(spec, number)))) }
        #expect(harness.tick().kills.count == 100)
        #expect(harness.tick(after: 999).kills.isEmpty)
        #expect(harness.tick(after: 1).kills.count == 50)
    }

    @Test func `a deadline wakes the machine for kills that had to wait`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.start(spec, 1...250)
        harness.offer((1...10).map { makeAgent($0) }, plain(cpus: 100_000, mem: 100_000))
        for number in 1...250 { harness.handle(.order(.stop(makeInstance(spec, number)))) }
        var killed = 0
        for _ in 1...3 {
            killed += harness.tick().kills.count
            guard let deadline = harness.scheduler.nextDeadline else {
                Issue.record("nothing wakes the machine")
                return
            }
            #expect(deadline > harness.now)
            harness.now = deadline
        }
        #expect(killed == 250)
    }

    // MARK: - Orphans

    @Test func `a task that no record names is reported, and killed after the grace period`() {
        var harness = Harness()
        harness.subscribe()
        harness.update(TaskID("x.1-1"), .running, agent: AgentID("S1"))
        let orphan = OrphanTask(
            task: TaskID("x.1-1"),
            agent: AgentID("S1"),
            since: harness.now,
            killAt: harness.now + .seconds(30)
        )
        #expect(harness.effects.orphans == [orphan])
        #expect(harness.effects.acknowledged.count == 1)
        #expect(harness.scheduler.orphans == [orphan])
        #expect(harness.update(TaskID("x.1-1"), .running, agent: AgentID("S1")).orphans.isEmpty)
        #expect(harness.tick(after: 29_999).kills.isEmpty)
        #expect(harness.tick(after: 1).kills == [TaskID("x.1-1")])
        #expect(harness.tick(after: 30_000).kills == [TaskID("x.1-1")])
        harness.update(TaskID("x.1-1"), .killed, agent: AgentID("S1"))
        #expect(harness.effects.orphans.map(\.ended) == [true])
        #expect(harness.scheduler.orphans.isEmpty)
        #expect(harness.tick(after: 60_000).kills.isEmpty)
    }

    @Test func `an orphan that is not to be killed is reported until it ends`() {
        var settings = SchedulerSettings()
        settings.killsOrphans = false
        var harness = Harness(settings: settings)
        harness.subscribe()
        harness.update(TaskID("x.1-1"), .running, agent: AgentID("S1"))
        #expect(harness.effects.orphans.count == 1)
        #expect(harness.tick(after: 3_600_000).kills.isEmpty)
        #expect(harness.scheduler.orphans.count == 1)
        harness.update(TaskID("x.1-1"), .finished, agent: AgentID("S1"))
        #expect(harness.scheduler.orphans.isEmpty)
    }

    @Test func `a new subscription does not shorten an orphan's grace`() {
        var harness = Harness()
        harness.subscribe()
        harness.update(TaskID("x.1-1"), .running, agent: AgentID("S1"))
        harness.handle(.connection(.closed("gone")))
        harness.subscribe()
        #expect(harness.effects.kills.isEmpty)
    }

    @Test func `orphans are killed a few at a time`() {
        var harness = Harness()
        harness.subscribe()
        for number in 1...25 { harness.update(TaskID("x.1-\(number)"), .running, agent: AgentID("S1")) }
        #expect(harness.tick(after: 30_000).kills.count == 10)
        #expect(harness.tick(after: 1000).kills.count == 10)
        #expect(harness.tick(after: 1000).kills.count == 5)
    }

    @Test func `the end of a task that nobody knows is only acknowledged`() {
        var harness = Harness()
        harness.subscribe()
        harness.update(TaskID("x.1-1"), .failed, agent: AgentID("S1"))
        #expect(harness.effects == [.afterCommit(.acknowledge(TaskID("x.1-1"), AgentID("S1"), uuid: uuid(1)))])
    }

    // MARK: - Unreachable

    @Test func `an unreachable task is replaced at once, and killed without grace when it comes back`() {
        let spec = makeSpec("/a")
        var harness = Harness([spec])
        harness.subscribe()
        harness.bring(spec, to: .running)
        let id = makeInstance(spec, 1)
        harness.update(id, .unreachable)
        #expect(harness.scheduler.instance(id)?.condition == .scheduled)
        #expect(harness.scheduler.instance(id)?.lastEnd?.state == "TASK_UNREACHABLE")
        #expect(harness.offer([makeAgent(2)]).launches.map(\.id) == [TaskID("a.3-2")])
        harness.update(TaskID("a.3-1"), .running, agent: AgentID("S1"), reason: "REASON_AGENT_REREGISTERED")
        #expect(harness.tick().kills == [TaskID("a.3-1")])
        #expect(harness.scheduler.instance(id)?.task?.id == TaskID("a.3-2"))
    }

    @Test func `with a waiting time it is adopted when it comes back in time, and replaced when not`() {
        let spec = makeSpec("/a")
        var settings = SchedulerSettings()
        settings.unreachableReplaceAfter = .seconds(60)
        var harness = Harness([spec], settings: settings)
        harness.subscribe()
        harness.bring(spec, to: .unreachable)
        let id = makeInstance(spec, 1)
        #expect(harness.scheduler.instance(id)?.condition == .unreachable)
        #expect(harness.tick(after: 59_999).changed.isEmpty)
        harness.update(id, .running, reason: "REASON_AGENT_REREGISTERED")
        #expect(harness.scheduler.instance(id)?.condition == .running)
        harness.update(id, .unreachable)
        harness.handle(.mesos(.heartbeat))
        #expect(harness.tick(after: 60_000).changed.map(\.condition) == [.scheduled])
    }

    @Test func `a stop of a task that was cut off is sent again when it is back`() {
        let spec = makeSpec("/a")
        var settings = SchedulerSettings()
        settings.unreachableReplaceAfter = .seconds(600)
        var harness = Harness([spec], settings: settings)
        harness.subscribe()
        harness.bring(spec, to: .unreachable)
        let id = makeInstance(spec, 1)
        harness.handle(.order(.stop(id)))
        #expect(harness.tick().kills.count == 1)
        harness.update(id, .running, reason: "REASON_AGENT_REREGISTERED")
        #expect(harness.tick(after: 1).kills.count == 1)
    }
}
