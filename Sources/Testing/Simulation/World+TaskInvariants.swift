import Boundary
import Controller
import Domain
import Scheduling

/// What must hold of every call and of every task in the cluster.
extension World {
    /// What must hold of every call that reaches the master.
    mutating func checkCall(_ call: ReleasedCall.Call, on stream: Int) {
        guard master.stream == stream, case .gated(let call) = call else { return }
        switch call {
        case .accept(let offers, let operations, _):
            let launches = operations.launches
            for launch in launches { checkLaunch(launch.id) }
            checkPlace(of: launches, offers)
            for operation in operations { checkDestruction(by: operation, offers) }
        case .acknowledge(let task, _, let uuid): checkAcknowledgement(of: task, uuid: uuid)
        case .kill: break
        }
    }

    /// No two tasks for one instance, except by the cluster's own losses.
    private mutating func checkLaunch(_ task: TaskID) {
        guard let instance = recorded(task) else { return }
        for id in master.byInstance[instance] ?? [] {
            guard let other = master.tasks[id], id != task else { continue }
            guard !other.isOver, !other.wasCutOff else { continue }
            guard other.executor == nil || other.executor != master.tasks[task]?.executor else { continue }
            // A launch that was on its way to an agent when that was cut off never gets there. It counts for nothing once
            // the master says so: that it does not know the task, or gave its agent up.
            let agent = master.agents[other.description.agent]
            let isGivenUp = !master.known.contains(id) || agent?.isMarkedUnreachable ?? true
            guard other.isOnAgent || agent?.isReachable ?? false || !isGivenUp else { continue }
            violations.append("\(instance) gets the task \(id) and \(task) at the same time")
        }
    }

    /// Nothing is launched on an agent that goes soon.
    private mutating func checkPlace(of launches: [TaskDescription], _ offers: [OfferID]) {
        guard let launch = launches.first, let window = master.agents[launch.agent]?.window else { return }
        // An offer that was made before the announcement is void: the launch is dropped.
        guard offers.allSatisfy({ master.agents[launch.agent]?.offer == $0 }), now < window.until else { return }
        guard let decided = decision(of: launch.id), window.from <= decided + shape.scheduling.maintenanceHorizon else {
            return
        }
        violations.append("\(launch.id) is launched on \(launch.agent), which goes in \((window.from - now).count) ms")
    }

    /// The data of an instance that shall run is never deleted.
    private mutating func checkDestruction(by operation: OfferOperation, _ offers: [OfferID]) {
        guard case .destroy(let volumes) = operation, offers.allSatisfy({ master.isOut($0) }) else { return }
        for volume in volumes {
            let labels = volume.reservations.last?.labels ?? []
            guard let name = labels.first(where: { $0.key == "pacer_reservation_id" })?.value else { continue }
            guard let holder = store.holder(of: ReservationID(name)), holder.goal == .running else { continue }
            violations.append("the volumes \(name) of \(holder.id), which shall run, are deleted")
        }
    }

    /// When a launch was decided.
    private func decision(of task: TaskID) -> Instant? {
        guard let owner = recorded(task) else { return nil }
        return store.instance(owner)?.task?.launched
    }

    /// Nothing acknowledged is lost: an update is acknowledged only when the store knows what it says.
    private mutating func checkAcknowledgement(of id: TaskID, uuid: [UInt8]) {
        guard let update = master.tasks[id]?.updates.first, update.uuid == uuid else { return }
        guard let owner = recorded(id), let instance = store.instance(owner) else { return }
        let member = instance.task?.members?.first { $0.id == id }
        if update.state.isOver, member?.isLive ?? true {
            violations.append("the end of \(id) is acknowledged, and \(owner) still has it recorded as its task")
        }
        guard update.state == .running else { return }
        let condition = member?.condition ?? instance.condition
        if [.launching, .staging, .starting].contains(condition) {
            violations.append("\(id) is acknowledged to run, and \(owner) is recorded as \(condition)")
        }
        guard let healthy = update.healthy, condition == .running, member?.isLive ?? true else { return }
        guard member == nil ? instance.task?.healthy == nil : member?.healthy == nil else { return }
        violations.append("the health of \(id) (\(healthy)) is acknowledged, and \(owner) has none recorded")
    }

    // MARK: - Strays

    /// Looks at the cluster from outside, every other second.
    mutating func inspect() {
        agenda.add(.inspect, at: now + .seconds(2))
        calmSince = isCalm ? calmSince ?? now : nil
        var seen: [TaskID: Instant] = [:]
        for id in master.livingTasks where recorded(id) == nil {
            guard let task = master.tasks[id], task.isOnAgent else { continue }
            guard master.agents[task.description.agent]?.isReachable == true else { continue }
            seen[id] = strays[id] ?? now
        }
        strays = seen
        checkAnswers()
        guard let calmSince else { return }
        for id in strays.keys.sorted() {
            guard let since = strays[id] else { continue }
            let patience =
                shape.scheduling.reconcileInterval + shape.scheduling.orphanGrace
                + shape.scheduling.killRetry * 2 + .seconds(10)
            guard now - max(since, calmSince) > patience else { continue }
            violations.append("\(id) runs, and no record has known it for \((now - since).count / 1000) s")
        }
    }

    /// A question is asked again until it is answered: soon, once every agent can be asked.
    private mutating func checkAnswers() {
        let isFine = master.agents.values.allSatisfy { $0.isReachable && $0.isRegistered }
        agentsFineSince = isFine ? agentsFineSince ?? now : nil
        let count = store.leader.flatMap { processes[$0].engine?.scheduler.unansweredCount } ?? 0
        unansweredSince = count > 0 ? unansweredSince ?? now : nil
        guard let calmSince, let agentsFineSince, let unansweredSince else { return }
        guard now - max(calmSince, agentsFineSince, unansweredSince) > .minutes(4) else { return }
        violations.append(
            "\(count) tasks were asked for and have not answered for \((now - unansweredSince).count / 1000) s"
        )
    }

    /// Whether nothing stands between the leader and the agents.
    private var isCalm: Bool {
        guard let leader = store.leader, processes[leader].isLeading, !processes[leader].isCutOff else { return false }
        guard let stream = master.stream, let owner = streams[stream] else { return false }
        return owner.process == leader && !owner.isSilent && !owner.isClosed
    }
}
