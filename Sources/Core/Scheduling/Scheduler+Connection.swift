import Domain

extension Scheduler {
    mutating func connectionChanged(_ change: SchedulerEvent.Connection, at now: Instant) {
        switch change {
        case .opened:
            guard connection.phase == .disconnected else {
                return emit(.note(.ignored("a stream was opened while \(connection.phase.rawValue)")))
            }
            enter(.connecting, at: now)
            connection.giveUpAt = now + settings.subscribeTimeout
        case .closed(let reason):
            reconnect(because: reason, at: now)
        case .takenOver(let reason):
            stop(takenOver: reason, at: now)
        case .answered(let answer):
            take(answer, at: now)
        }
    }

    mutating func mesosSays(_ event: MesosEvent, at now: Instant) {
        connection.lastEvent = now
        switch event {
        case .subscribed(let id, let heartbeat, let master): subscribed(as: id, heartbeat, master, at: now)
        case .error(let message): mesosRefuses(message, at: now)
        case .offers(let offers): hold(offers, at: now)
        case .rescind(let id): offers[id] = nil
        case .inverseOffers(let requests): empty(requests, at: now)
        case .update(let status): update(status, at: now)
        case .failure(let agent?, nil, _): agentLost(agent, at: now)
        case .failure: emit(.note(.ignored("FAILURE of an executor")))
        case .heartbeat, .rescindInverseOffer: break
        case .other(let type): emit(.note(.ignored(type)))
        }
    }

    /// Asks for the first subscription, and for another one where the present one has gone silent.
    mutating func watchConnection(at now: Instant) {
        guard connection.isAsked else { return connect(after: .zero, at: now) }
        switch connection.phase {
        case .disconnected, .connecting:
            guard let moment = connection.giveUpAt, moment <= now else { return }
            reconnect(because: "Mesos did not answer the subscription in time", at: now)
        case .subscribed:
            guard let moment = silenceEnds, moment <= now else { return }
            let silence = connection.heartbeat * settings.heartbeatsMissed
            reconnect(because: "Mesos has been silent for \(silence.count / 1000) s", at: now)
        case .stopped: return
        }
    }

    /// When a subscription without any event counts as dead.
    var silenceEnds: Instant? {
        connection.lastEvent.map { $0 + connection.heartbeat * settings.heartbeatsMissed }
    }

    // MARK: - Moves

    private mutating func subscribed(
        as id: FrameworkID,
        _ heartbeat: Milliseconds,
        _ master: MasterFacts,
        at now: Instant
    ) {
        if let known = connection.frameworkID, known != id {
            return stop("Mesos answered the subscription of framework \(known) as \(id)", isFinal: true, at: now)
        }
        if connection.frameworkID == nil { emit(.register(id)) }
        connection.frameworkID = id
        if heartbeat > .zero { connection.heartbeat = heartbeat }
        connection.master = master
        enter(.subscribed, at: now)
        connection.giveUpAt = nil
        connection.toldFailures = []
        dropOffers()
        updates.begin(connection.asked)
        flow.begin(connection.asked, at: now)
        constraining.isStale = true
        nextSweep = now + settings.leftoverInterval
        kills.hurryAll(at: now)
        reconciler.begin(questions(), at: now, settings)
        emit(.note(.subscribed(id)))
    }

    /// Some errors mean that this process must not go on (mesos.md §7.1, §7.2); they can be told by their words only.
    private mutating func mesosRefuses(_ message: String, at now: Instant) {
        // "Not authorized to register framework with roles { … }": a role's name could be one of the words below.
        let words = message.hasPrefix("Not authorized") ? "" : message.lowercased()
        if words.contains("framework"), words.contains("failed over") {
            return stop(takenOver: message, at: now)
        }
        if words.contains("framework"), words.contains("removed") {
            let advice = "its id cannot be used again; a person has to decide what becomes of its instances"
            return stop("Mesos has removed the framework (\(message)); \(advice)", isFinal: true, at: now)
        }
        if connection.phase == .connecting { updates.subscriptionRefused(connection.asked) }
        reconnect(because: "Mesos ended the subscription: \(RefusalAdvice.complete(message))", at: now)
    }

