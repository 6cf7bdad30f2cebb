import Domain

/// What becomes of reservations, as offers show them. The states are those of ``Reservation``.
extension Scheduler {
    /// Notes which recorded reservations are offered at all, before anything is concluded from what is not.
    mutating func seeReservations(in places: [OfferTable.Place], at now: Instant) {
        for place in places {
            for resource in place.pool.resources {
                guard let id = ReservationMark(resource)?.reservation else { continue }
                guard book.holder(of: id)?.reservation?.agent.id == place.agent.id else { continue }
                seen[id] = now
            }
        }
    }

    /// Looks at every offered reservation of ours: it is used again, given back, or left alone.
    /// - Parameter mayLaunch: Whether the places stay; none is used on agents that go into maintenance.
    mutating func tendReservations(_ table: inout OfferTable, mayLaunch: Bool, at now: Instant) {
        for index in table.places.indices {
            for share in ReservedShare.all(in: table.places[index]) {
                tend(share, at: index, &table, mayLaunch: mayLaunch, now)
            }
        }
        for place in table.places { missReservations(at: place, now) }
    }

    private mutating func tend(
        _ share: ReservedShare,
        at index: Int,
        _ table: inout OfferTable,
        mayLaunch: Bool,
        _ now: Instant
    ) {
        let place = table.places[index]
        moveHome(share, to: place.agent, now)
        guard let instance = book.holder(of: share.mark.reservation), let reservation = instance.reservation else {
            return tendLeftover(share, at: index, &table, now)
        }
        // While its task lives, as far as we know, nothing of it is free: the task's end is on its way.
        guard instance.task == nil, reservation.agent.id == place.agent.id else { return }
        guard instance.goal == .running else { return release(share, of: instance, at: index, &table, now) }
        guard let request = requests[instance.digest] else { return }
        guard let ports = share.ports(for: request, on: reservation) else {
            guard reservation.phase == .asked else { return }
            return startAnew(instance, because: "it came about only in part", now)
        }
        guard mayLaunch, !isDelayed(instance.id.app, instance.digest, at: now) else { return confirm(instance, now) }
        launchAgain(instance, on: share, ports: ports, request, at: index, &table, now)
    }

    /// An agent can come back under another id, with what is on its disk: after its machine was down, for one. The agent of
    /// the old id is no more, and no task runs there. While a task there is believed to live, nothing is done: word of its
    /// end is on its way.
    private mutating func moveHome(_ share: ReservedShare, to agent: Agent, _ now: Instant) {
        let id = share.mark.reservation
        guard let old = book.holder(of: id), let left = old.reservation?.agent, left.id != agent.id else { return }
        guard old.task == nil || old.condition == .unreachable else { return }
        if let task = old.task {
            let message = "\(left.hostname) is back under another agent id, \(agent.id), without it"
            end(
                old,
                StatusReducer.Ending(isFailure: false, mayReturn: true),
                TaskStatus(task: task.id, state: .lost, agent: left.id, message: message),
                at: now
            )
        }
        guard var instance = book.holder(of: id) else { return }
        instance.reservation?.agent = agent
        save(instance, at: now)
        seen[id] = now
        emit(.note(.moved(instance.id, id, host: agent.hostname, from: left.id, to: agent.id)))
    }

    /// Launches an instance on what is reserved for it: all of it, with the volumes of the task before.
    private mutating func launchAgain(
        _ instance: Instance,
        on share: ReservedShare,
        ports: [Int],
        _ request: LaunchRequest,
        at index: Int,
        _ table: inout OfferTable,
        _ now: Instant
    ) {
        let agent = table.places[index].agent
        var instance = instance
        instance.reservation?.hold(at: now)
        let task = names.next(request.stem)
        instance.begin(TaskRecord(id: task, agent: agent, ports: ports, launched: now), at: now)
        save(instance, at: now)
        table.note(request.operation(task, on: agent, ports: ports, shares: [share.resources]), at: index)
        emit(.note(.launched(instance.id, task, host: agent.hostname)))
    }

    /// An offer shows it whole: it is there.
    private mutating func confirm(_ instance: Instance, _ now: Instant) {
        guard instance.reservation?.phase == .asked else { return }
        var instance = instance
        instance.reservation?.hold(at: now)
        save(instance, at: now)
    }

    /// Destroys the volumes of an instance that goes, and takes the reservation off.
    private mutating func release(
        _ share: ReservedShare,
        of instance: Instance,
        at index: Int,
        _ table: inout OfferTable,
        _ now: Instant
    ) {
        guard let operations = share.release, let reservation = instance.reservation else { return }
        for step in operations { table.note(step, at: index) }
        var instance = instance
        instance.reservation?.phase = .releasing
        instance.reservation?.since = now
        save(instance, at: now)
        emit(.note(.released(instance.id, reservation.id, host: reservation.agent.hostname)))
    }

    private mutating func tendLeftover(
        _ share: ReservedShare,
        at index: Int,
        _ table: inout OfferTable,
        _ now: Instant
    ) {
        guard share.mark.framework == connection.frameworkID, let operations = share.release else { return }
        let host = table.places[index].agent.hostname
        let id = share.mark.reservation
        let (since, isNew) = leftovers.see(id, at: now)
        if isNew { emit(.note(.leftover(id, instance: share.mark.instance, host: host, isReleased: false))) }
        guard settings.killsOrphans, since + settings.orphanGrace <= now else { return }
        leftovers.settle(id)
        for step in operations { table.note(step, at: index) }
        emit(.note(.leftover(id, instance: share.mark.instance, host: host, isReleased: true)))
    }

