import Domain
package import Scheduling

extension RefusalReport {
    /// The reasons, most frequent first, then by reason.
    package var ranked: [(reason: Refusal, offers: Int)] {
        reasons.map { (reason: $0.key, offers: $0.value) }
            .sorted { $0.offers == $1.offers ? $0.reason < $1.reason : $0.offers > $1.offers }
    }

    /// What is missing: `not enough cpus in 3 of 3 offers (asks for 64, the best offer has 8)`.
    package var sentence: String {
        guard offers > 0 else { return silence }
        return ranked.map { phrase($0, noun: "offer", best: "the best offer has") }.joined(separator: "; ")
    }

    /// The same of agents instead of their offers: `not enough cpus in 3 of 3 agents (asks for 64, the most is 8)`.
    var agentSentence: String {
        ranked.map { phrase($0, noun: "agent", best: "the most is") }.joined(separator: "; ")
    }

    /// What is missing, in a few words: `not enough cpus, constraint ["rack", "UNIQUE"]`.
    package var words: String {
        guard offers > 0 else { return silence }
        return ranked.map { entry in
            switch entry.reason {
            case .resource(let name): "not enough \(name)"
            case .constraint(let triple): "constraint \(triple)"
            case .ports: "ports not offered"
            case .role: "no resources of the accepted roles"
            case .sparedGPUs: "agents with GPUs are spared"
            case .otherRegion: "agents in another region"
            case .maintenance: "maintenance"
            case .volumes: "no disk for its volumes"
            case .defaultRole: "nothing can be reserved for the role *"
            case .reservation: "its reservation is not offered"
            }
        }.joined(separator: ", ")
    }

    /// What it waits for while nothing was offered, so that there was nothing to refuse: `asks for offers`.
    package var asking: String {
        role == "*" ? "asks for offers, and none has come" : "asks for offers for the role \(role), and none has come"
    }

    /// Whether nothing was offered, and nothing is known of why.
    package var isAsking: Bool { offers == 0 && roleRefusal == nil }

    /// Why there was nothing to refuse.
    private var silence: String {
        if let roleRefusal { return "Mesos does not let the framework have the role \(role): \(roleRefusal)" }
        return role == "*" ? "no offer has come yet" : "no offer for the role \(role) has come yet"
    }

    /// What was asked and what the best offer had, where the reason is a resource: as decimals, MiB for memory and disk.
    package func amounts(of reason: Refusal) -> (asked: String, best: String)? {
        guard case .resource(let name) = reason else { return nil }
        let pair: (Int64, Int64)? =
            switch name {
            case "cpus": (asked.cpus, best.cpus)
            case "mem": (asked.mem, best.mem)
            case "disk": (asked.disk, best.disk)
            case "gpus": (asked.gpus, best.gpus)
            default: nil
            }
        return pair.map { (FieldValue(milli: $0.0).description, FieldValue(milli: $0.1).description) }
    }

    private func phrase(_ entry: (reason: Refusal, offers: Int), noun: String, best: String) -> String {
        let share = "\(entry.offers) of \(offers) \(noun)s"
        switch entry.reason {
        case .resource(let name):
            let amounts = amounts(of: entry.reason).map { " (asks for \($0.asked), \(best) \($0.best))" }
            return "not enough \(name) in \(share)\(amounts ?? "")"
        case .constraint(let triple): return "constraint \(triple) rules out \(share)"
        case .ports:
            guard entry.offers == offers else { return "the ports that it asks for are not in \(share)" }
            return
                "no \(noun) has the ports that it asks for, of \(offers): others have them, or they are outside of the"
                + " agents' port ranges"
        case .role: return "nothing that acceptedResourceRoles allows is in \(share)"
        case .sparedGPUs: return "\(share) are of agents whose GPUs are kept for apps that ask for some"
        case .otherRegion:
            return
                "\(share) are of agents in another region than the masters (a constraint on @region lets the app go there)"
        case .maintenance: return "\(share) are of agents that go into maintenance"
        case .volumes: return "the disks that its persistent volumes ask for are not in \(share)"
        case .defaultRole:
            return
                "\(share) are for the role *, for which nothing can be reserved: give the framework a role of its own"
        case .reservation: return "what is reserved for it, with its volumes, is not (or not whole) in \(share)"
        }
    }
}
