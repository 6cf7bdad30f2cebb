import Domain
import Scheduling

extension ExplainedApp {
    /// What a person can do about an app that finds no place.
    func advice(on refusal: RefusalReport) -> String {
        guard refusal.offers > 0 else { return withoutOffers(refusal) }
        return "it starts as soon as an offer fits: \(missing(for: refusal))\(besideOld)"
    }

    /// What is different where a new instance needs room beside all of the old ones; empty where some of these may go first.
    private var besideOld: String {
        guard status.record?.rollout?.phase == .rolling, let spec = status.spec else { return "" }
        let old = status.instances.count { $0.goal == .running && $0.digest != spec.digest }
        let minimum = spec.app.upgradeStrategy.minimumHealthy(of: status.desiredCount)
        guard old > 0, status.healthyCount <= minimum else { return "" }
        let keeps = old == 1 ? "its old instance stays" : "its \(old) old instances stay"
        return "; or lower `upgradeStrategy.minimumHealthCapacity`: \(keeps) until a new one is healthy"
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

    /// How many reasons get advice, the most frequent first.
    private static let mostAdvice = 3

    /// What a person can do about each of the reasons.
    private func missing(for refusal: RefusalReport) -> String {
        let reasons = refusal.ranked.map(\.reason)
        let told = reasons.prefix(ExplainedApp.mostAdvice).map { advice(on: $0, refusal) }
        let more = reasons.count > told.count ? ["see to what else is missing"] : []
        return (told + more).joined(separator: "; ")
    }

    private func advice(on reason: Refusal, _ refusal: RefusalReport) -> String {
        switch reason {
        case .resource(let name): return adviceOnAmount(of: name, refusal)
        case .constraint(let triple):
            let constraint = status.spec?.app.constraints.first { $0.triple == triple }
            return constraint.map(advice) ?? "mend the constraint \(triple)"
        case .ports: return adviceOnPorts
        case .role:
            let roles = (status.spec?.app.acceptedResourceRoles ?? []).joined(separator: ", ")
            return "have resources reserved on agents for what `acceptedResourceRoles` names (\(roles)), or name others"
        case .sparedGPUs:
            return "free or add agents without GPUs, or let the app use those that have some, with its label"
                + " `GPU_SCHEDULING_BEHAVIOR: unrestricted`"
        case .volumes: return "add a disk of the kind and size that its persistent volumes ask for, or ask for another"
        case .defaultRole:
            return "give the app a `role` of its own, or the framework (`framework.role` of the configuration)"
        case .reservation: return "bring back the agent on which its volumes are"
        case .otherRegion:
            return "free or add agents in the masters' region, or let the app leave it with a constraint on @region"
        case .maintenance: return "end the maintenance, or add other agents"
        }
    }

    private func adviceOnAmount(of name: String, _ refusal: RefusalReport) -> String {
        guard let amounts = refusal.amounts(of: .resource(name)) else { return "free or add \(name), or ask for less" }
        if name == "gpus", refusal.best.gpus == 0 {
            return "free GPUs, add an agent that has \(amounts.asked), or ask for none"
        }
        let unit = name == "mem" || name == "disk" ? " MiB of \(name)" : " \(name)"
        return "free or add \(amounts.asked)\(unit) on one agent, or ask for less than that"
    }

    private var adviceOnPorts: String {
        let ports = status.spec?.app.boundPorts ?? []
        let fixed = ports.compactMap(\.self).map { "\($0)" }.joined(separator: ", ")
        guard fixed.isEmpty else {
            return "free port \(fixed) on an agent, and see that the agents' `ports` resources have it; or let Mesos"
                + " choose another, with port 0 or without `requirePorts`"
        }
        return "free \(ports.count) ports on one agent, or give the agents more of them (their `ports` resources)"
    }

    /// What a constraint needs: so many values of its field where it counts instances, otherwise agents that have the value.
    private func advice(on constraint: Constraint) -> String {
        let (triple, field) = (constraint.triple, constraint.field)
        let value = constraint.value ?? ""
        switch constraint.comparison {
        case .unique:
            let count = values(status.desiredCount, of: field)
            return "\(triple) needs another \(field) for each instance: \(count) at least, or ask for fewer instances"
        case .maxPer:
            guard let most = Int(value), most > 0 else { return "mend the constraint \(triple)" }
            let count = values((status.desiredCount + most - 1) / most, of: field)
            let instances = most == 1 ? "1 instance" : "\(most) instances"
            return "\(triple) allows \(instances) for each \(field): \(count) at least, or ask for fewer instances"
        case .groupBy:
            return "\(triple) needs room on agents of the \(field) with the fewest instances: free or add some there"
        case .cluster where value.isEmpty:
            return "\(triple) keeps all instances on the same \(field): free room there"
        case .cluster, .isValue: return "free or add agents whose \(field) is \(value), or change \(triple)"
        case .like: return "free or add agents whose \(field) matches \(value), or change \(triple)"
        case .unlike: return "free or add agents whose \(field) does not match \(value), or change \(triple)"
        }
    }

    /// `5 agents`, `3 values of rack`.
    private func values(_ count: Int, of field: String) -> String {
        let isHost = field == "hostname" || field == "@hostname"
        guard !isHost else { return count == 1 ? "1 agent" : "\(count) agents" }
        return count == 1 ? "1 value of \(field)" : "\(count) values of \(field)"
    }
}
