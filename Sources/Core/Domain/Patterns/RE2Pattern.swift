/// A pattern in the words of RE2, which Mesos matches whole values with, where RE2 surely takes as much or as little of
/// them as ``PatternMatcher`` does.
///
/// The two differ in what `.` and negated classes leave out, and RE2 has limits of its own: a Mesos master refuses all that
/// a framework says together with one pattern that becomes too large (`--offer_constraints_re2_max_mem`, 4096 bytes,
/// and `--offer_constraints_re2_max_program_size`, 100). So only small patterns of ASCII are put into its words.
package struct RE2Pattern: Sendable {
    /// Which values RE2 may match besides or instead.
    package enum Bound: Sendable {
        /// All that the pattern matches, and perhaps more.
        case atLeast
        /// Nothing but what the pattern matches, and perhaps less.
        case atMost
    }

    /// Steps of RE2's program that a pattern may take, as counted here: about half of what fits into its memory.
    private static let mostSteps = 32

    private let bound: Bound
    private var steps = 0

    private init(_ bound: Bound) { self.bound = bound }

    /// The pattern for RE2; `nil` where it cannot be said, or not within RE2's limits.
    package static func text(_ pattern: String, _ bound: Bound) -> String? {
        var parser = PatternParser(pattern)
        guard let tree = try? parser.parse() else { return nil }
        var translation = RE2Pattern(bound)
        guard let text = translation.text(of: tree), translation.steps <= mostSteps else { return nil }
        return text
    }

    /// The one text that the pattern matches; `nil` where it matches others as well, or none.
    package static func literal(_ pattern: String) -> String? {
        var parser = PatternParser(pattern)
        guard let tree = try? parser.parse() else { return nil }
        var scalars = String.UnicodeScalarView()
        for part in tree.parts {
            guard case .set(let set) = part, let scalar = set.onlyScalar else { return nil }
            scalars.append(scalar)
        }
        return scalars.isEmpty ? nil : String(scalars)
    }

    // MARK: - Trees

    private mutating func text(of tree: PatternTree) -> String? {
        steps += 1
        guard steps <= RE2Pattern.mostSteps else { return nil }
        switch tree {
        case .empty: return ""
        case .start: return "^"
        // RE2's is the very end.
        case .end: return bound == .atLeast ? "" : "$"
        case .veryEnd: return "$"
        case .set(let set): return text(of: set)
        case .sequence(let parts): return joined(parts, with: "")
        case .either(let branches): return joined(branches, with: "|").map { "(?:\($0))" }
        case .repeated(.empty, _, _): return ""
        case .repeated(let part, let least, let most): return text(of: part, from: least, to: most)
        }
    }

    private mutating func joined(_ trees: [PatternTree], with separator: String) -> String? {
        var texts: [String] = []
        for tree in trees {
            guard let text = text(of: tree) else { return nil }
            texts.append(text)
        }
        return texts.joined(separator: separator)
    }

    private mutating func text(of part: PatternTree, from least: Int, to most: Int?) -> String? {
        let before = steps
        guard let text = text(of: part) else { return nil }
        guard !text.isEmpty else { return "" }
        let copies = max(1, most ?? least + 1)
        steps += (steps - before + 1) * (copies - 1)
        switch (least, most) {
        case (0, nil): return "(?:\(text))*"
        case (1, nil): return "(?:\(text))+"
        case (0, 1): return "(?:\(text))?"
        case (_, nil): return "(?:\(text)){\(least),}"
        case (_, let most?): return "(?:\(text)){\(least),\(most)}"
        }
    }

    // MARK: - Sets

    private mutating func text(of set: ScalarSet) -> String? {
        guard set != .dot else { return bound == .atMost ? "[ -~]" : anyCharacter() }
        guard !set.isNegated else { return bound == .atMost ? nil : anyCharacter() }
        var ranges = set.ranges
        if set.ignoresCase {
            let others = ranges.map(\.otherCase)
            guard others.allSatisfy({ $0 != nil }) else { return nil }
            ranges += others.compactMap(\.self).filter { !ranges.contains($0) }
        }
        guard ranges.allSatisfy({ $0.upperBound < 128 }) else { return nil }
        steps += ranges.count - 1
        let parts = ranges.map { range in
            let (first, last) = (RE2Pattern.escaped(range.lowerBound), RE2Pattern.escaped(range.upperBound))
            return range.count == 1 ? first : "\(first)-\(last)"
        }
        return ranges.count == 1 && ranges[0].count == 1 ? parts[0] : "[\(parts.joined())]"
    }

    /// One byte or more: no character has less.
    private mutating func anyCharacter() -> String {
        steps += 1
        return "\\C+"
    }

    /// An ASCII character so that it means itself, within a class and outside.
    private static func escaped(_ value: UInt32) -> String {
        if ScalarSet.wordCharacters.ranges.contains(where: { $0.contains(value) }) {
            return String(UnicodeScalar(UInt8(value)))
        }
        return "\\x" + (value < 16 ? "0" : "") + String(value, radix: 16)
    }
}

extension PatternTree {
    /// The parts that a whole text is made of, one after the other. A flag for all of it leaves an empty one.
    fileprivate var parts: [PatternTree] {
        switch self {
        case .sequence(let parts): parts.filter { $0 != .empty }
        case .empty: []
        default: [self]
        }
    }
}

extension ScalarSet {
    /// The ASCII character that alone is in the set.
    fileprivate var onlyScalar: Unicode.Scalar? {
        guard ranges.count == 1, ranges[0].count == 1, !isNegated, ranges[0].lowerBound < 128 else { return nil }
        guard !ignoresCase || ranges[0].otherCase == ranges[0] else { return nil }
        return Unicode.Scalar(UInt8(ranges[0].lowerBound))
    }
}

extension ClosedRange<UInt32> {
    /// The same in the other case; itself where it has no letters, `nil` where it has others besides.
    fileprivate var otherCase: ClosedRange<UInt32>? {
        let (upper, lower): (ClosedRange<UInt32>, ClosedRange<UInt32>) = (65...90, 97...122)
        if upper.contains(lowerBound), upper.contains(upperBound) { return lowerBound + 32...upperBound + 32 }
        if lower.contains(lowerBound), lower.contains(upperBound) { return lowerBound - 32...upperBound - 32 }
        return overlaps(upper) || overlaps(lower) ? nil : self
    }
}
