import Domain

/// One search for one spec: the candidates, and the state of its constraints. See ``Matcher``.
struct PlacementSearch: Sendable {
    /// Candidates that share the value of every `GROUP_BY` field.
    private struct Group {
        /// The numbers of the values, in the order of the groupings.
        var values: [Int]
        /// The candidates, best first.
        var candidates = CandidateHeap()
    }

    private let request: LaunchRequest
    private let measure: CopyMeasure
    /// Constraints that a placement elsewhere cannot turn from refused to allowed.
    private var rules: [RuleState]
    /// `GROUP_BY` constraints.
    private var groupings: [RuleState]
    /// The app's instances at each place.
    private var instances: [Int]
    private var groups: [Group] = []
    /// The group that the candidate under consideration stands in.
    private var chosen = 0

    init(_ request: LaunchRequest, of wanted: Int, _ counter: PlacementCounter, _ table: inout OfferTable) {
        self.request = request
        self.measure = CopyMeasure(request.asked)
        var rules: [RuleState] = []
        for rule in request.rules {
            rules.append(RuleState(rule, &table, counter, wanted: wanted))
        }
        self.rules = rules.filter { !$0.isGrouping }
        self.groupings = rules.filter(\.isGrouping)
        self.instances = Array(repeating: 0, count: table.places.count)
        for (agent, count) in counter.byAgent {
            for place in table.places(on: agent) { instances[place] = count }
        }
    }

    // MARK: - Candidates

    /// Looks at every place once. This is the loop that the speed of placement hangs on: offers × specs.
    mutating func collect(from table: OfferTable) {
        let open = openPlaces(in: table)
        if groupings.isEmpty {
            groups = [Group(values: [])]
            for index in table.free.indices where open?[index] ?? true {
                let free = table.free(at: index, request.accepted)
                guard fits(free, at: index, table) else { continue }
                let copies = measure.copies(in: free)
                groups[0].candidates.append(index, instances: instances[index], copies: copies)
            }
        } else {
            collectGroups(from: table, open)
        }
        for index in groups.indices { groups[index].candidates.order() }
    }

    private mutating func collectGroups(from table: OfferTable, _ open: [Bool]?) {
        // A group's key: the numbers of its values, as the digits of one number.
        var byKey: [Int: Int] = [:]
        for index in table.free.indices where open?[index] ?? true {
            let free = table.free(at: index, request.accepted)
            guard fits(free, at: index, table) else { continue }
            var key = 0
            var isWhole = true
            for grouping in groupings.indices {
                let value = groupings[grouping].value(at: index)
                isWhole = isWhole && value != OfferTable.FieldValues.absent
                key = key &* groupings[grouping].valueCount &+ value
            }
            guard isWhole else { continue }
            let group = byKey[key] ?? groups.count
            if group == groups.count {
                byKey[key] = group
                groups.append(Group(values: groupings.map { $0.value(at: index) }))
            }
            let copies = measure.copies(in: free)
            groups[group].candidates.append(index, instances: instances[index], copies: copies)
        }
    }

    /// The places that no constraint refuses as things are; `nil` where there is no constraint that could.
    private func openPlaces(in table: OfferTable) -> [Bool]? {
        let sparesGPUs = request.sparesGPUs && !table.withGPUs.isEmpty
        let staysHome = request.staysHome && !table.remote.isEmpty
        guard !rules.isEmpty || request.isResident || sparesGPUs || staysHome else { return nil }
        var open = Array(repeating: true, count: table.places.count)
        if request.isResident {
            for index in open.indices where table.places[index].role == "*" { open[index] = false }
        }
        if sparesGPUs { for index in open.indices where table.withGPUs[index] { open[index] = false } }
        if staysHome { for index in open.indices where table.remote[index] { open[index] = false } }
        for rule in rules.indices { rules[rule].close(&open) }
        return open
    }

    /// Whether what is free at a place is enough for one instance.
    @inline(__always)
    private func fits(_ free: Resources, at index: Int, _ table: OfferTable) -> Bool {
        let asked = request.asked
        return free.cpus >= asked.cpus && free.mem >= asked.mem && free.disk >= asked.disk && free.gpus >= asked.gpus
            && table.portCount(at: index, request.accepted) >= request.ports.count
    }

    /// The best candidate that no constraint refuses.
    mutating func nextPlace() -> Int? {
        while let group = bestGroup() {
            chosen = group
            guard let index = groups[group].candidates.best else { return nil }
            guard isRefused(index) else { return index }
            dropBest()
        }
        return nil
    }

    private func isRefused(_ place: Int) -> Bool {
        for rule in rules.indices where !rules[rule].allows(rules[rule].value(at: place)) { return true }
        return false
    }

    /// The candidate under consideration is out.
    mutating func dropBest() { groups[chosen].candidates.removeBest() }

