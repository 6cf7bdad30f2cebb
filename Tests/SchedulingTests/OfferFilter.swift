import Domain
import OrderedCollections
import Scheduling

/// Offer constraints as Mesos 1.11 evaluates them (`offer_constraints_filter.cpp`), for agents whose attributes are text.
extension RoleConstraints {
    /// Whether a master still makes offers of the agent.
    func allows(_ agent: Agent) -> Bool { groups.contains { $0.allSatisfy { $0.allows(agent) } } }
}

extension AttributeConstraint {
    func allows(_ agent: Agent) -> Bool {
        let value =
            switch selector {
            case .hostname: agent.hostname
            case .region: agent.region
            case .zone: agent.zone
            case .attribute(let name): agent.attributes[name]
            }
        return switch predicate {
        case .exists: value != nil
        case .notExists: value == nil
        case .textEquals(let text): value == text
        case .textNotEquals(let text): value != text
        case .textMatches(let pattern): value.map { AttributeConstraint.matches(pattern, $0) } ?? false
        case .textNotMatches(let pattern): value.map { !AttributeConstraint.matches(pattern, $0) } ?? true
        }
    }

    /// Another engine in RE2's place: `\C`, any byte, is any character to it.
    private static func matches(_ pattern: String, _ value: String) -> Bool {
        guard let regex = try? Regex(pattern.replacing("\\C", with: "[\\x00-\\x{10FFFF}]")) else {
            preconditionFailure("RE2 would refuse \(pattern)")
        }
        return value.wholeMatch(of: regex.matchingSemantics(.unicodeScalar)) != nil
    }
}
