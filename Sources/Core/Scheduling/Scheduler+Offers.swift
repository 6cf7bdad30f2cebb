import Domain
import OrderedCollections

extension Scheduler {
    // MARK: - Holding

    mutating func hold(_ new: [Offer], at now: Instant) {
        guard connection.phase == .subscribed else {
            return emit(.note(.ignored("offers while \(connection.phase.rawValue)")))
        }
        for offer in new {
            heed(offer, at: now)
            if offers.updateValue(offer, forKey: offer.id) == nil { offerOrder.append(offer.id) }
        }
    }

    /// The subscription's offers are void.
    mutating func dropOffers() {
        offers.removeAll()
        offerOrder.removeAll()
    }

    private mutating func takeOffers() -> [Offer] {
        let taken = offerOrder.compactMap { offers.removeValue(forKey: $0) }
        dropOffers()
        return taken
    }

    // MARK: - Placing

    /// Holds every offer of the turn against everything that waits, and answers each of them.
    mutating func placeInstances(at now: Instant) {
        let taken = takeOffers()
        for app in ready.elements where refusals[app] == nil { refusals[app] = emptyReport(of: app, at: now) }
        guard !taken.isEmpty else { return }
        let horizon = now + settings.maintenanceHorizon
        let leaving = taken.filter { $0.isLeaving(before: horizon, at: now) }
        let staying = leaving.isEmpty ? taken : taken.filter { !$0.isLeaving(before: horizon, at: now) }
        let roles = Set(taken.map(\.role)).sorted()
        for role in roles { flow.offersCame(taken.count { $0.role == role }, for: role, at: now, settings) }
        var leavingTable = OfferTable(leaving) { portStart(on: $0) }
        var round = PlacementRound(matchers: matchers(of: staying, for: roles), demands: [])
        seeReservations(in: leavingTable.places + round.places, at: now)
        tendReservations(&leavingTable, mayLaunch: false, at: now)
        for index in round.matchers.indices {
            tendReservations(&round.matchers[index].table, mayLaunch: true, at: now)
        }
        round.demands = demandsInTurn(of: roles, at: now)
        serve(&round, limit: settings.placementSlice, at: now)
        serve(&round, limit: .max, at: now)
        report(round, leaving: leaving, of: taken)
        for place in round.places { known.see(place) }
        answer(round.places, leaving: leavingTable.places, at: now)
    }

    /// An offer is of use only to what its role is allocated to: each role's offers are matched by themselves.
    private func matchers(of offers: [Offer], for roles: [String]) -> [Matcher] {
        let byRole = Dictionary(grouping: offers, by: \.role)
        return roles.map { role in
            let table = OfferTable(byRole[role] ?? [], home: connection.master.region) { portStart(on: $0) }
            return Matcher(table: table)
        }
    }

    /// Every spec that waits, beginning behind the app that began the last time, so that each one comes first in turn.
    private mutating func demandsInTurn(of roles: [String], at now: Instant) -> [PlacementRound.Demand] {
        let apps = ready.elements
        guard let firstOfAll = apps.first else { return [] }
        let cut = served.flatMap { last in apps.firstIndex { $0 > last } } ?? apps.startIndex
        let order = apps[cut...] + apps[..<cut]
        served = order.first ?? firstOfAll
        return order.flatMap { app in
            book.pendingDigests(of: app)
                .filter { requests[$0] != nil && !isDelayed(app, $0, at: now) }
                .map { digest in
                    let matcher = requests[digest].flatMap { roles.firstIndex(of: $0.role) }
                    return PlacementRound.Demand(app: app, digest: digest, matcher: matcher)
                }
        }
    }

    /// Places up to `limit` instances of each spec that still waits.
    private mutating func serve(_ round: inout PlacementRound, limit: Int, at now: Instant) {
        for index in round.demands.indices where round.demands[index].isOpen {
            let demand = round.demands[index]
            guard let request = requests[demand.digest], let matcher = demand.matcher else { continue }
            let waiting = Array(book.pending(of: demand.app, under: demand.digest).prefix(limit))
            guard !waiting.isEmpty else {
                round.demands[index].isOpen = false
                continue
            }
            let counter = book.counter(of: demand.app, under: demand.digest, tracking: request.countedFields)
            let result = round.matchers[matcher].place(
                request,
                of: scales[demand.app] ?? request.spec.app.instances,
                limit: waiting.count,
                counter: counter
            )
            for (number, assignment) in zip(waiting, result.assignments) {
                let id = InstanceID(app: demand.app, number: number)
                launch(id, request, assignment, &round.matchers[matcher].table, at: now)
            }
            if !result.assignments.isEmpty { refreshDemand(of: demand.app, at: now) }
            guard result.assignments.count < waiting.count else { continue }
            round.demands[index].isOpen = false
            round.demands[index].tally = result.tally
        }
    }

    /// Launches one instance. What its app still wants is looked at again after the last of them.
    private mutating func launch(
        _ id: InstanceID,
        _ request: LaunchRequest,
        _ assignment: Matcher.Assignment,
        _ table: inout OfferTable,
        at now: Instant
    ) {
        guard var instance = book[id] else { return }
        let agent = table.places[assignment.place].agent
        let ports = assignment.ports
        let shares = reserve(for: &instance, request, assignment, &table, at: now)
        let task = names.next(request.stem)
        var record = TaskRecord(
            id: task,
            agent: agent,
            ports: ports,
            launched: now,
            members: request.group?.members(of: task)
        )
        record.gate = request.spec.app.gate
        instance.begin(record, at: now)
        keep(instance)
        table.note(request.operation(task, on: agent, ports: ports, shares: shares), at: assignment.place)
        emit(.note(.launched(id, task, host: agent.hostname)))
    }

