import Domain

/// The tasks that are to end. Every kill is repeated until the task's end is known, and paced: too many at once make
/// agents stumble, and leave nobody the time to notice a mistake.
struct KillQueue: Sendable {
    /// A kill that is due.
    struct Kill: Hashable, Sendable {
        /// The task.
        var task: TaskID
        /// Where it runs; `nil` only where nobody ever said.
        var agent: AgentID?
        /// Whose task it is; `nil` for an orphan.
        var instance: InstanceID?
        /// How many times it was sent, with this one.
        var attempt: Int
    }

    private var kills: [TaskID: Kill] = [:]
    private var agenda = Agenda<TaskID>()
    private var windowEnd = Instant(milliseconds: .min)
    private var used = 0
    private var usedByApp: [AppID: Int] = [:]
    private var usedByOrphans = 0

    /// When the next kill is due.
    func nextDeadline(_ settings: SchedulerSettings) -> Instant? {
        guard used >= settings.killsPerWindow else { return agenda.next }
        return agenda.next.map { max($0, windowEnd) }
    }

    /// Puts a task on the list, to be killed at `moment`. One that is here stays as it is, but that its first kill may
    /// come earlier.
    mutating func request(_ task: TaskID, on agent: AgentID?, of instance: InstanceID?, at moment: Instant) {
        if let kill = kills[task] {
            if kill.attempt == 0, let due = agenda[task], moment < due { agenda.set(task, at: moment) }
            return
        }
        kills[task] = Kill(task: task, agent: agent, instance: instance, attempt: 0)
        agenda.set(task, at: moment)
    }

    /// The task is over.
    mutating func settle(_ task: TaskID) {
        kills[task] = nil
        agenda.remove(task)
    }

    /// What was sent may have been lost: the kill is due again now. One that waits for its first time goes on waiting.
    mutating func hurry(_ task: TaskID, at now: Instant) {
        guard let kill = kills[task], kill.attempt > 0 else { return }
        agenda.set(task, at: now)
    }

    /// ``hurry(_:at:)`` for all.
    mutating func hurryAll(at now: Instant) {
        for task in kills.keys.sorted() { hurry(task, at: now) }
    }

    /// The kills that are due and fit into the present window; each comes again after the retry time.
    mutating func takeDue(at now: Instant, _ settings: SchedulerSettings) -> [Kill] {
        if now >= windowEnd { openWindow(now + max(settings.killWindow, Milliseconds(1))) }
        var due: [Kill] = []
        while used < settings.killsPerWindow, let task = agenda.takeDue(at: now) {
            guard var kill = kills[task] else { continue }
            guard charge(kill.instance?.app, settings) else {
                agenda.set(task, at: windowEnd)
                continue
            }
            kill.attempt += 1
            kills[task] = kill
            agenda.set(task, at: now + max(settings.killRetry, Milliseconds(1)))
            due.append(kill)
        }
        return due
    }

    private mutating func openWindow(_ end: Instant) {
        windowEnd = end
        used = 0
        usedByOrphans = 0
        usedByApp.removeAll(keepingCapacity: true)
    }

    private mutating func charge(_ app: AppID?, _ settings: SchedulerSettings) -> Bool {
        if let app {
            guard usedByApp[app, default: 0] < settings.killsPerWindowAndApp else { return false }
            usedByApp[app, default: 0] += 1
        } else {
            guard usedByOrphans < settings.orphanKillsPerWindow else { return false }
            usedByOrphans += 1
        }
        used += 1
        return true
    }
}
