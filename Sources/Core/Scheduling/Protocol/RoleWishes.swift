/// The roles that a framework takes offers for, and which offers. Mesos is told all of it at once (SUBSCRIBE and
/// UPDATE_FRAMEWORK): what is left out is over.
package struct RoleWishes: Hashable, Sendable {
    /// Its roles, sorted.
    package var roles: [String]
    /// Those that no offers are wanted for at present, sorted.
    package var suppressed: [String]
    /// Of which agents offers are wanted, by role; of all where a role is not there.
    package var constraints: [String: RoleConstraints]

    /// Wishes.
    package init(roles: [String], suppressed: [String] = [], constraints: [String: RoleConstraints] = [:]) {
        self.roles = roles
        self.suppressed = suppressed
        self.constraints = constraints
    }
}

/// Of which agents offers of one role are wanted: of those that all constraints of at least one group allow (Mesos's
/// `OfferConstraints.RoleConstraints`). There is a group, and each has a constraint: Mesos refuses anything else.
package struct RoleConstraints: Hashable, Sendable {
    /// The groups.
    package var groups: [[AttributeConstraint]]

    /// Constraints.
    package init(groups: [[AttributeConstraint]]) { self.groups = groups }
}

/// What an agent's attribute, or a fact about it, must be (Mesos's `AttributeConstraint`). Mesos compares attributes that
/// are text; others pass everything that is about text.
package struct AttributeConstraint: Hashable, Sendable {
    /// What is compared.
    package enum Selector: Hashable, Sendable {
        /// The agent's host name.
        case hostname
        /// Its fault domain's region.
        case region
        /// Its fault domain's zone.
        case zone
        /// The first of its attributes with this name.
        case attribute(String)
    }

    /// How it is compared.
    package enum Predicate: Hashable, Sendable {
        /// There is one.
        case exists
        /// There is none.
        case notExists
        /// It is this text.
        case textEquals(String)
        /// It is not this text, or there is none.
        case textNotEquals(String)
        /// RE2 matches all of it.
        case textMatches(String)
        /// RE2 does not match all of it, or there is none.
        case textNotMatches(String)
    }

    /// What is compared.
    package var selector: Selector
    /// How.
    package var predicate: Predicate

    /// A constraint.
    package init(_ selector: Selector, _ predicate: Predicate) {
        self.selector = selector
        self.predicate = predicate
    }
}

/// What Mesos says to UPDATE_FRAMEWORK.
package enum UpdateAnswer: Hashable, Sendable {
    /// It holds from now on.
    case taken
    /// All stays as it was: why, in words for a reader.
    case refused(String)
}

/// What a master says of itself.
package struct MasterFacts: Hashable, Sendable {
    /// Its version: `1.11.0`; absent where it does not say.
    package var version: String?
    /// The region that it is in: the home region. Absent where operators have set none.
    package var region: String?

    /// Facts.
    package init(version: String? = nil, region: String? = nil) {
        self.version = version
        self.region = region
    }

    /// Whether it takes offer constraints: older ones would ignore them in silence (Mesos 1.11).
    package var takesOfferConstraints: Bool {
        let numbers = (version ?? "").split { !$0.isASCII || !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (1, 11)
    }
}
