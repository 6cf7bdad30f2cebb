import Domain
import Testing

@testable import Scheduling

/// Agents that are lost with the data, leaders that die between two steps, and what nobody knows of any more.
@Suite struct ReservationLossTests {
    // MARK: - Agents

    @Test func `an instance waits for its agent for ever, and goes on there`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.harness.update(cluster.id, .unreachable, reason: "REASON_AGENT_REMOVED")
        for _ in 0..<50 { cluster.wait(seconds: 3600) }
        #expect(cluster.instance?.condition == .unreachable)
        #expect(cluster.offer(on: 2).launches.isEmpty)
        cluster.harness.update(cluster.id, .running, reason: "REASON_AGENT_REREGISTERED")
        #expect(cluster.instance?.condition == .running)
        #expect(cluster.instance?.reservation?.phase == .held)
    }

    @Test func `it waits as well without a strategy of its own, whatever the scheduler's setting`() {
        var cluster = ResidentCluster { $0.unreachableStrategy = nil }
        cluster.run()
        cluster.harness.update(cluster.id, .unreachable)
        cluster.wait(seconds: 3600)
        #expect(cluster.instance?.condition == .unreachable)
    }

    @Test func `an agent that is gone by an operator's word takes the reservation with it`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.harness.update(cluster.id, .goneByOperator)
        #expect(cluster.instance?.reservation == nil)
        let launches = cluster.offer(on: 2).launches
        #expect(launches.count == 1)
        #expect(cluster.instance?.reservation?.id == ReservationID("db.3-3"))
        #expect(cluster.instance?.reservation?.agent.id == AgentID("S2"))
    }

    @Test func `one that goes with an agent that is gone leaves no record`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.harness.handle(.order(.stop(cluster.id)))
        cluster.harness.update(cluster.id, .goneByOperator)
        #expect(cluster.harness.effects.removed == [cluster.id])
    }

    @Test func `with residency it starts anew elsewhere after its time, and the old task and volume go`() throws {
        var cluster = ResidentCluster { $0.residency = .relaunch(after: .seconds(60)) }
        cluster.run()
        let first = try #require(cluster.instance?.task)
        cluster.harness.update(cluster.id, .unreachable)
        cluster.wait(seconds: 59)
        #expect(cluster.instance?.condition == .unreachable)
        cluster.wait(seconds: 1)
        #expect(cluster.instance?.reservation == nil)
        #expect(cluster.offer(on: 2).launches.count == 1)
        cluster.harness.update(cluster.id, .running)

        cluster.harness.update(first.id, .running, agent: AgentID("S1"))
        #expect(cluster.harness.tick().kills == [first.id])
        cluster.agents[1]?.add(cluster.live.removeValue(forKey: first.id)?.resources ?? [])
        cluster.harness.update(first.id, .killed, agent: AgentID("S1"))
        // Offers are wanted, for what may be left over.
        #expect(cluster.harness.tick(after: 5000).free == [.revive(["db"])])
        _ = cluster.offer(on: 1)
        cluster.wait(seconds: 31)
        _ = cluster.offer(on: 1)
        #expect(cluster.agents[1]?.reservations.isEmpty == true)
        #expect(cluster.instance?.condition == .running)
        #expect(cluster.complaints.isEmpty)
    }

    @Test func `with residency one without a task waits no longer either`() {
        var cluster = ResidentCluster { $0.residency = .relaunch(after: .seconds(60)) }
        cluster.run()
        cluster.end(.killed)
        cluster.wait(seconds: 59)
        #expect(cluster.offer(on: 2).launches.isEmpty)
        cluster.wait(seconds: 1)
        #expect(cluster.offer(on: 2).launches.count == 1)
    }

    @Test func `a stop does not wait for the agent, what is reserved does`() throws {
        var cluster = ResidentCluster()
        cluster.run()
        let task = try #require(cluster.instance?.task?.id)
        cluster.harness.update(cluster.id, .unreachable)
        cluster.harness.handle(.order(.stop(cluster.id)))
        cluster.harness.tick()
        #expect(cluster.instance?.reservation?.phase == .releasing)
        #expect(cluster.instance?.task == nil)
        cluster.harness.update(task, .running, agent: AgentID("S1"))
        #expect(cluster.harness.tick().kills == [task])
        cluster.agents[1]?.add(cluster.live.removeValue(forKey: task)?.resources ?? [])
        cluster.harness.update(task, .killed, agent: AgentID("S1"))
        _ = cluster.offer(on: 1)
        cluster.wait(seconds: 10)
        #expect(cluster.offer(on: 1).removed == [cluster.id])
        #expect(cluster.agents[1]?.reservations.isEmpty == true)
    }

    // MARK: - Leaders

    /// After which step the leader dies.
    enum Step: CaseIterable { case decided, arrived, running, ended, again, stopping, stopped, releasing }

    @Test(arguments: Step.allCases)
    func `a new leader goes on from any step, nothing is reserved twice and nothing is left`(step: Step) throws {
        var cluster = ResidentCluster()
        cluster.live(until: step)
        let recorded = cluster.harness.scheduler.allInstances
        cluster.succeed(with: recorded)
        cluster.answerQuestions()
        if step != .stopping, step != .stopped, step != .releasing {
            // What never arrived is only believed lost when offers have had the time to show it.
            for _ in 0..<3 where cluster.instance?.task == nil {
                cluster.wait(seconds: 11)
                cluster.offer(on: 1)
            }
            cluster.harness.update(cluster.id, .running)
            #expect(cluster.instance?.condition == .running)
            #expect(cluster.reservations == [cluster.instance?.reservation?.id].compactMap(\.self))
            cluster.harness.handle(.order(.stop(cluster.id)))
        }
        cluster.harness.tick()
        cluster.end(.killed)
        for _ in 0..<3 where cluster.instance != nil {
            cluster.offer(on: 1)
            cluster.wait(seconds: 11)
        }
        #expect(cluster.instance == nil)
        #expect(cluster.reservations.isEmpty)
        #expect(cluster.complaints.isEmpty)
    }

    // MARK: - What nobody knows

    static func leftover(framework: String = "F", _ key: String = "pacer_framework_id") -> [MesosResource] {
        let labels = [Label(key: key, value: framework), Label(key: "pacer_reservation_id", value: "old.1-1")]
        let level = MesosResource.Reservation(role: "db", isDynamic: true, principal: "pacer", labels: labels)
        let disk = MesosResource.Disk(volume: .init(id: "old.1-1#0", principal: "pacer", containerPath: "data"))
        return [
            MesosResource(name: "cpus", value: .scalar(100), reservations: [level]),
            MesosResource(name: "disk", value: .scalar(100), reservations: [level], disk: disk),
        ]
    }

    @Test func `a leftover is reported, and given back after the grace period`() {
        var cluster = ResidentCluster(resources: plain() + ReservationLossTests.leftover())
        #expect(
            cluster.offer(on: 1).notes == [
                .leftover(ReservationID("old.1-1"), instance: "", host: "host1.example", isReleased: false)
            ]
        )
        cluster.wait(seconds: 29)
        #expect(cluster.offer(on: 1).gated.isEmpty)
        cluster.wait(seconds: 1)
        #expect(cluster.offer(on: 1).gated.count == 1)
        #expect(cluster.agents[1]?.volumes.isEmpty == true)
        #expect(cluster.agents[1]?.reservations.isEmpty == true)
        #expect(cluster.complaints.isEmpty)
    }

    @Test func `what an agent brings back when nothing is wanted is looked for now and then`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.offer(on: 2)
        func revives() -> Bool { cluster.harness.effects.free.contains(.revive(["db"])) }
        cluster.agents[2]?.add(ReservationLossTests.leftover())
        let due = cluster.harness.now + .minutes(10)
        while cluster.harness.now < due + .seconds(-30) {
            cluster.wait(seconds: 30)
            #expect(!revives(), "nothing is wanted")
        }
        #expect(cluster.harness.scheduler.nextDeadline == due)
        cluster.wait(seconds: 30)
        #expect(revives())
        #expect(cluster.offer(on: 2).notes.count == 1, "it is reported")
        cluster.wait(seconds: 30)
        let last = cluster.offer(on: 2)
        #expect(last.gated.count == 1, "and given back")
        #expect(last.free.contains(.suppress(["db"])), "nothing is wanted any more")
        #expect(cluster.agents[2]?.reservations.isEmpty == true)
        while cluster.harness.now < due + .minutes(10) { cluster.wait(seconds: 30) }
        #expect(revives(), "and so on, every ten minutes")
    }

    @Test func `where nothing can be reserved, nothing is looked for`() {
        var harness = Harness()
        harness.subscribe()
        for _ in 0..<40 {
            harness.now = harness.now + .seconds(30)
            harness.handle(.mesos(.heartbeat))
            #expect(harness.tick().free.allSatisfy { if case .revive = $0 { false } else { true } })
        }
    }

    struct Foreign: CustomTestStringConvertible {
        var resources: [MesosResource]
        var testDescription: String { "\(resources.first?.reservations.last?.labels ?? [])" }
    }

    static let foreign = [
        Foreign(resources: leftover(framework: "G")), Foreign(resources: leftover("marathon_framework_id")),
        Foreign(
            resources: leftover().map { resource in
                var resource = resource
                resource.reservations[0].labels = []
                return resource
            }
        ),
        Foreign(
            resources: leftover().map { resource in
                var resource = resource
                resource.isSpecial = true
                return resource
            }
        ),
    ]

    @Test(arguments: foreign)
    func `what is another's, or cannot be named to the letter, is left alone`(foreign: Foreign) {
        var cluster = ResidentCluster(resources: plain() + foreign.resources)
        for _ in 0..<5 {
            #expect(cluster.offer(on: 1).gated.isEmpty)
            cluster.wait(seconds: 100)
        }
        #expect(cluster.agents[1]?.volumes == ["old.1-1#0"])
    }

    @Test func `where orphans are not killed, leftovers are only reported`() {
        var cluster = ResidentCluster(resources: plain() + ReservationLossTests.leftover(), killsOrphans: false)
        #expect(cluster.offer(on: 1).notes.count == 1)
        cluster.wait(seconds: 100)
        #expect(cluster.offer(on: 1).gated.isEmpty)
        #expect(cluster.harness.tick(after: 60_000).free.allSatisfy { if case .revive = $0 { false } else { true } })
    }

    @Test func `what another agent shows of a reservation is left alone while its task lives, as far as anybody knows`()
    {
        var cluster = ResidentCluster()
        cluster.run()
        let used = (cluster.live.values.first?.resources ?? []).filter { $0.name != "ports" }
        cluster.agents[2]?.add(used)
        #expect(cluster.offer(on: 2).notes.isEmpty)
        cluster.wait(seconds: 31)
        #expect(cluster.offer(on: 2).gated.isEmpty)
        #expect(cluster.instance?.condition == .running)
    }
}