    private mutating func reconnect(because reason: String, at now: Instant) {
        let held = connection.phase == .subscribed
        let lasted = held && now - connection.since >= settings.reconnectForget
        connection.attempts = lasted ? 1 : connection.attempts + 1
        tellFailure(reason, held: held)
        if connection.phase != .disconnected { emit(.disconnect(reason: reason)) }
        connection.lastFailure = reason
        enter(.disconnected, at: now)
        dropOffers()
        updates.end()
        reconciler.end()
        connect(after: reconnectDelay, at: now)
    }

    /// The end of a subscription is always news; a failed attempt is when its reason is. Reasons may hold anything, so
    /// that there is a limit to how many are kept.
    private mutating func tellFailure(_ reason: String, held: Bool) {
        if connection.toldFailures.count >= 100 { connection.toldFailures = [] }
        let isNews = connection.toldFailures.insert(reason).inserted
        if held {
            emit(.note(.unsubscribed(reason)))
        } else if isNews {
            emit(.note(.unreachable(reason)))
        }
    }

    /// The first delay, doubled for each attempt before this one that failed.
    private var reconnectDelay: Milliseconds {
        let doublings = min(max(0, connection.attempts - 1), 30)
        return min(settings.reconnectFirst * (1 << Int64(doublings)), settings.reconnectLongest)
    }

    private mutating func connect(after delay: Milliseconds, at now: Instant) {
        connection.isAsked = true
        let roles = updates.roles(for: settings.role, roleUse.roles, at: now)
        connection.asked = RoleWishes(roles: roles, suppressed: roles.filter { !wantsOffers(for: $0) })
        connection.giveUpAt = now + delay + settings.subscribeTimeout
        emit(.connect(connection.frameworkID, connection.asked, delay: delay))
    }

    /// Subscribing again would kick the other one out, which would come back in turn: who leads is decided elsewhere.
    private mutating func stop(takenOver reason: String, at now: Instant) {
        stop("another scheduler took the framework over (\(reason))", isFinal: false, at: now)
    }

    private mutating func stop(_ reason: String, isFinal: Bool, at now: Instant) {
        enter(.stopped, at: now)
        connection.lastFailure = reason
        dropOffers()
        reconciler.end()
        emit(.stop(reason: reason, isFinal: isFinal))
    }

    private mutating func enter(_ phase: ConnectionState.Phase, at now: Instant) {
        connection.phase = phase
        connection.since = now
    }

    // MARK: - Reconciliation

    mutating func sendReconciliation(at now: Instant) {
        var reconciler = self.reconciler
        self.reconciler = Reconciler()
        for call in reconciler.calls(at: now, settings, allTasks: { questions() }) { emit(.send(call)) }
        self.reconciler = reconciler
    }

    /// The agent is lost, as the master believes. It does not always tell of each task, so we ask.
    private mutating func agentLost(_ agent: AgentID, at now: Instant) {
        emit(.note(.agentLost(agent)))
        known.forget(agent)
        let lost = book.tasks(on: agent).compactMap { book.owner(of: $0) }.filter(mayBeAsked)
        reconciler.ask(lost.flatMap(\.questions), at: now, settings)
    }

    /// Launches that nobody confirmed are asked for, and again and again until somebody does.
    mutating func askForUnconfirmed(at now: Instant) {
        while let id = unconfirmed.takeDue(at: now) {
            guard let instance = book[id], instance.condition == .launching else { continue }
            reconciler.ask(instance.questions, at: now, settings)
            unconfirmed.set(id, at: now + max(settings.launchConfirm, Milliseconds(1)))
        }
    }

    /// A question for every task that may be asked for.
    private func questions() -> [TaskQuestion] {
        book.appIDs.flatMap { book.instances(of: $0).filter(mayBeAsked).flatMap(\.questions) }
    }

    /// A launch of this subscription may wait behind a commit while the question would go out at once: Mesos would say
    /// that it knows no such task, and then get it. With a new subscription the offers of the old one are void, so that
    /// what waits can no longer become a task.
    private func mayBeAsked(_ instance: Instance) -> Bool {
        guard instance.condition == .launching, let task = instance.task else { return true }
        return task.launched < connection.since
    }
}

extension Instance {
    /// The questions for the states of its task, or of its task group's members that may still live.
    var questions: [TaskQuestion] {
        guard let task else { return [] }
        return task.liveTaskIDs.map { TaskQuestion(task: $0, agent: task.agent.id) }
    }
}
