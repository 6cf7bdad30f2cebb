import Domain

/// One constraint within one search: values are numbers there, and what is counted changes with each placement.
/// ``ConstraintRule/allows(_:counts:wanted:)`` is the rule; this is the same, quicker.
struct RuleState: Sendable {
    /// How a value's verdict is found.
    private enum Verdict: Sendable {
        /// It is known for each value.
        case known([Bool])
        /// Nobody counted has the value.
        case unique
        /// The value is the one of most counted instances, or nobody is counted.
        case together(leader: Int?, isBound: Bool)
        /// Fewer than this many have the value.
        case atMost(Int)
        /// Spread over values.
        case spread(Spread)
    }

    /// The constraint.
    let rule: ConstraintRule
    private let field: OfferTable.FieldValues
    /// Counted instances by the value's number; empty where the rule does not count.
    private var counts: [Int] = []
    private var verdict: Verdict

    init(_ rule: ConstraintRule, _ table: inout OfferTable, _ counter: PlacementCounter, wanted: Int) {
        self.rule = rule
        self.field = table.values(of: rule.field)
        guard rule.isCounting else {
            self.verdict = .known(table.verdicts(of: rule))
            return
        }
        let counted = counter.counts(of: rule.field) ?? [:]
        var counts = Array(repeating: 0, count: field.values.count)
        var elsewhere: [Int] = []
        for (value, count) in counted {
            if let number = field.number(of: value) { counts[number] = count } else { elsewhere.append(count) }
        }
        self.counts = counts
        switch rule.kind {
        case .unique: self.verdict = .unique
        case .maxPer(let most): self.verdict = .atMost(most)
        case .groupBy(let groups):
            self.verdict = .spread(Spread(over: groups, wanted: wanted, counts: counts.dropFirst() + elsewhere))
        case .cluster, .like, .unlike, .isValue, .broken:
            let leader = ConstraintRule.leader(of: counted)
            self.verdict = .together(leader: leader.flatMap(field.number), isBound: leader != nil)
        }
    }

    /// Whether a value that is refused now can be right after the next placement.
    var isGrouping: Bool { rule.isGrouping }

    /// The number of a place's value.
    func value(at place: Int) -> Int { field.numbers[place] }

    /// Counted instances with a value.
    func count(of value: Int) -> Int { counts[value] }

    /// Whether one more instance may go where the value is the one of this number.
    func allows(_ value: Int) -> Bool {
        if case .known(let verdicts) = verdict { return verdicts[value] }
        guard value != OfferTable.FieldValues.absent else { return false }
        return switch verdict {
        case .known(let verdicts): verdicts[value]
        case .unique: counts[value] == 0
        case .together(let leader, let isBound): !isBound || leader == value
        case .atMost(let most): counts[value] < most
        case .spread(let spread): spread.allows(counts[value])
        }
    }

    /// How many numbers of values there are.
    var valueCount: Int { field.values.count }

    /// Marks the places that the rule refuses as things are.
    func close(_ open: inout [Bool]) {
        let verdicts = field.values.indices.map(allows)
        for (place, value) in field.numbers.enumerated() where !verdicts[value] { open[place] = false }
    }

    /// Counts an instance that is placed.
    mutating func add(at place: Int) {
        guard !counts.isEmpty else { return }
        let value = field.numbers[place]
        guard value != OfferTable.FieldValues.absent else { return }
        counts[value] += 1
        switch verdict {
        case .known, .unique, .atMost: return
        case .together(_, let isBound):
            if !isBound { verdict = .together(leader: value, isBound: true) }
        case .spread(var spread):
            verdict = .unique
            spread.add(counts[value] - 1)
            verdict = .spread(spread)
        }
    }
}

/// `GROUP_BY`: how many values are in use, and how evenly, without looking at each of them.
struct Spread: Sendable {
    private let groups: Int?
    private let share: Int
    private let remainder: Int
    /// How many values have this many instances, for each number of instances above none.
    private var valuesByCount: [Int: Int] = [:]
    private var used = 0
    private var overShare = 0
    private var least = 0

    /// - Parameters:
    ///   - groups: over how many values; `nil` for as many as there are.
    ///   - counts: the instances of each value; values without any may be among them.
    init(over groups: Int?, wanted: Int, counts: some Sequence<Int>) {
        self.groups = groups
        (self.share, self.remainder) = groups.map { wanted.quotientAndRemainder(dividingBy: $0) } ?? (0, 0)
        for count in counts where count > 0 {
            used += 1
            valuesByCount[count, default: 0] += 1
            if count > share { overShare += 1 }
        }
        least = valuesByCount.keys.min() ?? 0
    }

    /// Whether a value with this many instances may have one more.
    func allows(_ count: Int) -> Bool {
        guard let groups else { return count == 0 || count == least }
        guard count > 0 || used < groups else { return false }
        return count < share || count == share && overShare < remainder
    }

    /// A value that had this many instances has one more.
    mutating func add(_ count: Int) {
        if count == 0 { used += 1 } else { remove(count) }
        valuesByCount[count + 1, default: 0] += 1
        if count == share { overShare += 1 }
        if count == 0 || valuesByCount[least] == nil { least = count == 0 ? 1 : least + 1 }
    }

    private mutating func remove(_ count: Int) {
        let rest = (valuesByCount[count] ?? 0) - 1
        valuesByCount[count] = rest > 0 ? rest : nil
    }
}
