import Domain
import Testing

@testable import Scheduling

extension RandomWorld {
    // MARK: - Calls that arrive

    /// The oldest call reaches the master. Calls of an older subscription are refused, as Mesos does.
    mutating func deliverCall() {
        guard !calls.isEmpty else { return }
        let (call, session) = calls.removeFirst()
        guard isConnected, session == self.session else { return count("stale call") }
        switch call {
        case .free(.decline(let ids, _)): for id in ids { giveBack(id) }
        case .free(.revive(let roles)): revive(roles)
        case .free(.suppress(let roles)): suppress(roles)
        case .free(.updateFramework(let wishes)): update(to: wishes)
        case .free(.reconcile(let questions)): reconcile(questions)
        case .free(.acceptInverseOffers): break
        case .gated(.accept(let ids, let tasks, _)): accept(ids, tasks)
        case .gated(.kill(let task, let agent)): kill(task, agent)
        case .gated(.acknowledge(let task, _, let uuid)): acknowledged(task, uuid)
        }
    }

    /// Nothing that was acknowledged is lost: what it says is durable.
    private mutating func acknowledged(_ task: TaskID, _ uuid: [UInt8]) {
        guard let status = unacknowledged.removeValue(forKey: uuid) else { return count("acknowledged again") }
        #expect(status.task == task)
        guard status.state.isTerminal else { return }
        #expect(!stored.values.contains { $0.task?.id == task }, "the end of \(task) is acknowledged, but not durable")
    }

    private mutating func giveBack(_ id: OfferID) {
        guard let offer = open.removeValue(forKey: id) else { return }
        free[offer.agent] = merge(free[offer.agent], offer.resources)
    }

    private mutating func accept(_ ids: [OfferID], _ tasks: [TaskDescription]) {
        guard ids.allSatisfy({ open[$0] != nil }) else {
            for id in ids { giveBack(id) }
            for task in tasks { say(task.id, .dropped, agent: nil, reason: "REASON_INVALID_OFFERS") }
            return count("invalid offers")
        }
        let agent = ids.compactMap { open[$0]?.agent }.first ?? 0
        for id in ids { giveBack(id) }
        for task in tasks {
            #expect(live[task.id] == nil)
            #expect(durableTasks.contains(task.id), "\(task.id) is launched before its record is durable")
            free[agent] = subtract(free[agent], task.resources)
            live[task.id] = LiveTask(agent: agent, resources: task.resources, state: .staging)
            count("launched")
        }
    }

    private mutating func kill(_ task: TaskID, _ agent: AgentID?) {
        count("killed")
        guard let known = live[task] else { return say(task, .gone, agent: agent, reason: "REASON_RECONCILIATION") }
        guard !gone.contains(known.agent) else {
            giveUp(task)
            return say(task, .unreachable, agent: agent, reason: "REASON_RECONCILIATION")
        }
        live[task]?.isKilled = true
    }

    private mutating func reconcile(_ questions: [TaskQuestion]) {
        count("reconciled")
        for question in questions {
            // Silence is legal.
            guard !random.once(in: 6) else {
                count("silence")
                continue
            }
            if let task = live[question.task], gone.contains(task.agent) {
                giveUp(question.task)
                say(question.task, .unreachable, agent: question.agent, reason: "REASON_RECONCILIATION")
            } else if let task = live[question.task] {
                say(question.task, task.state, agent: AgentID("S\(task.agent)"), reason: "REASON_RECONCILIATION")
            } else {
                say(question.task, .gone, agent: question.agent, reason: "REASON_RECONCILIATION")
            }
        }
        guard questions.isEmpty else { return }
        for task in live.keys.sorted() {
            guard let known = live[task], !gone.contains(known.agent) else { continue }
            say(task, known.state, agent: AgentID("S\(known.agent)"), reason: "REASON_RECONCILIATION")
        }
    }

    // MARK: - Roles

