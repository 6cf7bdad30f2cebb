import Boundary
import Controller
import Domain
import Scheduling
import SeededRandom

extension World {
    /// Every kind of fault that a run can have; a set of runs in which one never occurred proves less than it seems.
    package static let faultKinds =
        [
            "agent back with its tasks", "agent cut off", "agent drained", "agent drained and marked gone",
            "agent removed",
            "app moved to another source", "batch carried out in part", "broken file pushed",
            "connection to the store lost with a write under way", "controller killed", "fetch failed",
            "healthy version stopped working", "history rewritten", "maintenance announced", "maintenance taken back",
            "master failed over", "old leader cut off", "old leader subscribed again", "session expired unnoticed",
            "stream closed", "stream silent", "task died", "task of an older life",
        ] + mishapKinds

    /// Something goes wrong.
    mutating func fault() {
        guard isChaos else { return }
        agenda.add(.fault, at: now + delay(500...Int(options.faultEvery * 2)))
        switch random.int(1...15) {
        case 1:
            count("master failed over")
            calmSince = nil
            carry(master.failOver())
        case 2, 3: cutOffAgent()
        case 4:
            guard random.oneIn(3) else { return }
            count("agent removed")
            carry(master.remove(random.pick(master.agentOrder)))
        case 5:
            guard let leader = store.leader else { return }
            count("session expired unnoticed")
            expire(leader)
        case 6:
            guard let stream = master.stream else { return }
            count("stream silent")
            streams[stream]?.isSilent = true
        case 7:
            guard let stream = master.stream else { return }
            count("stream closed")
            master.disconnect(stream)
            carry([.close(stream, "connection reset")])
        case 8:
            guard let leader = store.leader, processes[leader].isLeading else { return }
            crash(leader)
        case 9: splitLeader()
        case 10, 11: planMaintenance()
        case 12: drainAgent()
        case 13: findRelic()
        case 14: spoil()
        default:
            let running = master.livingTasks.filter { master.tasks[$0]?.state == .running }
            guard !running.isEmpty else { return }
            count("task died")
            carry(master.handle(.becomes(random.pick(running), .failed), at: now))
        }
    }

    /// The last thing that goes wrong is not mended by the next one.
    mutating func lastFault() {
        master.spoiled = [:]
        switch random.int(1...3) {
        case 1:
            count("master failed over")
            calmSince = nil
            carry(master.failOver())
        case 2:
            guard let leader = store.leader, processes[leader].isLeading else { return }
            crash(leader)
        default: break
        }
    }

    private mutating func cutOffAgent() {
        guard let agent = randomAgent(), master.agents[agent]?.isReachable == true else { return }
        count("agent cut off")
        carry(master.cutOff(agent))
        agenda.add(.mend(agent), at: now + delay(1_000...120_000))
    }

    /// An agent's messages get through again.
    mutating func mend(_ agent: AgentID) {
        let hasTasks = master.livingTasks.contains { master.tasks[$0]?.description.agent == agent }
        if hasTasks, master.agents[agent]?.isMarkedUnreachable == true { count("agent back with its tasks") }
        calmSince = nil
        carry(master.reconnect(agent))
    }

    private mutating func randomAgent() -> AgentID? {
        master.agentOrder.isEmpty ? nil : random.pick(master.agentOrder)
    }

    // MARK: - Operators

    /// An operator plans to take a machine down, and does so, or not, or takes it back.
    private mutating func planMaintenance() {
        guard shape.hasMaintenance, let agent = randomAgent(), master.agents[agent]?.window == nil else { return }
        guard master.agents.values.count(where: { $0.window != nil }) < 2 else { return }
        count("maintenance announced")
        let from = now + delay(5_000...100_000)
        let window = MaintenanceWindow(from: from, until: from + delay(5_000...60_000))
        carry(master.announce(agent, window, goesDown: random.oneIn(2), at: now))
        guard random.oneIn(3), isChaos else { return }
        let announced = master.agentOrder.filter { $0 != agent && master.agents[$0]?.window != nil }
        guard let other = announced.first else { return }
        count("maintenance taken back")
        carry(master.withdrawWindow(of: other))
    }

    private mutating func drainAgent() {
        guard shape.hasMaintenance, let agent = randomAgent() else { return }
        guard master.agents.values.count(where: \.isDraining) < 2, master.agents[agent]?.isReachable == true else {
            return
        }
        let markGone = random.oneIn(3)
        count(markGone ? "agent drained and marked gone" : "agent drained")
        carry(master.drain(agent))
        carry([.later(.drained(agent, markGone: markGone), delay(5_000...60_000))])
    }

    /// Something breaks that a version needs, with which its app was healthy: from now on its tasks fail, and nothing was
    /// pushed. Until the last fault; then all of it works again.
    private mutating func spoil() {
        let proven = store.records.filter { record in
            store.spec(record.lastHealthy).map { World.works($0.app) } ?? false
        }
        // One that would be gone back to matters most.
        let onTheirWay = proven.filter { [.canary, .rolling, .rollingBack].contains($0.rollout?.phase) }
        let choice = onTheirWay.isEmpty || random.oneIn(2) ? proven : onTheirWay
        guard !choice.isEmpty else { return }
        let record = random.pick(choice)
        guard let app = store.spec(record.lastHealthy)?.app else { return }
        count("healthy version stopped working")
        carry(master.spoil(app.id, World.command(of: app)))
    }

    /// A task of the framework turns up that was launched before the store was made anew.
    private mutating func findRelic() {
        let running = master.livingTasks.filter { id in
            guard let task = master.tasks[id], task.state == .running, task.isOnAgent else { return false }
            return master.agents[task.description.agent]?.isReachable == true
        }
        guard !running.isEmpty, let like = master.tasks[random.pick(running)]?.description else { return }
        count("task of an older life")
        var description = like
        description.resources = description.resources.filter { $0.name == "mem" }
        master.addRelic(TaskID("older-life.\(master.tasks.count)"), like: description)
    }

    // MARK: - Two leaders

    /// The leader loses the store and Mesos without knowing it; another one is elected. Mesos the old one finds again
    /// before the store, and subscribes once more.
    private mutating func splitLeader() {
        guard let leader = store.leader, processes[leader].isLeading else { return }
        count("old leader cut off")
        calmSince = nil
        if let stream = processes[leader].stream { streams[stream]?.isSilent = true }
        processes[leader].isCutOff = true
        let life = processes[leader].life
        agenda.add(.isolated(leader, life: life), at: now + delay(1_000...10_000))
        agenda.add(.returns(leader, life: life), at: now + delay(12_000...20_000))
    }

    /// The store gives the session of a process up that cannot hear it.
    mutating func isolate(_ process: Int, life: Int) {
        guard processes[process].life == life else { return }
        store.expire(process)
        agenda.add(.elect, at: now + delay(5...50))
        agenda.add(.stepDown(process, life: life), at: now + delay(12_000...40_000))
    }

    /// The old leader learns that its stream to Mesos is broken.
    mutating func comeBack(_ process: Int, life: Int) {
        guard processes[process].life == life, processes[process].isCutOff else { return }
        guard let stream = processes[process].stream, let owner = streams[stream] else { return }
        deliver(.transport(owner.number, .closed("connection reset")), to: process, life: life)
    }
}
