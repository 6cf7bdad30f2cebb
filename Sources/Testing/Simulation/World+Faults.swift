import Boundary
import Controller
import Domain
import Scheduling

extension World {
    /// Every kind of fault that a run can have; a set of runs in which one never occurred proves less than it seems.
    package static let faultKinds = [
        "agent cut off", "agent removed", "broken file pushed", "connection to the store lost with a write under way",
        "controller killed", "fetch failed", "history rewritten", "master failed over", "session expired unnoticed",
        "stream closed", "stream silent", "task died",
    ]

    /// Something goes wrong.
    mutating func fault() {
        guard isChaos else { return }
        agenda.add(.fault, at: now + delay(500...Int(options.faultEvery * 2)))
        let agents = master.agents.keys.sorted()
        switch random.int(1...9) {
        case 1:
            count("master failed over")
            carry(master.failOver())
        case 2, 3:
            let agent = random.pick(agents)
            guard master.agents[agent]?.isReachable == true else { return }
            count("agent cut off")
            carry(master.cutOff(agent))
            agenda.add(.mend(agent), at: now + delay(1_000...120_000))
        case 4:
            guard random.oneIn(3) else { return }
            count("agent removed")
            carry(master.remove(random.pick(agents)))
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
        default:
            let running = master.tasks.keys.sorted().filter { master.tasks[$0]?.state == .running }
            guard !running.isEmpty else { return }
            count("task died")
            carry(master.handle(.becomes(random.pick(running), .failed), at: now))
        }
    }
}
