import Scheduling
import SwiftProtobuf

extension WireOfferConstraints {
    init(_ constraints: [String: Scheduling.RoleConstraints]) {
        self.init()
        roleConstraints = constraints.mapValues(RoleConstraints.init)
    }
}

extension WireOfferConstraints.RoleConstraints {
    fileprivate init(_ constraints: Scheduling.RoleConstraints) {
        self.init()
        groups = constraints.groups.map(Group.init)
    }
}

extension WireOfferConstraints.RoleConstraints.Group {
    fileprivate init(_ constraints: [AttributeConstraint]) {
        self.init()
        attributeConstraints = constraints.map(\.wire)
    }
}

extension AttributeConstraint {
    fileprivate var wire: WireAttributeConstraint {
        .with {
            switch selector {
            case .hostname: $0.selector.pseudoattributeType = .hostname
            case .region: $0.selector.pseudoattributeType = .region
            case .zone: $0.selector.pseudoattributeType = .zone
            case .attribute(let name): $0.selector.attributeName = name
            }
            switch predicate {
            case .exists: $0.predicate.exists = WireAttributeConstraint.Predicate.Exists()
            case .notExists: $0.predicate.notExists = WireAttributeConstraint.Predicate.NotExists()
            case .textEquals(let value): $0.predicate.textEquals.value = value
            case .textNotEquals(let value): $0.predicate.textNotEquals.value = value
            case .textMatches(let pattern): $0.predicate.textMatches.regex = pattern
            case .textNotMatches(let pattern): $0.predicate.textNotMatches.regex = pattern
            }
        }
    }
}

// MARK: - The master's side

extension RoleWishes {
    /// What a framework says of its roles.
    /// - Throws: where a constraint lacks what a master demands of it.
    init(
        _ info: WireFrameworkInfo,
        _ suppressed: [String],
        _ constraints: WireOfferConstraints
    ) throws(WireError) {
        self.init(roles: info.roles, suppressed: suppressed)
        for (role, wire) in constraints.roleConstraints {
            var groups: [[AttributeConstraint]] = []
            for group in wire.groups {
                var read: [AttributeConstraint] = []
                for constraint in group.attributeConstraints { read.append(try AttributeConstraint(constraint)) }
                guard !read.isEmpty else { throw WireError("A group of constraints on offers for \(role) is empty.") }
                groups.append(read)
            }
            guard !groups.isEmpty else { throw WireError("The constraints on offers for \(role) have no group.") }
            self.constraints[role] = RoleConstraints(groups: groups)
        }
    }
}

extension AttributeConstraint {
    fileprivate init(_ wire: WireAttributeConstraint) throws(WireError) {
        let selector: Selector
        switch wire.selector.selector {
        case .pseudoattributeType(.hostname): selector = .hostname
        case .pseudoattributeType(.region): selector = .region
        case .pseudoattributeType(.zone): selector = .zone
        case .attributeName(let name): selector = .attribute(name)
        case .pseudoattributeType(.unknown), nil: throw WireError("A constraint on offers does not say on what.")
        }
        switch wire.predicate.predicate {
        case .exists: self.init(selector, .exists)
        case .notExists: self.init(selector, .notExists)
        case .textEquals(let predicate): self.init(selector, .textEquals(predicate.value))
        case .textNotEquals(let predicate): self.init(selector, .textNotEquals(predicate.value))
        case .textMatches(let predicate): self.init(selector, .textMatches(predicate.regex))
        case .textNotMatches(let predicate): self.init(selector, .textNotMatches(predicate.regex))
        case nil: throw WireError("A constraint on offers does not say how.")
        }
    }
}