    /// Reserves what an instance with volumes takes.
    /// - Returns: what its task uses; what was cut out for it where there are no volumes.
    private mutating func reserve(
        for instance: inout Instance,
        _ request: LaunchRequest,
        _ assignment: Matcher.Assignment,
        _ table: inout OfferTable,
        at now: Instant
    ) -> [[MesosResource]] {
        guard request.isResident else { return assignment.shares }
        guard let framework = connection.frameworkID else { preconditionFailure("offers came before a framework id") }
        let id = ReservationID(names.next(request.stem).rawValue)
        let place = table.places[assignment.place]
        let mark = ReservationMark(framework: framework, instance: instance.id, reservation: id)
        let launch = FirstLaunch(mark, request, assignment, at: place, principal: settings.principal, now: now)
        instance.reservation = launch.reservation
        for step in launch.preparations { table.note(step, at: assignment.place) }
        emit(.note(.reserved(instance.id, id, host: place.agent.hostname)))
        return [launch.resources]
    }

    // MARK: - Answering

    /// Accepts what is used and declines the rest: for long where nothing waits, and shortly where something does.
    private mutating func answer(_ staying: [OfferTable.Place], leaving: [OfferTable.Place], at now: Instant) {
        var declined: OrderedDictionary<Milliseconds, [OfferID]> = [:]
        for place in staying {
            let isWaiting = wantsOffers(for: place.role)
            let refuse = isWaiting ? settings.refuseWaiting : settings.refuseIdle
            portStarts[place.agent.id] = place.portStart
            guard !accept(place, refuse: isWaiting ? settings.refuseRest : settings.refuseIdle) else { continue }
            declined[refuse, default: []] += place.offers
        }
        for place in leaving where !accept(place, refuse: settings.refuseRest) {
            declined[settings.refuseIdle, default: []] += place.offers
        }
        for (refuse, ids) in declined { emit(.send(.decline(ids, refuse: refuse))) }
    }

    /// Accepts a place's offers if something is done there.
    /// - Returns: whether it is.
    private mutating func accept(_ place: OfferTable.Place, refuse: Milliseconds) -> Bool {
        let operations = place.operations
        guard !operations.isEmpty else { return false }
        emit(.afterCommit(.accept(place.offers, operations, refuse: refuse)))
        return true
    }

    /// A fresh agent's ports begin at a place of its own, so that a new leader does not give again what was just freed.
    func portStart(on agent: AgentID) -> Int {
        if let start = portStarts[agent] { return start }
        var hash = UInt64(bitPattern: epoch) &* 0x9E37_79B9_7F4A_7C15
        for byte in agent.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return 1024 + Int((hash >> 20) % 60_000)
    }

    // MARK: - Reporting

    private func emptyReport(of app: AppID, at now: Instant) -> RefusalReport {
        let digests = book.pendingDigests(of: app) + book.idle(of: app).map(\.digest)
        let request = digests.lazy.compactMap { requests[$0] }.first
        let role = request?.role ?? settings.role
        return RefusalReport(
            since: now,
            offers: 0,
            reasons: [:],
            asked: request?.asked ?? .zero,
            best: .zero,
            role: role,
            roleRefusal: updates.refused[role]?.reason
        )
    }

    /// Instances that wait for what is reserved for them have not found it in any offer of their role.
    private mutating func reportMissed(_ taken: [Offer]) {
        let byRole = Dictionary(grouping: taken, by: \.role).mapValues(\.count)
        for app in ready.elements where !book.idle(of: app).isEmpty {
            guard let report = refusals[app] else { continue }
            var missed = emptyReport(of: app, at: report.since)
            missed.offers = byRole[missed.role] ?? 0
            if missed.offers > 0 { missed.reasons = [.reservation: missed.offers] }
            refusals[app] = missed
        }
    }

    /// What stands in the way is told of this search alone: the same few agents make their offers again and again.
    private mutating func report(_ round: PlacementRound, leaving: [Offer], of taken: [Offer]) {
        reportMissed(taken)
        var reported: Set<AppID> = []
        let leavingByRole = Dictionary(grouping: leaving, by: \.role).mapValues(\.count)
        constraining.isStale = true
        for demand in round.demands {
            guard var report = refusals[demand.app], var tally = demand.tally else { continue }
            if reported.insert(demand.app).inserted { report = emptyReport(of: demand.app, at: report.since) }
            let request = requests[demand.digest]
            let leaving = request.flatMap { leavingByRole[$0.role] } ?? 0
            if leaving > 0 { tally.refuse(.maintenance, times: leaving) }
            report.add(tally)
            report.offers += leaving
            report.asked = request?.asked ?? report.asked
            report.role = request?.role ?? report.role
            refusals[demand.app] = report
        }
    }
}

/// One turn's matching: the offers and everything that waits.
struct PlacementRound {
    /// One spec that waits.
    struct Demand {
        var app: AppID
        var digest: Digest
        /// The matcher that has its role's offers; `nil` where there are none.
        var matcher: Int?
        /// Whether it may still find a place.
        var isOpen = true
        /// What stood in its way, once it found none.
        var tally: RefusalTally?
    }

    /// One for each role that there are offers for.
    var matchers: [Matcher]
    var demands: [Demand]

    /// The places of all of them.
    var places: [OfferTable.Place] { matchers.flatMap(\.table.places) }
}