    // MARK: - What is not there

    /// An offer of an agent that does not show a reservation proves that it is not there, unless something that was asked
    /// or seen a moment ago is still on its way.
    private mutating func missReservations(at place: OfferTable.Place, _ now: Instant) {
        for instance in book.idle(on: place.agent.id) {
            guard let reservation = instance.reservation, reservation.role == place.role else { continue }
            guard settled(instance, reservation) <= now else { continue }
            if instance.goal == .stopped {
                drop(instance.id, at: now)
            } else if reservation.phase == .asked {
                startAnew(instance, because: "it did not come about", now)
            }
        }
    }

    /// From when on an offer is to be believed that does not show a reservation.
    private func settled(_ instance: Instance, _ reservation: Reservation) -> Instant {
        let shown = seen[reservation.id] ?? reservation.since
        return max(instance.since, reservation.since, shown) + settings.reservationSettles
    }

    /// The instance gives up what is reserved for it and looks for a place again. What may be left of it is a leftover.
    private mutating func startAnew(_ instance: Instance, because reason: String, _ now: Instant) {
        var instance = instance
        forsake(&instance, because: reason)
        save(instance, at: now)
        demandAroseUnlessDelayed(instance.id.app)
    }

    /// What is reserved for an instance counts as lost.
    mutating func forsake(_ instance: inout Instance, because reason: String) {
        guard let reservation = instance.reservation else { return }
        instance.reservation = nil
        seen[reservation.id] = nil
        emit(.note(.forsaken(instance.id, reservation.id, host: reservation.agent.hostname, reason: reason)))
    }

    // MARK: - Deadlines

    /// When the wait for a reservation without a task is over; `nil` for never. Where nobody ever saw that it came about,
    /// there is no data to wait for.
    func reservationEnd(of instance: Instance) -> Instant? {
        guard instance.task == nil, let reservation = instance.reservation else { return nil }
        let last = max(instance.since, reservation.since, seen[reservation.id] ?? instance.since)
        guard instance.goal == .running else { return last + settings.reservationPatience }
        if reservation.phase == .asked { return last + settings.launchConfirm }
        return requests[instance.digest]?.spec.app.residency?.relaunchAfter.map { last + $0 }
    }

    /// Agents that have not offered a reservation for too long are waited for no more.
    mutating func giveUpReservations(at now: Instant) {
        while let id = reservationEnds.takeDue(at: now) {
            guard var instance = book[id], let end = reservationEnd(of: instance) else { continue }
            guard end <= now else {
                reservationEnds.set(id, at: end)
                continue
            }
            let reason = "its agent has not offered it for too long"
            guard instance.goal == .stopped else {
                startAnew(instance, because: reason, now)
                continue
            }
            forsake(&instance, because: reason)
            drop(id, at: now)
        }
        leftovers.forget(unseenFor: settings.orphanGrace * 4, at: now)
        if let end = sweepEnds, end <= now { sweepEnds = nil }
    }

    /// What an agent brings back when everything has its place is in no offer: now and then offers are asked for.
    mutating func lookForLeftovers(at now: Instant) {
        guard let due = nextSweep, due <= now else { return }
        nextSweep = now + settings.leftoverInterval
        sweep(at: now)
    }

    /// Something that nobody knew of has ended, or may have come: offers are looked at for a while, in case there is a
    /// reservation.
    mutating func sweep(at now: Instant) {
        let roles = updates.taken.roles.filter { $0 != "*" }
        guard !roles.isEmpty else { return }
        sweepEnds = now + settings.reservationSettles * 2
        for role in roles { flow.demandArose(role) }
    }

    // MARK: - The end of a task

    /// Whether a task's end means that what was reserved for its instance is lost as well: its agent is gone for good, or
    /// is not waited for any longer.
    func losesReservation(_ instance: Instance, by status: TaskStatus) -> Bool {
        switch status.state {
        case .goneByOperator: true
        case .unreachable: instance.goal == .running
        case .unknown: instance.goal == .running && instance.condition != .launching
        default: false
        }
    }

    /// What an instance with volumes is without its task: it waits for what is reserved for it, to go on or to go.
    mutating func rest(_ instance: Instance, at now: Instant) {
        var instance = instance
        if instance.goal == .stopped {
            instance.reservation?.phase = .releasing
            instance.reservation?.since = now
        }
        save(instance, at: now)
        if instance.goal == .stopped, let role = instance.reservation?.role { flow.demandArose(role) }
    }
}

extension Reservation {
    /// Mesos has shown that it is there.
    mutating func hold(at now: Instant) {
        guard phase == .asked else { return }
        phase = .held
        since = now
    }
}

extension Instance {
    /// Its next task is decided.
    mutating func begin(_ task: TaskRecord, at now: Instant) {
        condition = .launching
        since = now
        self.task = task
    }

    /// Its task is over. The next one, if any, is of the spec that was waited for.
    /// - Parameter end: what is remembered of it; `nil` where it never began.
    mutating func lose(_ end: TaskEnd?, at now: Instant) {
        task = nil
        condition = .scheduled
        since = now
        lastEnd = end ?? lastEnd
        digest = next ?? digest
        next = nil
    }
}