    private mutating func suppress(_ roles: [String]) {
        #expect(
            !roles.isEmpty && Set(roles).isSubset(of: told.roles),
            "\(roles) are not all subscribed to: \(told.roles)"
        )
        told.suppressed = Set(told.suppressed).union(roles).sorted()
    }

    private mutating func revive(_ roles: [String]) {
        #expect(
            !roles.isEmpty && Set(roles).isSubset(of: told.roles),
            "\(roles) are not all subscribed to: \(told.roles)"
        )
        told.suppressed.removeAll(where: roles.contains)
    }

    private mutating func update(to wishes: RoleWishes) {
        #expect(wishes.roles == Set(wishes.roles).sorted() && wishes.roles.contains("*"))
        #expect(
            Set(wishes.suppressed).isSubset(of: wishes.roles) && Set(wishes.constraints.keys).isSubset(of: wishes.roles)
        )
        updatesUnderWay = 0
        guard isObliging || !random.once(in: 4) else {
            count("update refused")
            return handle(.connection(.answered(.refused("by chance"))))
        }
        count(wishes.roles.count < told.roles.count ? "role dropped" : "update taken")
        if !wishes.constraints.isEmpty { count("constrained") }
        told = wishes
        for id in open.keys.sorted() {
            guard let role = open[id]?.role, !wishes.roles.contains(role) else { continue }
            giveBack(id)
            deliveredOffers.remove(id)
            handle(.mesos(.rescind(id)))
        }
        handle(.connection(.answered(.taken)))
    }

    // MARK: - What the master says

    private mutating func say(_ task: TaskID, _ state: TaskStatus.State, agent: AgentID?, reason: String?) {
        handle(.mesos(.update(TaskStatus(task: task, state: state, agent: agent, reason: reason))))
    }

    mutating func offerAll() {
        guard isConnected else { return }
        let roles = told.roles.filter { !told.suppressed.contains($0) }
        var offers: [Offer] = []
        for agent in free.indices
        where !gone.contains(agent) && ResourceTests.total(free[agent]).amounts["cpus", default: 0] > 0 {
            guard !random.once(in: 3), let role = random.pick(roles) else { continue }
            guard told.constraints[role]?.allows(makeAgent(agent)) ?? true else {
                count("filtered")
                continue
            }
            offerCount += 1
            let id = OfferID("O\(offerCount)")
            let offered = free[agent].map { resource in
                var allocated = resource
                allocated.allocationRole = role
                return allocated
            }
            open[id] = OpenOffer(agent: agent, resources: offered, role: role)
            offers.append(Offer(id: id, agent: makeAgent(agent), resources: offered, role: role))
            free[agent] = []
            deliveredOffers.insert(id)
        }
        guard !offers.isEmpty else { return }
        handle(.mesos(.offers(offers)))
    }

    mutating func rescindSome() {
        guard isConnected, let id = random.pick(open.keys.sorted()) else { return }
        giveBack(id)
        deliveredOffers.remove(id)
        count("rescinded")
        handle(.mesos(.rescind(id)))
    }

    mutating func moveTask() {
        guard isConnected, let id = random.pick(live.keys.sorted()), let task = live[id] else { return }
        guard !gone.contains(task.agent) else { return }
        let ends: [TaskStatus.State] = task.isKilled ? [.killed, .killed, .failed] : [.failed, .finished, .lost]
        var next: TaskStatus.State = task.state == .staging ? .starting : .running
        if task.isKilled || random.once(in: 12) { next = random.pick(ends) ?? .failed }
        if next.isTerminal {
            live[id] = nil
            free[task.agent] = merge(free[task.agent], task.resources)
        } else {
            live[id]?.state = next
        }
        updateCount += 1
        let status = TaskStatus(task: id, state: next, agent: AgentID("S\(task.agent)"), uuid: uuid(updateCount))
        unacknowledged[uuid(updateCount)] = status
        handle(.mesos(.update(status)))
        count("moved")
        guard random.once(in: 5) else { return }
        handle(.mesos(.update(status)))
        count("repeated")
    }

    /// The master can no longer reach an agent: its offers are void, its tasks go on.
    mutating func cutOff() {
        let agent = random.number(0...3)
        guard isConnected, gone.insert(agent).inserted else { return }
        count("cut off")
        for id in open.keys.sorted() where open[id]?.agent == agent {
            giveBack(id)
            deliveredOffers.remove(id)
            handle(.mesos(.rescind(id)))
        }
        for task in live.keys.sorted() where live[task]?.agent == agent {
            giveUp(task)
            say(task, .unreachable, agent: AgentID("S\(agent)"), reason: "REASON_AGENT_REMOVED")
        }
        handle(.mesos(.failure(AgentID("S\(agent)"), executor: nil, status: nil)))
    }

    /// Operators plan to take an agent down, soon or later, for a while or for good.
    mutating func planMaintenance() {
        guard isConnected else { return }
        count("maintenance")
        offerCount += 1
        let from = now + .minutes(Int64(random.number(-5...400)))
        let request = InverseOffer(
            id: OfferID("I\(offerCount)"),
            agent: random.once(in: 9) ? nil : AgentID("S\(random.number(0...3))"),
            from: from,
            until: random.once(in: 2) ? nil : from + .minutes(Int64(random.number(0...30)))
        )
        handle(.mesos(.inverseOffers([request])))
    }

    /// An agent is back, and tells of every task that it still runs.
    mutating func comeBack() {
        guard isConnected, let agent = gone.sorted().first else { return }
        count("returned")
        gone.remove(agent)
        for task in live.keys.sorted() {
            guard let known = live[task], known.agent == agent else { continue }
            say(task, known.state, agent: AgentID("S\(agent)"), reason: "REASON_AGENT_REREGISTERED")
        }
    }

    // MARK: - Resources

    /// Sums by kind, so that what comes back is one resource again.
    private func merge(_ left: [MesosResource], _ right: [MesosResource]) -> [MesosResource] {
        combine(left + right, minus: [])
    }

    private func subtract(_ left: [MesosResource], _ right: [MesosResource]) -> [MesosResource] {
        combine(left, minus: right)
    }

    private func combine(_ plus: [MesosResource], minus: [MesosResource]) -> [MesosResource] {
        let have = ResourceTests.total(plus)
        let lost = ResourceTests.total(minus)
        var result: [MesosResource] = []
        for name in ["cpus", "mem", "disk"] {
            let amount = have.amounts[name, default: 0] - lost.amounts[name, default: 0]
            #expect(amount >= 0, "an agent is overcommitted: \(name)")
            if amount > 0 { result.append(MesosResource(name: name, value: .scalar(amount), allocationRole: "*")) }
        }
        let ports = Set(have.ports).subtracting(lost.ports)
        #expect(ports.count == have.ports.count - lost.ports.count, "a port is used twice")
        if !ports.isEmpty {
            let ranges = PortAllocator.ranges(of: Array(ports))
            result.append(MesosResource(name: "ports", value: .ranges(ranges), allocationRole: "*"))
        }
        return result
    }
}