extension ResidentCluster {
    /// What is reserved anywhere, free or used, sorted.
    var reservations: [ReservationID] {
        let used = FreeResources(live.values.flatMap(\.resources))
        return (agents.values.map(\.reservations) + [used.reservations]).flatMap { $0.map(\.reservation) }.sorted()
    }

    /// Lives up to a step, and no further.
    mutating func live(until step: ReservationLossTests.Step) {
        start(delivering: step != .decided)
        guard step != .decided, step != .arrived else { return }
        harness.update(id, .running)
        guard step != .running else { return }
        if step == .ended || step == .again || step == .stopped || step == .releasing { end(.killed) }
        if step == .again { offer(on: 1, delivering: false) }
        guard step == .stopping || step == .stopped || step == .releasing else { return }
        harness.handle(.order(.stop(id)))
        if step == .releasing { offer(on: 1, delivering: false) }
    }

    /// Another leader takes the records over.
    mutating func succeed(with instances: [Instance]) {
        let now = harness.now + .seconds(1)
        harness = Harness(
            [spec],
            instances: instances,
            framework: FrameworkID("F"),
            epoch: 4,
            settings: settings
        )
        harness.now = now
        harness.subscribe()
    }

    /// Mesos answers what it was asked: of tasks that it does not know, that they are gone.
    mutating func answerQuestions() {
        for question in harness.effects.questions {
            let state: TaskStatus.State = live[question.task] == nil ? .gone : .running
            harness.update(question.task, state, agent: question.agent, reason: "REASON_RECONCILIATION")
        }
    }
}
