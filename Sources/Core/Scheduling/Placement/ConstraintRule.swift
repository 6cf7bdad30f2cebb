import Domain

/// A constraint made ready for comparison, by the rules of Marathon's `Constraints` (1.11). The patterns of `LIKE` and
/// `UNLIKE` are the part of Java's that ``PatternMatcher`` reads, which means exactly the same; all others are problems of
/// the manifest. The rules have three differences:
///
/// - `GROUP_BY` without a value divides by zero there; here the rule of older releases holds.
/// - `CLUSTER` without a value keeps to the first counted instance there, whichever that is. Here it keeps to the value
///   that most counted instances have, so that an app that is spread already comes together.
/// - `IS` takes a number in any spelling there (`2.0` is the scalar 2) and never its own text; here the text itself is
///   equal too, as an attribute of the text `2.0` is meant by `2.0`.
struct ConstraintRule: Sendable {
    /// What is compared.
    enum Kind: Sendable {
        /// No counted instance has the value.
        case unique
        /// The value is this one; without one, that of most of the instances there are.
        case cluster(String?)
        /// Evenly over this many values; without a number, where the count is least among the values in use.
        case groupBy(Int?)
        /// The whole value matches.
        case like(PatternMatcher)
        /// The whole value does not match; the only kind that a missing value passes.
        case unlike(PatternMatcher)
        /// Fewer counted instances than this have the value.
        case maxPer(Int)
        /// Exactly this text, or this number as agents' scalars are written.
        case isValue(String, scalar: String?)
        /// The operand cannot be used, so nothing passes.
        case broken
    }

    /// The constraint as the definition has it.
    let constraint: Constraint
    /// What is compared.
    let kind: Kind
    /// The triple as the definition has it, with what is wrong about it, for a refusal.
    let text: String

    /// Makes a constraint ready. One whose operand cannot be used refuses every offer, and says why.
    init(_ constraint: Constraint) {
        let triple = constraint.triple
        self.constraint = constraint
        do throws(Unusable) {
            self.kind = try ConstraintRule.kind(of: constraint)
            self.text = triple
        } catch {
            self.kind = .broken
            self.text = "\(triple): \(error.reason)"
        }
    }

    /// What is looked up in the agent.
    var field: String { constraint.field }

    /// Whether instances are counted for this rule.
    var isCounting: Bool {
        switch kind {
        case .unique, .cluster(nil), .groupBy, .maxPer: true
        case .cluster, .like, .unlike, .isValue, .broken: false
        }
    }

    /// Whether the rule spreads over groups: then a value that is refused now can be right after the next placement.
    var isGrouping: Bool {
        if case .groupBy = kind { true } else { false }
    }

    /// Whether an instance may go where the field has `value`.
    /// - Parameters:
    ///   - value: the agent's; `nil` where it has none.
    ///   - counts: counted instances by value.
    ///   - wanted: how many instances the app shall have.
    func allows(_ value: String?, counts: [String: Int], wanted: Int) -> Bool {
        guard let value else {
            if case .unlike = kind { return true }
            return false
        }
        switch kind {
        case .unique: return counts[value] == nil
        case .cluster(let required?): return value == required
        case .cluster(nil): return ConstraintRule.leader(of: counts).map { $0 == value } ?? true
        case .groupBy(let groups?): return allows(value, counts, spreading: wanted, over: groups)
        case .groupBy(nil): return counts[value].map { $0 == counts.values.min() } ?? true
        case .like(let pattern): return pattern.matches(value)
        case .unlike(let pattern): return !pattern.matches(value)
        case .maxPer(let most): return counts[value, default: 0] < most
        case .isValue(let required, let scalar): return value == required || value == scalar
        case .broken: return false
        }
    }

    /// At most `wanted / groups` instances for each value, one more for as many values as the remainder allows, and no
    /// value beyond the first `groups`.
    private func allows(_ value: String, _ counts: [String: Int], spreading wanted: Int, over groups: Int) -> Bool {
        let count = counts[value, default: 0]
        guard count > 0 || counts.count < groups else { return false }
        let (share, remainder) = wanted.quotientAndRemainder(dividingBy: groups)
        guard count >= share else { return true }
        return count == share && counts.values.count { $0 > share } < remainder
    }

    /// The value that most instances have; of several the first in order.
    static func leader(of counts: [String: Int]) -> String? {
        counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    }

    /// A number as an agent's scalar attribute is written (`0.###`, half to even), where `text` is one as Mesos reads
    /// attributes: digits, and perhaps a point with digits behind it.
    static func scalar(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy(isDigits) else { return nil }
        return Double(text).map(scalarText)
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    private struct Unusable: Error {
        var reason: String
    }

    private static func kind(of constraint: Constraint) throws(Unusable) -> Kind {
        let value = constraint.value ?? ""
        switch constraint.comparison {
        case .unique: return .unique
        case .cluster: return .cluster(value.isEmpty ? nil : value)
        case .groupBy:
            guard let groups = Int(value), groups > 0 else { return .groupBy(nil) }
            return .groupBy(groups)
        case .like: return .like(try pattern(value))
        case .unlike: return .unlike(try pattern(value))
        case .maxPer:
            guard let most = Int(value) else { throw Unusable(reason: "MAX_PER needs a whole number") }
            return .maxPer(most)
        case .isValue:
            guard constraint.value != nil else { throw Unusable(reason: "IS needs a value") }
            return .isValue(value, scalar: scalar(value))
        }
    }

    private static func pattern(_ value: String) throws(Unusable) -> PatternMatcher {
        guard !value.isEmpty else { throw Unusable(reason: "a regular expression is missing") }
        do throws(PatternError) {
            return try PatternMatcher(value)
        } catch {
            throw Unusable(reason: "the regular expression cannot be used: \(error)")
        }
    }
}
