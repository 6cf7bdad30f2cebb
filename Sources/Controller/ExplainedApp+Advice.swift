import Domain
import Scheduling

extension ExplainedApp {
    /// What a person can do about an app that finds no place.
    func advice(on refusal: RefusalReport) -> String {
        guard refusal.offers > 0 else { return withoutOffers(refusal) }
        return "it starts as soon as an offer fits: \(missing(for: refusal))"
    }

    /// Nothing was refused: nothing was offered.
    private func withoutOffers(_ refusal: RefusalReport) -> String {
        guard refusal.roleRefusal == nil else {
            return "let the Mesos masters allow the framework the role \(refusal.role), or give the app another role"
        }
        let role = refusal.role == "*" ? "" : " for the role \(refusal.role)"
        return "it starts with the first offer that fits; where none comes\(role), no agent has anything left\(role):"
            + " look at the agents, and at what other frameworks hold"
    }

    private func missing(for refusal: RefusalReport) -> String {
        let needs = status.spec.map { self.needs(of: $0.app, refused: refusal) } ?? []
        guard !needs.isEmpty else { return "free or add what is missing, or ask for less" }
        let hasOtherReasons = refusal.reasons.count > needs.count
        return needs.joined(separator: "; ")
            + (hasOtherReasons ? "; free or add what else is missing" : "") + ", or ask for fewer instances"
    }

    /// How many values of its field a refusing constraint needs that counts instances.
    private func needs(of spec: AppSpec, refused refusal: RefusalReport) -> [String] {
        spec.constraints.compactMap { constraint in
            guard refusal.reasons[.constraint(constraint.triple)] != nil else { return nil }
            switch constraint.comparison {
            case .unique:
                let count = values(status.desiredCount, of: constraint.field)
                return "\(constraint.triple) needs another \(constraint.field) for each instance: \(count) at least"
            case .maxPer:
                guard let most = constraint.value.flatMap({ Int($0) }), most > 0 else { return nil }
                let count = values((status.desiredCount + most - 1) / most, of: constraint.field)
                let instances = most == 1 ? "1 instance" : "\(most) instances"
                return "\(constraint.triple) allows \(instances) for each \(constraint.field): \(count) at least"
            case .cluster, .groupBy, .like, .unlike, .isValue: return nil
            }
        }
    }

    /// `5 agents`, `3 values of rack`.
    private func values(_ count: Int, of field: String) -> String {
        let isHost = field == "hostname" || field == "@hostname"
        guard !isHost else { return count == 1 ? "1 agent" : "\(count) agents" }
        return count == 1 ? "1 value of \(field)" : "\(count) values of \(field)"
    }
}
