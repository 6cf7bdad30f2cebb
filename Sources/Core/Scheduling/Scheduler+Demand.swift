import Domain

extension Scheduler {
    // MARK: - Specs

    mutating func learn(_ spec: Spec, at now: Instant) {
        know(spec, as: spec.digest)
        for instance in book.instances(of: spec.id) where instance.digest == spec.digest { noteRole(of: instance) }
        refreshDemand(of: spec.id, at: now)
    }

    mutating func know(_ spec: Spec, as digest: Digest) {
        requests[digest] = LaunchRequest(spec, settings: settings)
        book.learn(digest, restart: spec.restartDigest)
    }

    mutating func forget(_ digest: Digest) {
        requests[digest] = nil
        book.forget(digest)
    }

    // MARK: - Orders

    mutating func obey(_ order: InstanceOrder, at now: Instant) {
        switch order {
        case .start(let id, let digest): start(id, digest, at: now)
        case .stop(let id): stop(id, at: now)
        case .adopt(let id, let digest): adopt(id, digest, at: now)
        case .relaunch(let id, let digest): relaunch(id, digest, at: now)
        }
    }

    private mutating func start(_ id: InstanceID, _ digest: Digest, at now: Instant) {
        guard book[id] == nil else { return emit(.note(.ignored("an order to start \(id), which exists"))) }
        forgetBackoff(of: id.app, unlessOf: digest)
        save(Instance(id: id, digest: digest, since: now), at: now)
        demandAroseUnlessDelayed(id.app)
    }

    private mutating func stop(_ id: InstanceID, at now: Instant) {
        guard var instance = book[id] else { return emit(.note(.ignored("an order to stop \(id), which is gone"))) }
        guard instance.goal == .running else { return emit(.note(.ignored("a second order to stop \(id)"))) }
        guard instance.task != nil || instance.reservation != nil else { return drop(id, at: now) }
        instance.goal = .stopped
        guard let task = instance.task else { return rest(instance, at: now) }
        save(instance, at: now)
        requestKills(of: task, of: id, at: now)
    }

    private mutating func adopt(_ id: InstanceID, _ digest: Digest, at now: Instant) {
        guard var instance = book[id] else { return emit(.note(.ignored("an order to adopt \(id), which is gone"))) }
        guard (instance.next ?? instance.digest) != digest else { return }
        if let state = backoff[id.app], state.digest == instance.digest {
            backoff.rename(id.app, to: digest)
            emit(.backoff(id.app, backoff[id.app]))
        }
        instance.adopt(digest)
        save(instance, at: now)
    }

    private mutating func relaunch(_ id: InstanceID, _ digest: Digest, at now: Instant) {
        guard var instance = book[id], instance.goal == .running else {
            return emit(.note(.ignored("an order to launch \(id) again, which goes or is gone")))
        }
        forgetBackoff(of: id.app, unlessOf: digest)
        instance.relaunch(under: digest)
        save(instance, at: now)
        guard let task = instance.task else { return demandAroseUnlessDelayed(id.app) }
        kills.request(task.id, on: task.agent.id, of: id, at: now)
    }

    /// Another definition starts afresh.
    private mutating func forgetBackoff(of app: AppID, unlessOf digest: Digest) {
        guard let state = backoff[app], !isSame(state.digest, digest) else { return }
        backoff.clear(app)
        emit(.backoff(app, nil))
    }

    // MARK: - The records

    /// Takes an instance of an earlier leader over, without writing anything.
    mutating func take(over instance: Instance, at now: Instant) {
        book.put(instance)
        noteRole(of: instance)
        watch(instance)
        recallMaintenance(of: instance, at: now)
        guard let task = instance.task else { return }
        if instance.goal == .stopped || instance.next != nil { requestKills(of: task, of: instance.id, at: now) }
        killBrokenGroup(of: instance, at: now)
    }

    /// Keeps a new or changed instance: in the book, in every index, in the store.
    mutating func save(_ instance: Instance, at now: Instant) {
        if keep(instance) { refreshDemand(of: instance.id.app, at: now) }
    }

