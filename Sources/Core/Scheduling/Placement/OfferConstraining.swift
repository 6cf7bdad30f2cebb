import Domain

/// What Mesos can be told so that it makes no offers that nobody waiting could use. Whatever cannot be said with exactly
/// the same meaning, or a wider one, is not said: an offer that somebody could use must come.
enum OfferConstraining {
    /// Masters look at every group for every agent: beyond so many, declining is cheaper.
    private static let mostGroups = 32

    /// The constraints for everything that waits for offers of one role; `nil` where all offers are of use.
    /// - Parameter home: the region that apps stay in which say nothing about it.
    static func constraints(for requests: [LaunchRequest], home: String?) -> RoleConstraints? {
        var groups: Set<[AttributeConstraint]> = []
        for request in requests {
            let new = OfferConstraining.groups(of: request, home: home)
            guard new.allSatisfy({ !$0.isEmpty }) else { return nil }
            groups.formUnion(new)
            guard groups.count <= mostGroups else { return nil }
        }
        guard !groups.isEmpty else { return nil }
        let byText = groups.map { (text: $0.map(\.text).joined(separator: " & "), group: $0) }
        return RoleConstraints(groups: byText.sorted { $0.text < $1.text }.map(\.group))
    }

    /// An agent without a fault domain is at home wherever that is, so staying at home makes two groups.
    private static func groups(of request: LaunchRequest, home: String?) -> [[AttributeConstraint]] {
        let group = request.offerConstraints
        guard request.staysHome, let home, home.isASCIIText else { return [group] }
        return [
            group + [AttributeConstraint(.region, .notExists)],
            group + [AttributeConstraint(.region, .textEquals(home))],
        ]
    }
}

extension LaunchRequest {
    /// What the constraints ask of an agent by itself, each once, in order.
    static func offerConstraints(of rules: [ConstraintRule]) -> [AttributeConstraint] {
        let all = Set(rules.compactMap(\.offerConstraint))
        return all.map { (text: $0.text, constraint: $0) }.sorted { $0.text < $1.text }.map(\.constraint)
    }
}

extension ConstraintRule {
    /// A constraint that holds back no offer which the rule allows, whatever is counted; `nil` where there is none.
    var offerConstraint: AttributeConstraint? {
        guard let selector = AttributeConstraint.Selector(field: field) else { return nil }
        guard let predicate = offerPredicate else { return nil }
        return AttributeConstraint(selector, predicate)
    }

    /// All but `UNLIKE` want a value, and what is wanted of it is said where Mesos compares as we do.
    private var offerPredicate: AttributeConstraint.Predicate? {
        switch kind {
        case .unique, .groupBy, .maxPer, .cluster(nil), .broken: .exists
        case .cluster(let value?): value.isASCIIText ? .textEquals(value) : .exists
        // Written otherwise, the number may stand in an attribute as agents' scalars are written.
        case .isValue(let value, let scalar):
            value.isASCIIText && (scalar ?? value) == value ? .textEquals(value) : .exists
        case .like: like
        case .unlike: unlike
        }
    }

    private var like: AttributeConstraint.Predicate {
        let pattern = constraint.value ?? ""
        if let literal = RE2Pattern.literal(pattern) { return .textEquals(literal) }
        return RE2Pattern.text(pattern, .atLeast).map(AttributeConstraint.Predicate.textMatches) ?? .exists
    }

    private var unlike: AttributeConstraint.Predicate? {
        let pattern = constraint.value ?? ""
        if let literal = RE2Pattern.literal(pattern) { return .textNotEquals(literal) }
        return RE2Pattern.text(pattern, .atMost).map(AttributeConstraint.Predicate.textNotMatches)
    }
}

extension AttributeConstraint {
    /// Tells two constraints apart, to put them in order.
    fileprivate var text: String {
        let what =
            switch selector {
            case .hostname: "@hostname"
            case .region: "@region"
            case .zone: "@zone"
            case .attribute(let name): "=\(name)"
            }
        return switch predicate {
        case .exists: "\(what) exists"
        case .notExists: "\(what) exists not"
        case .textEquals(let value): "\(what) = \(value)"
        case .textNotEquals(let value): "\(what) ≠ \(value)"
        case .textMatches(let pattern): "\(what) ~ \(pattern)"
        case .textNotMatches(let pattern): "\(what) ≁ \(pattern)"
        }
    }
}

extension AttributeConstraint.Selector {
    /// What a constraint's field means; `nil` for a name that Mesos might compare otherwise.
    fileprivate init?(field: String) {
        switch field {
        case "hostname", "@hostname": self = .hostname
        case "@region": self = .region
        case "@zone": self = .zone
        default:
            guard field.isASCIIText else { return nil }
            self = .attribute(field)
        }
    }
}

extension String {
    /// Whether it is text whose bytes are compared as its characters are.
    fileprivate var isASCIIText: Bool { !isEmpty && utf8.allSatisfy { $0 < 128 } }
}
