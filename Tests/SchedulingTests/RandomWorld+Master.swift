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
        case .gated(.accept(let ids, let operations, _)): accept(ids, operations)
        case .gated(.kill(let task, let agent)): kill(task, agent)
        case .gated(.acknowledge(let task, _, let uuid)): acknowledged(task, uuid)
        }
    }

    /// Nothing that was acknowledged is lost: what it says is durable.
    private mutating func acknowledged(_ task: TaskID, _ uuid: [UInt8]) {
        guard let status = unacknowledged.removeValue(forKey: uuid) else { return count("acknowledged again") }
        #expect(status.task == task)
        guard status.state.isTerminal else { return }
        #expect(
            !stored.values.contains { $0.task?.liveTaskIDs.contains(task) == true },
            "the end of \(task) is acknowledged, but not durable"
        )
    }

    private mutating func giveBack(_ id: OfferID) {
        guard let offer = open.removeValue(forKey: id) else { return }
        free[offer.agent].add(offer.resources)
    }

    private mutating func accept(_ ids: [OfferID], _ operations: [OfferOperation]) {
        let tasks = operations.launches
        guard ids.allSatisfy({ open[$0] != nil }) else {
            for id in ids { giveBack(id) }
            for task in tasks { say(task.id, .dropped, agent: nil, reason: "REASON_INVALID_OFFERS") }
            return count("invalid offers")
        }
        let agent = ids.compactMap { open[$0]?.agent }.first ?? 0
        for id in ids { giveBack(id) }
        var refused: Set<String> = []
        for operation in operations {
            checkDurable(operation)
            if case .create(let volumes) = operation, random.once(in: 6) {
                refused.formUnion(volumes.compactMap(\.disk?.volume?.id))
                continue
            }
            let complaint = free[agent].apply(operation)
            #expect(complaint == nil)
            start(operation, on: agent, without: refused)
        }
    }

    private mutating func start(_ operation: OfferOperation, on agent: Int, without refused: Set<String>) {
        var group: String?
        if case .launchGroup(let executor, _) = operation {
            group = executor.id
            executors[executor.id] = (agent, executor.resources)
            let isThere = free[agent].take(executor.resources)
            #expect(isThere, "\(executor.id) asks for what is not there")
            count("group launched")
        }
        for task in operation.launches {
            #expect(live[task.id] == nil)
            #expect(durableTasks.contains(task.id), "\(task.id) is launched before its record is durable")
            guard refused.isDisjoint(with: task.resources.compactMap(\.disk?.volume?.id)) else {
                say(task.id, .error, agent: task.agent, reason: "REASON_TASK_INVALID")
                continue
            }
            let isThere = free[agent].take(task.resources)
            #expect(isThere, "\(task.id) asks for what is not there")
            live[task.id] = LiveTask(agent: agent, resources: task.resources, executor: group, state: .staging)
            count("launched")
        }
    }

    /// A task is over: its resources are free, and its executor's with the last task of its group. Like Mesos's, an
    /// executor whose task fails or is killed ends the others; sometimes it does not, and Pacer has to.
    func freed(_ task: LiveTask) -> [MesosResource] {
        guard let group = task.executor, !live.values.contains(where: { $0.executor == group }) else {
            return task.resources
        }
        return task.resources + (executors[group]?.resources ?? [])
    }

    mutating func breakGroup(_ task: LiveTask, _ state: TaskStatus.State) {
        guard let group = task.executor, state != .finished else { return }
        let others = live.keys.filter { live[$0]?.executor == group }
        // What is said of the agent is said of all.
        if state == .lost { for other in others.sorted() { giveUp(other) } }
        guard !random.once(in: 2) else { return others.isEmpty ? () : count("group left alone") }
        for other in others.sorted() {
            live[other]?.isKilled = true
            count("group broken")
        }
    }

    /// What is reserved is recorded, and what is destroyed is nobody's who stays.
    private func checkDurable(_ operation: OfferOperation) {
        switch operation {
        case .reserve(let resources):
            for id in Set(resources.compactMap { ReservationMark($0)?.reservation }) {
                let isRecorded = recorded.contains(id)
                #expect(isRecorded, "\(id) is reserved before its record is durable")
            }
        case .destroy(let resources):
            for id in Set(resources.compactMap { ReservationMark($0)?.reservation }) {
                let holder = stored.values.first { $0.reservation?.id == id && $0.goal == .running }
                #expect(holder == nil, "the volumes of \(id) are destroyed")
            }
        case .unreserve, .create, .launch, .launchGroup: break
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
        #expect(wishes.roles == Set(wishes.roles).sorted() && wishes.roles.contains(RandomWorld.settings.role))
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
        where !gone.contains(agent) && !free[agent].all.isEmpty {
            guard !random.once(in: 3), let role = random.pick(roles) else { continue }
            guard told.constraints[role]?.allows(makeAgent(agent)) ?? true else {
                count("filtered")
                continue
            }
            let (offered, rest) = free[agent].split(for: role)
            guard !offered.isEmpty else { continue }
            offerCount += 1
            let id = OfferID("O\(offerCount)")
            open[id] = OpenOffer(agent: agent, resources: offered, role: role)
            offers.append(makeOffer(id.rawValue, on: makeAgent(agent), offered, role: role))
            free[agent] = FreeResources(rest)
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
            free[task.agent].add(freed(task))
            breakGroup(task, next)
        } else {
            live[id]?.state = next
        }
        if next == .running { noteData(of: id, task) }
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

    /// A task that runs writes something.
    mutating func noteData(of id: TaskID, _ task: LiveTask) {
        guard let owner = owners[id], let volume = task.resources.compactMap(\.disk?.volume?.id).first else { return }
        data[owner] = volume
    }
}
