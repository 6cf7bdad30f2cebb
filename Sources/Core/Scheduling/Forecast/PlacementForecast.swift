package import Domain

/// Where the new tasks of a spec would find places, by the matcher that places them, on the agents that are known.
package struct PlacementForecast: Hashable, Sendable {
    /// New tasks of one spec.
    package struct Question: Sendable {
        /// The spec, with the number of instances that is in force.
        package var spec: Spec
        /// How many new tasks are started.
        package var starts: Int
        /// Whether all of the app's present instances stay until one of the new ones is healthy.
        package var isBeside: Bool

        /// New tasks.
        package init(spec: Spec, starts: Int, isBeside: Bool = false) {
            self.spec = spec
            self.starts = starts
            self.isBeside = isBeside
        }
    }

    /// The role that offers are for.
    package var role: String
    /// How many agents have made an offer for that role: with none, nothing else is known.
    package var agents: Int
    /// How many of the new tasks fit beside what runs.
    package var fits: Int
    /// What stands in the way of one more; `nil` where all fit, or no agent is known.
    package var missing: RefusalReport?
    /// How many of all its instances would fit if nothing else ran on these agents.
    package var most: Int
    /// What stands in the way of one more then; `nil` where all fit, or no agent is known.
    package var impossible: RefusalReport?
    /// What stands in the way of a first new task beside the app's present ones, which stay until it is healthy, if nothing
    /// else ran; `nil` where one fits, where no such step is needed, or no agent is known.
    package var crowded: RefusalReport?
}

extension Scheduler {
    /// How many agents may be looked at for all questions together: a forecast is made in a turn, which others wait for.
    static let forecastPlaces = 1_000_000

    /// Where the new tasks of several specs would find places, one spec after the other: what one takes is not there for the
    /// next. Changes nothing.
    /// - Returns: a forecast for each question; `nil` for those that there are too many of.
    package func forecast(_ questions: [PlacementForecast.Question]) -> [PlacementForecast?] {
        var scratch = self
        var now: [String: Matcher] = [:]
        var places = 0
        return questions.map { question in
            let request = LaunchRequest(question.spec, settings: settings)
            let views = known.views(for: request.role)
            places += views.count
            guard places <= Scheduler.forecastPlaces else { return nil }
            var matcher = now[request.role] ?? Matcher(table: table(of: views, request.role, \.left))
            let forecast = scratch.forecast(question, request, views, &matcher)
            now[request.role] = matcher
            return forecast
        }
    }

    private mutating func forecast(
        _ question: PlacementForecast.Question,
        _ request: LaunchRequest,
        _ views: [KnownAgents.View],
        _ now: inout Matcher
    ) -> PlacementForecast {
        let wanted = question.spec.app.instances
        var forecast = PlacementForecast(role: request.role, agents: views.count, fits: 0, most: 0)
        guard !views.isEmpty else { return forecast }
        let (app, digest) = (question.spec.id, question.spec.digest)
        book.learn(digest, restart: question.spec.restartDigest)
        let counter = book.counter(of: app, under: digest, tracking: request.countedFields)
        let found = now.place(request, of: wanted, limit: question.starts, counter: counter)
        forecast.fits = found.assignments.count
        forecast.missing = found.tally.map { RefusalReport($0, request) }
        // What runs already has shown that it fits.
        var empty = PlacementCounter()
        for field in request.countedFields { empty.track(field, over: []) }
        let isOnlyReserved = request.accepted.reserved && !request.accepted.unreserved
        var whole = Matcher(
            table: table(of: views, request.role) { capacity(of: $0, request.role, asReserved: isOnlyReserved) }
        )
        let possible = whole.place(request, of: wanted, limit: wanted, counter: empty)
        forecast.most = possible.assignments.count
        forecast.impossible = possible.tally.map { RefusalReport($0, request) }
        guard question.isBeside, possible.tally == nil else { return forecast }
        var beside = Matcher(
            table: table(of: views, request.role) {
                capacity(of: $0, request.role, asReserved: isOnlyReserved, but: app)
            }
        )
        let step = beside.place(request, of: wanted, limit: 1, counter: counter)
        forecast.crowded = step.tally.map { RefusalReport($0, request) }
        return forecast
    }

    private func table(
        of views: [KnownAgents.View],
        _ role: String,
        _ resources: (KnownAgents.View) -> [MesosResource]
    ) -> OfferTable {
        let offers = views.map { view in
            Offer(id: OfferID(view.agent.id.rawValue), agent: view.agent, resources: resources(view), role: role)
        }
        return OfferTable(offers, home: connection.master.region) { portStart(on: $0) }
    }

    /// What an agent would offer if nothing of ours ran there, as far as that is known: what was left of its offers, with what
    /// our own tasks use. What others use is known where they once left it.
    /// - Parameter kept: An app whose tasks stay where they are.
    private func capacity(
        of view: KnownAgents.View,
        _ role: String,
        asReserved: Bool,
        but kept: AppID? = nil
    ) -> [MesosResource] {
        var own = Resources.zero
        var ports: [Int] = []
        let holders = Set(book.tasks(on: view.agent.id).compactMap { book.owner(of: $0)?.id }).sorted()
        for instance in holders.compactMap({ book[$0] }) {
            guard instance.id.app != kept else { continue }
            own = own + (requests[instance.digest]?.asked ?? .zero)
            ports += instance.task?.ports ?? []
        }
        let free = ResourcePool(view.left, role: role).free
        // What was left before the app's own tasks were there is not left beside them.
        let known = kept == nil ? (free + own).orMore(view.most) : free + own
        let reservations =
            asReserved ? [MesosResource.Reservation(role: role, isDynamic: false, principal: nil)] : []
        var added = ResourcePool.Kind.allCases.map { kind in
            MesosResource(name: kind.rawValue, value: .scalar(known[kind] - free[kind]), reservations: reservations)
        }
        let ranges = PortAllocator.ranges(of: Set(ports).sorted())
        if !ranges.isEmpty {
            added.append(MesosResource(name: "ports", value: .ranges(ranges), reservations: reservations))
        }
        return view.left + added.filter { $0.value != .scalar(0) }
    }
}

extension RefusalReport {
    /// What stands in the way at the places of a forecast.
    fileprivate init(_ tally: RefusalTally, _ request: LaunchRequest) {
        self.init(
            since: Instant(milliseconds: 0),
            offers: 0,
            reasons: [:],
            asked: request.asked,
            best: .zero,
            role: request.role
        )
        add(tally)
    }
}
