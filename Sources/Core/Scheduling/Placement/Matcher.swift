import Domain

/// Finds places for the instances of one spec among the offers of a turn.
///
/// Every place that has enough is a candidate. The best one is that with the fewest instances of the app, then the one
/// where most copies of it fit, then the one that was offered first: instances spread, and the cluster fills evenly.
/// One search looks at every place once, then takes the best ones off a heap, however many instances it places.
///
/// Constraints are looked at when a candidate comes to its turn. One that they refuse is dropped: a further placement
/// never turns `UNIQUE`, `CLUSTER` or `MAX_PER` from refused to allowed. `GROUP_BY` can turn, so candidates stand in one
/// heap for each group, and the groups that are allowed are looked at again before every placement, emptiest first.
struct Matcher: Sendable {
    /// A place that was found, with what was cut out of it.
    struct Assignment: Sendable {
        /// The place's index in the table.
        var place: Int
        /// The ports, in the order of the definition.
        var ports: [Int]
        /// The resources.
        var resources: [MesosResource]
    }

    /// What a search found.
    struct Result: Sendable {
        /// Places, in the order in which they were taken.
        var assignments: [Assignment] = []
        /// What stood in the way at the places that were refused.
        var tally = RefusalTally()
    }

    /// The offers.
    var table: OfferTable

    /// Finds places for up to `limit` instances and cuts their shares out of the table.
    /// - Parameter counter: how the app's instances are spread so far.
    mutating func place(_ request: LaunchRequest, limit: Int, counter: PlacementCounter) -> Result {
        var search = Search(request: request, counter: counter)
        search.collect(from: &table)
        while search.result.assignments.count < limit, let index = search.nextPlace(in: table) {
            guard let ports = table.ports(at: index, for: request.ports) else {
                search.dropBest(because: .ports)
                continue
            }
            let pieces = table.cut(request.asked, ports: ports, at: index)
            search.take(Assignment(place: index, ports: ports, resources: pieces), from: table)
        }
        search.refuseClosedGroups()
        return search.result
    }
}

/// One search for one spec.
private struct Search {
    /// Candidates that share the value of every `GROUP_BY` field.
    struct Group {
        /// The values, in the order of the request's groupings.
        var values: [String]
        /// The candidates, best first.
        var candidates = CandidateHeap()
    }

    let request: LaunchRequest
    var counter: PlacementCounter
    var result = Matcher.Result()
    private var groups: [Group] = []
    /// The group that the candidate under consideration stands in.
    private var chosen = 0

    init(request: LaunchRequest, counter: PlacementCounter) {
        self.request = request
        self.counter = counter
    }

    /// Looks at every place once.
    mutating func collect(from table: inout OfferTable) {
        let fields = request.groupings.map { table.values(of: $0.field) }
        var byValues: [[Int]: Int] = [:]
        if fields.isEmpty { groups = [Group(values: [])] }
        for index in table.places.indices {
            let free = table.free[index]
            result.tally.look(at: free)
            guard free.covers(request.asked), table.portCounts[index] >= request.ports.count else {
                result.tally.refuse(free, table.portCounts[index], for: request)
                continue
            }
            guard let group = group(of: index, fields, &byValues) else { continue }
            let count = counter.byAgent.isEmpty ? 0 : counter.byAgent[table.places[index].agent.id] ?? 0
            groups[group].candidates.append(index, instances: count, copies: free.count(of: request.asked))
        }
        for index in groups.indices { groups[index].candidates.order() }
    }

    /// The group that a place belongs to; `nil`, with a refusal, where the agent lacks a field that groups.
    private mutating func group(
        of place: Int,
        _ fields: [OfferTable.FieldValues],
        _ byValues: inout [[Int]: Int]
    ) -> Int? {
        guard !fields.isEmpty else { return 0 }
        let indices = fields.compactMap { $0.indices[place] }
        guard indices.count == fields.count else {
            for (rule, field) in zip(request.groupings, fields) where field.indices[place] == nil {
                result.tally.refuse(.constraint(rule.text))
            }
            return nil
        }
        if let known = byValues[indices] { return known }
        byValues[indices] = groups.count
        groups.append(Group(values: zip(indices, fields).map { $1.values[$0] }))
        return groups.count - 1
    }

    /// The best candidate that no constraint refuses.
    mutating func nextPlace(in table: OfferTable) -> Int? {
        while let group = bestGroup() {
            chosen = group
            guard let index = groups[group].candidates.best else { return nil }
            guard let refused = rule(refusing: table.places[index].agent) else { return index }
            dropBest(because: .constraint(refused.text))
        }
        return nil
    }

    /// The candidate under consideration is out.
    mutating func dropBest(because reason: Refusal) {
        result.tally.refuse(reason)
        groups[chosen].candidates.removeBest()
    }

    /// The candidate under consideration was taken; it stays one if there is enough left for another instance.
    mutating func take(_ assignment: Matcher.Assignment, from table: OfferTable) {
        let index = assignment.place
        let agent = table.places[index].agent
        counter.add(agent)
        result.assignments.append(assignment)
        let free = table.free[index]
        guard free.covers(request.asked), table.portCounts[index] >= request.ports.count else {
            result.tally.refuse(free, table.portCounts[index], for: request)
            return groups[chosen].candidates.removeBest()
        }
        groups[chosen].candidates.replaceBest(
            instances: counter.byAgent[agent.id] ?? 0,
            copies: free.count(of: request.asked)
        )
    }

    /// Candidates that are left stand in groups that are full.
    mutating func refuseClosedGroups() {
        for group in groups where !group.candidates.isEmpty {
            for rule in closed(group.values) {
                result.tally.refuse(.constraint(rule.text), times: group.candidates.count)
            }
        }
    }

    private func rule(refusing agent: Agent) -> ConstraintRule? {
        request.rules.first { rule in
            let counts = rule.isCounting ? counter.counts(of: rule.field) ?? [:] : [:]
            return !rule.allows(agent.value(of: rule.field), counts: counts, wanted: request.spec.app.instances)
        }
    }

    /// Among the groups that are allowed and not empty: the one with the fewest instances, then with the best candidate.
    private func bestGroup() -> Int? {
        guard !request.groupings.isEmpty else { return groups[0].candidates.isEmpty ? nil : 0 }
        var best: (index: Int, count: Int, candidate: UInt64)?
        for (index, group) in groups.enumerated() {
            guard let candidate = group.candidates.bestKey, closed(group.values).isEmpty else { continue }
            let count = zip(request.groupings, group.values).reduce(0) { sum, pair in
                sum + (counter.counts(of: pair.0.field)?[pair.1] ?? 0)
            }
            if let found = best, (found.count, found.candidate) <= (count, candidate) { continue }
            best = (index, count, candidate)
        }
        return best?.index
    }

    /// The groupings that allow no further instance in the group of these values.
    private func closed(_ values: [String]) -> [ConstraintRule] {
        zip(request.groupings, values).compactMap { rule, value in
            let counts = counter.counts(of: rule.field) ?? [:]
            return rule.allows(value, counts: counts, wanted: request.spec.app.instances) ? nil : rule
        }
    }
}
