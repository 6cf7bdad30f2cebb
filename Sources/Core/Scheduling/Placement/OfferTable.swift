import Domain

/// The offers of one turn, put together by agent: Mesos lets several offers of one agent and role be accepted as one.
struct OfferTable: Sendable {
    /// One agent's offers for one role.
    struct Place: Sendable {
        /// The agent.
        let agent: Agent
        /// The role that its offers are allocated to.
        let role: String
        /// Its offers.
        var offers: [OfferID]
        /// What is left of them.
        var pool: ResourcePool
        /// What is done there before tasks are launched.
        var preparations: [OfferOperation] = []
        /// The tasks that are launched there by themselves.
        var launches: [TaskDescription] = []
        /// The task groups that are launched there.
        var groups: [OfferOperation] = []
        /// Where the search for the next free port begins.
        var portStart: Int

        /// Everything that is done there, in its order.
        var operations: [OfferOperation] {
            preparations + (launches.isEmpty ? [] : [.launch(launches)]) + groups
        }
    }

    /// A field's value for every place, as a number: places with equal values have equal numbers.
    struct FieldValues: Sendable {
        /// The number of a field that an agent does not have.
        static let absent = 0
        /// For every place the number of its value.
        fileprivate(set) var numbers: [Int] = []
        /// The values by number; the first one is `nil`.
        fileprivate(set) var values: [String?] = [nil]
        fileprivate var byValue: [String: Int] = [:]

        /// The number of a value; `nil` where no place has it.
        func number(of value: String) -> Int? { byValue[value] }
    }

    /// The places, in the order in which their first offers came.
    private(set) var places: [Place] = []
    /// The usable amounts that are left at each place: beside ``places``, because every search runs through all of them.
    private(set) var free: [Resources] = []
    /// The usable ports that are left at each place.
    private(set) var portCounts: [Int] = []
    /// The places that have GPUs; empty where none has.
    private(set) var withGPUs: [Bool] = []
    /// The places that are in another region than the masters; empty where none is.
    private(set) var remote: [Bool] = []
    private var placesByAgent: [AgentID: [Int]] = [:]
    private var fieldValues: [String: FieldValues] = [:]
    private var verdicts: [Constraint: [Bool]] = [:]

    /// Puts offers together.
    /// - Parameters:
    ///   - home: the masters' region, where operators have set one.
    ///   - portStart: where the search for free ports begins on an agent.
    init(_ offers: [Offer], home: String? = nil, portStart: (AgentID) -> Int) {
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
            placesByAgent[agent.id, default: []].append(places.count)
            places.append(
                Place(
                    agent: agent,
                    role: group[0].role,
                    offers: group.map(\.id),
                    pool: pool,
                    portStart: portStart(agent.id)
                )
            )
            free.append(pool.free)
            portCounts.append(pool.portCount)
        }
        if places.contains(where: \.pool.hasGPUs) { withGPUs = places.map(\.pool.hasGPUs) }
        guard let home, places.contains(where: { $0.agent.isRemote(from: home) }) else { return }
        remote = places.map { $0.agent.isRemote(from: home) }
    }

    /// An agent's places.
    func places(on agent: AgentID) -> [Int] { placesByAgent[agent] ?? [] }

    /// The amounts that are left at a place of what is accepted.
    @inline(__always)
    func free(at index: Int, _ accepted: AcceptedRoles) -> Resources {
        accepted == .any ? free[index] : places[index].pool.free(accepted)
    }

    /// The ports that are left at a place of what is accepted.
    @inline(__always)
    func portCount(at index: Int, _ accepted: AcceptedRoles) -> Int {
        accepted == .any ? portCounts[index] : places[index].pool.portCount(accepted)
    }

    /// Whether a place has GPUs, used or not.
    func hasGPUs(at index: Int) -> Bool { !withGPUs.isEmpty && withGPUs[index] }

    /// Whether a place is in another region than the masters.
    func isRemote(at index: Int) -> Bool { !remote.isEmpty && remote[index] }

    // MARK: - Fields

    /// Every place's value of a field.
    mutating func values(of field: String) -> FieldValues {
        if let known = fieldValues[field] { return known }
        var result = FieldValues()
        result.numbers.reserveCapacity(places.count)
        for place in places {
            guard let value = place.agent.value(of: field) else {
                result.numbers.append(FieldValues.absent)
                continue
            }
            let number = result.byValue[value] ?? result.values.count
            if number == result.values.count {
                result.byValue[value] = number
                result.values.append(value)
            }
            result.numbers.append(number)
        }
        fieldValues[field] = result
        return result
    }

    /// What a rule that does not count says of every value of its field, by the value's number. Each rule looks at each
    /// value once a turn, however many apps have it: patterns are slow.
    mutating func verdicts(of rule: ConstraintRule) -> [Bool] {
        if let known = verdicts[rule.constraint] { return known }
        let result = values(of: rule.field).values.map { rule.allows($0, counts: [:], wanted: 0) }
        verdicts[rule.constraint] = result
        return result
    }

    // MARK: - Cutting

    /// Ports at a place for `requests`; `nil` where they cannot be had.
    func ports(at index: Int, for requests: [Int?], _ accepted: AcceptedRoles) -> [Int]? {
        guard !requests.isEmpty else { return [] }
        return PortAllocator.pick(
            requests,
            from: places[index].pool.ports(accepted),
            startingAt: places[index].portStart
        )
    }

    /// Cuts an instance's shares out of a place, and its ports with the first of them.
    mutating func cut(_ request: LaunchRequest, ports: [Int], at index: Int) -> [[MesosResource]] {
        let pieces = request.shares.enumerated().map { number, share in
            places[index].pool.cut(share, ports: number == 0 ? ports : [], request.accepted)
        }
        free[index] = places[index].pool.free
        portCounts[index] = places[index].pool.portCount
        if let last = ports.last { places[index].portStart = last + 1 }
        return pieces
    }

    /// Cuts the disk for a spec's volumes out of a place; `nil`, and nothing is cut, where it is not there.
    mutating func cutVolumes(of request: LaunchRequest, at index: Int) -> [MesosResource]? {
        guard request.isResident else { return [] }
        return places[index].pool.cutVolumes(request.volumes)
    }

    /// Whether a place has the disks for a spec's volumes.
    func hasVolumes(of request: LaunchRequest, at index: Int) -> Bool {
        guard request.isResident else { return true }
        var pool = places[index].pool
        return pool.cutVolumes(request.volumes) != nil
    }

    /// Notes what is done at a place: what launches comes after what prepares it.
    mutating func note(_ operation: OfferOperation, at index: Int) {
        switch operation {
        case .launch(let tasks): places[index].launches += tasks
        case .launchGroup: places[index].groups.append(operation)
        case .reserve, .create, .destroy, .unreserve: places[index].preparations.append(operation)
        }
    }
}

extension Agent {
    /// Whether the agent is in another region. One that names none is where the masters are, as Mesos has it.
    fileprivate func isRemote(from home: String) -> Bool { region.map { $0 != home } ?? false }
}
