import Domain
import Scheduling
import SeededRandom

extension SimulatedMaster {
    /// A launch reaches its agent: the task begins its life, as its command tells.
    mutating func arrive(_ id: TaskID) -> [Output] {
        guard var task = tasks[id], !task.isOver, !task.isOnAgent, let agent = agents[task.description.agent] else {
            return []
        }
        guard agent.isReachable else { return [] }
        guard !agent.isDraining else { return refuseLaunch(id) }
        task.isOnAgent = true
        tasks[id] = task
        let start = Milliseconds(Int64(random.int(20...400)))
        return [.later(.becomes(id, .starting), start), .later(.becomes(id, .running), start + start)]
    }

    /// A task comes to a state by itself or because it was killed.
    mutating func become(_ id: TaskID, _ state: TaskStatus.State) -> [Output] {
        guard var task = tasks[id], task.isOnAgent, !task.isOver else { return [] }
        if task.state == .killing, state == .running || state == .starting { return [] }
        task.state = state
        tasks[id] = task
        var output = report(id)
        if task.isOver { output += end(task) }
        guard state == .running else { return output }
        switch task.description.command {
        case .shell("once"):
            output.append(.later(.becomes(id, .finished), Milliseconds(Int64(random.int(200...5000)))))
        case .shell(let command) where command.hasPrefix("crash") || isSpoiled(command, of: task):
            output.append(.later(.becomes(id, .failed), Milliseconds(Int64(random.int(200...5000)))))
        case .shell(let command) where command.hasPrefix("sick"):
            output.append(.later(.checked(id, healthy: false), .seconds(2)))
        default:
            guard task.description.check != nil else { return output }
            output.append(.later(.checked(id, healthy: true), Milliseconds(Int64(random.int(500...4000)))))
        }
        return output
    }

    private func isSpoiled(_ command: String, of task: SimulatedTask) -> Bool {
        guard let app = task.instance?.app else { return false }
        return spoiled[app]?.contains(command) ?? false
    }

    /// An app's tasks with this command begin to fail.
    mutating func spoil(_ app: AppID, _ command: String) -> [Output] {
        spoiled[app, default: []].insert(command)
        let running = livingTasks.compactMap { tasks[$0] }.filter { task in
            task.state == .running && task.instance?.app == app && task.description.command == .shell(command)
        }
        return running.map { task in
            .later(.becomes(task.description.id, .failed), Milliseconds(Int64(random.int(200...5000))))
        }
    }

    /// What a task used is free. Where it did not finish, its executor ends the other tasks of its group.
    private mutating func end(_ task: SimulatedTask) -> [Output] {
        let agent = task.description.agent
        agents[agent]?.rest = nil
        guard let executor = task.executor, task.state != .finished else { return [] }
        let others = live(on: agent).filter { tasks[$0]?.executor == executor && tasks[$0]?.state != .killing }
        return others.flatMap { endTask($0) }
    }

    private mutating func endTask(_ id: TaskID) -> [Output] {
        guard tasks[id]?.isOnAgent == true else {
            tasks[id]?.isOnAgent = true
            return become(id, .killed)
        }
        return become(id, .killing) + [.later(.becomes(id, .killed), Milliseconds(Int64(random.int(100...3000))))]
    }

    /// A task's check has a result. A sick task is killed by its executor after some failures.
    mutating func check(_ id: TaskID, healthy: Bool) -> [Output] {
        guard var task = tasks[id], task.state == .running else { return [] }
        guard healthy || task.healthy != false else {
            task.healthy = false
            tasks[id] = task
            return become(id, .killed)
        }
        task.healthy = healthy
        tasks[id] = task
        let output = report(id)
        return healthy ? output : output + [.later(.checked(id, healthy: false), .seconds(5))]
    }

    /// Ends a task, or says what is known of it.
    mutating func kill(_ id: TaskID, agent: AgentID?) -> [Output] {
        guard let task = tasks[id], known.contains(id), let host = agents[task.description.agent], host.isReachable
        else { return reconcile([TaskQuestion(task: id, agent: agent)], isExplicit: true) }
        guard !task.isOver, host.isRegistered else { return [] }
        return task.state == .killing ? [] : endTask(id)
    }

    /// Queues an update of a task's present state.
    mutating func report(_ id: TaskID) -> [Output] {
        guard var task = tasks[id] else { return [] }
        uuidCounter += 1
        let uuid = (0..<16).map { $0 < 8 ? UInt8(truncatingIfNeeded: uuidCounter >> ($0 * 8)) : UInt8($0) }
        task.updates.append(
            TaskStatus(
                task: id,
                state: task.state,
                agent: task.description.agent,
                uuid: uuid,
                healthy: task.healthy,
                message: "simulated",
                reason: task.endReason,
                source: "SOURCE_EXECUTOR"
            )
        )
        let isFirst = task.updates.count == 1
        if isFirst { task.sent = 0 }
        tasks[id] = task
        return isFirst ? send(id, again: false) : []
    }

    /// Sends a task's first waiting update and arranges for its repetition.
    mutating func send(_ id: TaskID, again: Bool) -> [Output] {
        guard var task = tasks[id], let update = task.updates.first else { return [] }
        guard let agent = agents[task.description.agent], agent.isReachable, agent.isRegistered else { return [] }
        task.sent += 1
        task.forwarded = update.state
        tasks[id] = task
        let delay = Milliseconds.seconds(Int64(10 << min(task.sent - 1, 5)))
        var output: [Output] = [.later(.resend(id, sent: task.sent), delay)]
        if let stream { output.append(.tell(stream, .update(update))) }
        return output
    }

    /// The scheduler has taken an update in: the next one may come.
    mutating func acknowledge(_ id: TaskID, uuid: [UInt8]) -> [Output] {
        guard var task = tasks[id], task.updates.first?.uuid == uuid else { return [] }
        task.updates.removeFirst()
        task.sent = 0
        tasks[id] = task
        if task.isOver, task.updates.isEmpty { known.remove(id) }
        return send(id, again: false)
    }

    /// Answers questions about tasks by Mesos's table; an empty list asks for all.
    mutating func reconcile(_ questions: [TaskQuestion], isExplicit: Bool = false) -> [Output] {
        guard !questions.isEmpty || isExplicit else {
            return known.sorted().flatMap { id in
                answer(id, tasks[id]?.forwarded ?? .unknown, agent: tasks[id]?.description.agent)
            }
        }
        return questions.flatMap { question -> [Output] in
            if known.contains(question.task), let task = tasks[question.task] {
                return answer(question.task, task.forwarded, agent: task.description.agent)
            }
            guard let agent = question.agent.flatMap({ agents[$0] }) else {
                let isGone = question.agent.map(gone.contains) ?? false
                return answer(question.task, isGone ? .goneByOperator : .unknown, agent: question.agent)
            }
            guard agent.isRegistered || agent.isMarkedUnreachable else { return [] }
            let state: TaskStatus.State = agent.isMarkedUnreachable ? .unreachable : .gone
            return answer(question.task, state, agent: question.agent)
        }
    }

    /// The master's own word on a task: without a uuid, sent once.
    func answer(
        _ id: TaskID,
        _ state: TaskStatus.State,
        agent: AgentID?,
        reason: String = "REASON_RECONCILIATION"
    ) -> [Output] {
        guard let stream else { return [] }
        let status = TaskStatus(
            task: id,
            state: state,
            agent: agent,
            uuid: nil,
            healthy: tasks[id]?.healthy,
            message: "",
            reason: reason,
            source: "SOURCE_MASTER"
        )
        return [.tell(stream, .update(status))]
    }
}
