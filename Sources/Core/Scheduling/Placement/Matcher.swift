import Domain

/// Finds places for the instances of one spec among the offers of a turn.
///
/// Every place that has enough is a candidate. The best one is that with the fewest instances of the app, then the one
/// where most copies of it fit, then the one that was offered first: instances spread, and the cluster fills evenly.
/// One search looks at every place once, then takes the best ones off a heap, however many instances it places.
///
/// Constraints that do not count are looked at first, once for each value of their field. Those that count are looked at
/// when a candidate comes to its turn, and one that they refuse is dropped: a further placement never turns `UNIQUE`,
/// `CLUSTER` or `MAX_PER` from refused to allowed. `GROUP_BY` can turn, so candidates stand in one heap for each group,
/// and the groups that are allowed are looked at again before every placement, emptiest first.
///
/// Only a search that leaves something unplaced says why, in a pass of its own over all places.
struct Matcher: Sendable {
    /// A place that was found, with what was cut out of it.
    struct Assignment: Sendable {
        /// The place's index in the table.
        var place: Int
        /// The ports, in the order of the definition.
        var ports: [Int]
        /// The resources, for each of the request's shares; the ports are with the first.
        var shares: [[MesosResource]]
        /// The disk for each volume, in the order of the definition.
        var volumes: [MesosResource]
    }

    /// What a search found.
    struct Result: Sendable {
        /// Places, in the order in which they were taken.
        var assignments: [Assignment] = []
        /// What stands in the way of one instance more; `nil` where all were placed.
        var tally: RefusalTally?
    }

    /// The offers.
    var table: OfferTable

    /// Finds places for up to `limit` instances and cuts their shares out of the table.
    /// - Parameters:
    ///   - wanted: how many instances the app shall have in all.
    ///   - counter: how the app's instances are spread so far.
    mutating func place(
        _ request: LaunchRequest,
        of wanted: Int,
        limit: Int,
        counter: PlacementCounter
    ) -> Result {
        var search = PlacementSearch(request, of: wanted, counter, &table)
        var result = Result()
        search.collect(from: table)
        while result.assignments.count < limit, let index = search.nextPlace() {
            guard let ports = table.ports(at: index, for: request.ports, request.accepted),
                let volumes = table.cutVolumes(of: request, at: index)
            else {
                search.dropBest()
                continue
            }
            let shares = table.cut(request, ports: ports, at: index)
            result.assignments.append(Assignment(place: index, ports: ports, shares: shares, volumes: volumes))
            search.take(index, from: table)
        }
        if result.assignments.count < limit { result.tally = search.tally(of: table) }
        return result
    }
}
