import Domain

/// The offers of one turn, put together by agent: Mesos lets several offers of one agent be accepted as one.
struct OfferTable: Sendable {
    /// One agent's offers.
    struct Place: Sendable {
        /// The agent.
        let agent: Agent
        /// Its offers.
        var offers: [OfferID]
        /// What is left of them.
        var pool: ResourcePool
        /// The tasks that are launched there.
        var launches: [TaskDescription] = []
        /// Where the search for the next free port begins.
        var portStart: Int
    }

    /// A field's value for every place, as a number: places with equal values have equal numbers.
    struct FieldValues: Sendable {
        /// For every place the index of its value in ``values``; `nil` where the agent has none.
        var indices: [Int?] = []
        /// The values.
        var values: [String] = []
    }

    /// The places, in the order in which their first offers came.
    private(set) var places: [Place] = []
    /// The usable amounts that are left at each place: beside ``places``, because every search runs through all of them.
    private(set) var free: [Resources] = []
    /// The usable ports that are left at each place.
    private(set) var portCounts: [Int] = []
    private var fieldValues: [String: FieldValues] = [:]

    /// Puts offers together.
    /// - Parameter portStart: where the search for free ports begins on an agent.
    init(_ offers: [Offer], portStart: (AgentID) -> Int) {
        struct Key: Hashable {
            var agent: AgentID
            var role: String
        }
        var groups: [[Offer]] = []
        var indices: [Key: Int] = [:]
        for offer in offers {
            let key = Key(agent: offer.agent.id, role: offer.role)
            if let index = indices[key] {
                groups[index].append(offer)
            } else {
                indices[key] = groups.count
                groups.append([offer])
            }
        }
        places.reserveCapacity(groups.count)
        for group in groups {
            let pool = ResourcePool(group.flatMap(\.resources), role: group[0].role)
            let agent = group[0].agent
            places.append(
                Place(agent: agent, offers: group.map(\.id), pool: pool, portStart: portStart(agent.id))
            )
            free.append(pool.free)
            portCounts.append(pool.portCount)
        }
    }

    /// Every place's value of a field.
    mutating func values(of field: String) -> FieldValues {
        if let known = fieldValues[field] { return known }
        var result = FieldValues()
        var numbers: [String: Int] = [:]
        for place in places {
            guard let value = place.agent.value(of: field) else {
                result.indices.append(nil)
                continue
            }
            let number = numbers[value] ?? result.values.count
            if number == result.values.count {
                numbers[value] = number
                result.values.append(value)
            }
            result.indices.append(number)
        }
        fieldValues[field] = result
        return result
    }

    /// Ports at a place for `requests`; `nil` where they cannot be had.
    func ports(at index: Int, for requests: [Int?]) -> [Int]? {
        guard !requests.isEmpty else { return [] }
        return PortAllocator.pick(requests, from: places[index].pool.ports, startingAt: places[index].portStart)
    }

    /// Cuts a task's share out of a place.
    mutating func cut(_ asked: Resources, ports: [Int], at index: Int) -> [MesosResource] {
        let pieces = places[index].pool.cut(asked, ports: ports)
        free[index] = places[index].pool.free
        portCounts[index] = places[index].pool.portCount
        if let last = ports.last { places[index].portStart = last + 1 }
        return pieces
    }

    /// Notes a task that is launched at a place.
    mutating func launch(_ task: TaskDescription, at index: Int) { places[index].launches.append(task) }
}