    /// ``save(_:at:)`` without a look at what the app wants now.
    /// - Returns: whether that may have changed.
    @discardableResult
    mutating func keep(_ instance: Instance) -> Bool {
        let changesDemand = book.put(instance)
        noteRole(of: instance)
        watch(instance)
        emit(.changed(instance))
        return changesDemand
    }

    /// Lets an instance go.
    mutating func drop(_ id: InstanceID, at now: Instant) {
        roleUse.set(id, nil)
        unconfirmed.remove(id)
        unreachable.remove(id)
        reservationEnds.remove(id)
        if let reservation = book[id]?.reservation { seen[reservation.id] = nil }
        book.remove(id)
        emit(.removed(id))
        refreshDemand(of: id.app, at: now)
    }

    /// Deadlines that hang on the condition.
    private mutating func watch(_ instance: Instance) {
        if instance.condition == .launching {
            if unconfirmed[instance.id] == nil {
                unconfirmed.set(instance.id, at: instance.since + settings.launchConfirm)
            }
        } else {
            unconfirmed.remove(instance.id)
        }
        if instance.condition == .unreachable, let patience = patience(with: instance) {
            unreachable.set(instance.id, at: instance.since + patience)
        } else {
            unreachable.remove(instance.id)
        }
        if let end = reservationEnd(of: instance) {
            reservationEnds.set(instance.id, at: end)
        } else {
            reservationEnds.remove(instance.id)
        }
    }

    /// How long an instance's agent is waited for when it is cut off; `nil` for ever. One that is to stop anyway is not
    /// waited for by an app that would wait for ever: its record would never go.
    func patience(with instance: Instance) -> Milliseconds? {
        let app = requests[instance.digest]?.spec.app
        if instance.reservation != nil {
            return app?.residency?.relaunchAfter ?? (instance.goal == .stopped ? .zero : nil)
        }
        guard let strategy = app?.unreachableStrategy else { return settings.unreachableReplaceAfter }
        return strategy.inactiveAfter ?? (instance.goal == .stopped ? .zero : nil)
    }

    // MARK: - Demand

    /// Whether two specs are of one definition: what failed under the one fails under the other.
    func isSame(_ left: Digest, _ right: Digest) -> Bool {
        left == right || book.restartDigest(of: left) == book.restartDigest(of: right)
    }

    /// Looks at what an app wants again, after anything about it changed.
    mutating func refreshDemand(of app: AppID, at now: Instant) {
        let pending = book.pendingDigests(of: app).filter { requests[$0] != nil }
        let idle = book.idle(of: app)
        let waiting = pending + idle.filter { $0.goal == .running && requests[$0.digest] != nil }.map(\.digest)
        let launchable = waiting.filter { !isDelayed(app, $0, at: now) }
        let leaving = idle.filter { $0.goal == .stopped }
        releasing.set(app, wanting: Set(leaving.compactMap { $0.reservation?.role }).sorted())
        ready.set(app, wanting: Set(launchable.compactMap { requests[$0]?.role }).sorted())
        constraining.isStale = true
        if launchable.isEmpty { refusals[app] = nil }
        if launchable.count < waiting.count, let state = backoff[app] {
            backoffEnds.set(app, at: state.until)
        } else {
            backoffEnds.remove(app)
        }
    }

    /// Whether the app's launches of this spec wait for the end of a back-off.
    func isDelayed(_ app: AppID, _ digest: Digest, at now: Instant) -> Bool {
        guard let state = backoff[app], now < state.until else { return false }
        return isSame(state.digest, digest)
    }

    mutating func demandAroseUnlessDelayed(_ app: AppID) {
        for role in ready.roles(of: app) { flow.demandArose(role) }
    }

    /// Apps whose wait is over want offers again; waits that were proved needless are forgotten.
    mutating func endBackoffs(at now: Instant) {
        while let app = backoff.takeProved(at: now) {
            emit(.backoff(app, nil))
            refreshDemand(of: app, at: now)
        }
        while let app = backoffEnds.takeDue(at: now) {
            refreshDemand(of: app, at: now)
            demandAroseUnlessDelayed(app)
        }
    }
}