    /// The candidate under consideration was taken; it stays one if there is enough left for another instance.
    mutating func take(_ index: Int, from table: OfferTable) {
        instances[index] += 1
        for rule in rules.indices { rules[rule].add(at: index) }
        for grouping in groupings.indices { groupings[grouping].add(at: index) }
        let free = table.free(at: index, request.accepted)
        guard fits(free, at: index, table) else { return dropBest() }
        groups[chosen].candidates.replaceBest(instances: instances[index], copies: measure.copies(in: free))
    }

    /// Among the groups that are allowed and not empty: the one with the fewest instances, then with the best candidate.
    private func bestGroup() -> Int? {
        guard !groupings.isEmpty else { return groups[0].candidates.isEmpty ? nil : 0 }
        var best: (index: Int, count: Int, candidate: UInt64)?
        for index in groups.indices {
            guard let candidate = groups[index].candidates.bestKey else { continue }
            var count = 0
            var isOpen = true
            for grouping in groupings.indices where isOpen {
                let value = groups[index].values[grouping]
                isOpen = groupings[grouping].allows(value)
                count += groupings[grouping].count(of: value)
            }
            guard isOpen else { continue }
            if let found = best, (found.count, found.candidate) <= (count, candidate) { continue }
            best = (index, count, candidate)
        }
        return best?.index
    }

    // MARK: - Reasons

    /// What stands in the way of one instance more, at each place.
    func tally(of table: OfferTable) -> RefusalTally {
        var tally = RefusalTally()
        var lacking = Array(repeating: 0, count: ResourcePool.Kind.allCases.count)
        var refusedBy = Array(repeating: 0, count: rules.count + groupings.count)
        var (ports, role, gpus, remote, volumes, reservable) = (0, 0, 0, 0, 0, 0)
        let constraints = rules + groupings
        for index in table.free.indices {
            let free = table.free(at: index, request.accepted)
            let portCount = table.portCount(at: index, request.accepted)
            tally.look(at: free)
            if request.sparesGPUs, table.hasGPUs(at: index) { gpus += 1 }
            if request.staysHome, table.isRemote(at: index) { remote += 1 }
            for rule in constraints.indices where !constraints[rule].allows(constraints[rule].value(at: index)) {
                refusedBy[rule] += 1
            }
            guard !lacksRole(free, portCount) else {
                role += 1
                continue
            }
            for (number, kind) in ResourcePool.Kind.allCases.enumerated() where free[kind] < request.asked[kind] {
                lacking[number] += 1
            }
            if lacksPorts(portCount, at: index, table) { ports += 1 }
            if request.isResident, table.places[index].role == "*" { reservable += 1 }
            if free.disk >= request.asked.disk, !table.hasVolumes(of: request, at: index) { volumes += 1 }
        }
        for (number, kind) in ResourcePool.Kind.allCases.enumerated() {
            tally.refuse(.resource(kind.rawValue), times: lacking[number])
        }
        for (number, rule) in constraints.enumerated() {
            tally.refuse(.constraint(rule.rule.text), times: refusedBy[number])
        }
        tally.refuse(.ports, times: ports)
        tally.refuse(.role, times: role)
        tally.refuse(.sparedGPUs, times: gpus)
        tally.refuse(.volumes, times: volumes)
        tally.refuse(.defaultRole, times: reservable)
        tally.refuse(.otherRegion, times: remote)
        return tally
    }

    /// Whether an app that accepts only some resources finds none of them at all: that, and not an amount, is missing.
    private func lacksRole(_ free: Resources, _ ports: Int) -> Bool {
        request.accepted != .any && free == .zero && ports == 0
    }

    private func lacksPorts(_ count: Int, at index: Int, _ table: OfferTable) -> Bool {
        guard count >= request.ports.count else { return true }
        return request.needsPort && table.ports(at: index, for: request.ports, request.accepted) == nil
    }
}

/// How many copies of an instance fit, to rank places by: a product for each resource in place of a division.
private struct CopyMeasure: Sendable {
    private let perCPU: Double
    private let perMem: Double
    private let perDisk: Double
    private let perGPU: Double

    init(_ asked: Resources) {
        perCPU = CopyMeasure.inverse(asked.cpus)
        perMem = CopyMeasure.inverse(asked.mem)
        perDisk = CopyMeasure.inverse(asked.disk)
        perGPU = CopyMeasure.inverse(asked.gpus)
    }

    /// What is not asked for does not count.
    private static func inverse(_ amount: Int64) -> Double { amount > 0 ? 1 / Double(amount) : .infinity }

    @inline(__always)
    func copies(in free: Resources) -> Int64 {
        var copies = 1e9
        if perCPU < .infinity { copies = min(copies, Double(free.cpus) * perCPU) }
        if perMem < .infinity { copies = min(copies, Double(free.mem) * perMem) }
        if perDisk < .infinity { copies = min(copies, Double(free.disk) * perDisk) }
        if perGPU < .infinity { copies = min(copies, Double(free.gpus) * perGPU) }
        return Int64(copies)
    }
}
