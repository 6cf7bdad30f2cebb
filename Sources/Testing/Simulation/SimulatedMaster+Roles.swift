import Domain
import OrderedCollections
import Scheduling

extension SimulatedMaster {
    /// The framework's roles are these from now on.
    mutating func take(_ new: RoleWishes) {
        if new.roles.isEmpty || new.roles != Set(new.roles).sorted() { complaints.append("the roles \(new.roles)") }
        let others = Set(new.suppressed).union(new.constraints.keys).subtracting(new.roles).sorted()
        if !others.isEmpty {
            complaints.append("\(others) are suppressed or constrained, but no roles of the framework")
        }
        let revived = Set(wishes.suppressed).subtracting(new.suppressed)
        for (id, agent) in agents {
            agents[id]?.filters = agent.filters.filter { new.roles.contains($0.key) && !revived.contains($0.key) }
        }
        wishes = new
    }

    /// UPDATE_FRAMEWORK: offers of a role that goes are void.
    mutating func update(to new: RoleWishes, on number: Int) -> [Output] {
        take(new)
        var output: [Output] = []
        for id in offers.keys.sorted() {
            guard let offer = offers[id], !new.roles.contains(offer.role) else { continue }
            offers[id] = nil
            agents[offer.agent]?.offer = nil
            output.append(.tell(number, .rescind(id)))
        }
        return output + [.answer(number, .taken)]
    }

    /// REVIVE: what was refused for these roles is offered again.
    mutating func revive(_ roles: [String], at now: Instant) -> [Output] {
        guard knows(roles, in: "REVIVE") else { return [] }
        wishes.suppressed.removeAll(where: roles.contains)
        for agent in agents.keys {
            for role in roles { agents[agent]?.filters[role] = nil }
            agents[agent]?.inverseRefusedUntil = nil
        }
        return allocate(at: now)
    }

    /// SUPPRESS: nothing is offered to these roles.
    mutating func suppress(_ roles: [String]) {
        guard knows(roles, in: "SUPPRESS") else { return }
        wishes.suppressed = Set(wishes.suppressed).union(roles).sorted()
    }

    /// A call that names a role that the framework does not have is dropped as a whole.
    private mutating func knows(_ roles: [String], in call: String) -> Bool {
        guard roles.isEmpty || !Set(roles).isSubset(of: wishes.roles) else { return true }
        complaints.append("\(call) names \(roles), but the framework has \(wishes.roles)")
        return false
    }

    /// Whether an agent's resources are offered to a role.
    mutating func wants(_ agent: Agent, _ free: ResourceBag, for role: String, at now: Instant) -> Bool {
        guard !wishes.suppressed.contains(role) else { return false }
        if let filter = agent.filters[role], filter.until > now, filter.free.covers(free) { return false }
        guard let constraints = wishes.constraints[role] else { return true }
        return constraints.groups.contains { group in group.allSatisfy { allows(agent.facts, by: $0) } }
    }

    /// As Mesos 1.11 evaluates a constraint (`offer_constraints_filter.cpp`), for agents whose attributes are text.
    private mutating func allows(_ agent: Domain.Agent, by constraint: AttributeConstraint) -> Bool {
        let value =
            switch constraint.selector {
            case .hostname: agent.hostname
            case .region: agent.region
            case .zone: agent.zone
            case .attribute(let name): agent.attributes[name]
            }
        return switch constraint.predicate {
        case .exists: value != nil
        case .notExists: value == nil
        case .textEquals(let text): value == text
        case .textNotEquals(let text): value != text
        case .textMatches(let pattern): value.map { matches(pattern, $0) } ?? false
        case .textNotMatches(let pattern): value.map { !matches(pattern, $0) } ?? true
        }
    }

    /// Another engine in RE2's place: `\C`, any byte, is any character to it.
    private mutating func matches(_ pattern: String, _ value: String) -> Bool {
        if let known = verdicts[pattern]?[value] { return known }
        guard let regex = try? Regex(pattern.replacing("\\C", with: "[\\x00-\\x{10FFFF}]")) else {
            preconditionFailure("RE2 would refuse \(pattern)")
        }
        let verdict = value.wholeMatch(of: regex.matchingSemantics(.unicodeScalar)) != nil
        verdicts[pattern, default: [:]][value] = verdict
        return verdict
    }
}
