import Domain

extension Scheduler {
    /// Sends the kills that are due. They wait for the turn's commit like everything that ends a task.
    mutating func sendKills(at now: Instant) {
        for kill in kills.takeDue(at: now, settings) {
            emit(.afterCommit(.kill(kill.task, kill.agent)))
            if let instance = kill.instance { emit(.note(.killing(instance, kill.task, attempt: kill.attempt))) }
        }
    }

    /// A status about a task that no record names. If the task lives, it is an orphan.
    ///
    ///     (unknown) ──alive──▶ orphan ──grace over──▶ killed again and again ──ended, or Mesos knows it no more──▶ (unknown)
    ///                             └──orphans are not to be killed: only reported──────────────────────────────────▲
    ///
    /// The records were read whole before this machine was made, so a task that is not among them is truly nobody's. One
    /// that was given up for lost, and replaced, is known: it gets no grace, and is killed in any case.
    mutating func stray(_ status: TaskStatus, at now: Instant) {
        guard isAlive(status.state) else { return strayEnded(status, at: now) }
        guard !takeBack(status, at: now) else { return }
        let isReplaced = abandoned.remove(status.task)
        guard orphansByTask[status.task] == nil else {
            if status.reason == "REASON_AGENT_REREGISTERED" { kills.hurry(status.task, at: now) }
            return
        }
        let killAt = isReplaced ? now : now + settings.orphanGrace
        let orphan = OrphanTask(task: status.task, agent: status.agent, since: now, killAt: killAt)
        orphansByTask[status.task] = orphan
        if settings.killsOrphans || isReplaced { kills.request(status.task, on: status.agent, of: nil, at: killAt) }
        emit(.orphan(orphan))
    }

    private mutating func strayEnded(_ status: TaskStatus, at now: Instant) {
        // A task that is cut off may come back; what was remembered of it stays.
        guard status.state != .unreachable else { return }
        if status.state.isTerminal { _ = abandoned.remove(status.task) }
        guard var orphan = orphansByTask.removeValue(forKey: status.task) else { return }
        kills.settle(status.task)
        orphan.ended = true
        emit(.orphan(orphan))
        sweep(at: now)
    }

    private func isAlive(_ state: TaskStatus.State) -> Bool {
        switch state {
        case .staging, .starting, .running, .killing: true
        case .finished, .failed, .killed, .error, .lost, .dropped, .unreachable, .gone, .goneByOperator, .unknown: false
        }
    }
}

/// Tasks that were given up for lost and replaced, the latest of them: one that comes back is killed at once.
///
/// Kept in memory only. A later leader does not know them, so there they are orphans like any other, and get the grace.
struct AbandonedTasks: Sendable {
    /// A task that its instance may have again.
    struct Claim: Sendable {
        /// The instance as it was when the task was given up.
        var instance: Instance
        /// Until when.
        var until: Instant
    }

    private let limit: Int
    private var tasks: [TaskID: Claim?] = [:]
    /// In the order they were given up; may hold tasks that are forgotten by now.
    private var order: [TaskID] = []
    private var head = 0

    init(limit: Int) { self.limit = limit }

    /// Remembers a task, and forgets the oldest where there are too many.
    mutating func insert(_ task: TaskID, claim: Claim?) {
        guard tasks.updateValue(claim, forKey: task) == nil else { return }
        order.append(task)
        while tasks.count > max(0, limit), head < order.count { forgetOldest() }
        guard head > 64, head > order.count / 2 else { return }
        order.removeFirst(head)
        head = 0
    }

    /// Forgets a task.
    /// - Returns: whether it was remembered.
    mutating func remove(_ task: TaskID) -> Bool { tasks.removeValue(forKey: task) != nil }

    /// What lets a task be taken back.
    func claim(on task: TaskID) -> Claim? { tasks[task] ?? nil }

    private mutating func forgetOldest() {
        tasks[order[head]] = nil
        head += 1
    }
}
