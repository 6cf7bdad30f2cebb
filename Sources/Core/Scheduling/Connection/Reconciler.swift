import Domain

/// Asks Mesos for the state of tasks until each has answered (mesos.md §3.7).
///
///     idle ──subscribed: all tasks──▶ sending, batch by batch ──all asked──▶ waiting ──every task answered──▶ idle
///                                        ▲        │ once: the empty question, for tasks that nobody knows    │
///                                        └────────┴─── backoff over: those that did not answer ◀─────────────┘
///
/// Silence is legal: after a master's failover nothing is said of an agent that has not come back yet. So it is never
/// read as a loss; the question is asked again, at growing distances.
struct Reconciler: Sendable {
    /// The tasks that were asked for, or will be, and have not answered.
    private(set) var unanswered: [TaskID: TaskQuestion] = [:]
    private var queue: [TaskQuestion] = []
    private var sent = 0
    private var nextBatch: Instant?
    private var nextRound: Instant?
    private var delay = Milliseconds.zero
    private var asksForUnknown = false
    private var nextPeriod: Instant?

    /// The earliest moment at which something is to be asked.
    var nextDeadline: Instant? { [nextBatch, nextRound, nextPeriod].compactMap(\.self).min() }

    /// A subscription began: every task is asked for, then those that nobody knows.
    mutating func begin(_ tasks: [TaskQuestion], at now: Instant, _ settings: SchedulerSettings) {
        self = Reconciler()
        ask(tasks, at: now, settings)
        asksForUnknown = true
        nextBatch = now
        nextPeriod = now + settings.reconcileInterval
    }

    /// The subscription ended: nothing can be asked.
    mutating func end() { self = Reconciler() }

    /// Asks for tasks besides.
    mutating func ask(_ tasks: [TaskQuestion], at now: Instant, _ settings: SchedulerSettings) {
        let new = tasks.filter { unanswered.updateValue($0, forKey: $0.task) == nil }
        guard !new.isEmpty else { return }
        queue += new
        delay = settings.reconcileFirst
        nextBatch = nextBatch ?? now
    }

    /// Mesos said something of a task, whatever it was: it has answered. So has one that is gone from the records.
    mutating func settle(_ task: TaskID) { unanswered[task] = nil }

    /// The questions that are due.
    /// - Parameter allTasks: every task to ask for when the period is over.
    mutating func calls(at now: Instant, _ settings: SchedulerSettings, allTasks: () -> [TaskQuestion]) -> [FreeCall] {
        if let due = nextPeriod, due <= now {
            nextPeriod = now + settings.reconcileInterval
            asksForUnknown = true
            ask(allTasks(), at: now, settings)
            nextBatch = nextBatch ?? now
        }
        if let due = nextRound, due <= now { startRound(at: now, settings) }
        guard let due = nextBatch, due <= now else { return [] }
        var calls: [FreeCall] = []
        let batch = nextQuestions(settings.reconcileBatch)
        if !batch.isEmpty { calls.append(.reconcile(batch)) }
        guard sent == queue.count else {
            nextBatch = now + settings.reconcilePause
            return calls
        }
        queue = []
        sent = 0
        nextBatch = nil
        if asksForUnknown { calls.append(.reconcile([])) }
        asksForUnknown = false
        if nextRound == nil, !unanswered.isEmpty { nextRound = now + delay }
        return calls
    }

    /// Asks again those that did not answer, and waits longer the next time.
    private mutating func startRound(at now: Instant, _ settings: SchedulerSettings) {
        nextRound = nil
        guard !unanswered.isEmpty else { return }
        queue = unanswered.keys.sorted().compactMap { unanswered[$0] }
        sent = 0
        delay = min(delay * 2, settings.reconcileLongest)
        nextBatch = now
    }

    /// Up to `limit` of the questions that still have no answer.
    private mutating func nextQuestions(_ limit: Int) -> [TaskQuestion] {
        var batch: [TaskQuestion] = []
        while sent < queue.count, batch.count < max(1, limit) {
            let question = queue[sent]
            sent += 1
            if unanswered[question.task] != nil { batch.append(question) }
        }
        return batch
    }
}
