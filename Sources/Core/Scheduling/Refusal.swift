package import Domain

/// Why an offer could not hold an instance of an app.
package enum Refusal: Hashable, Comparable, Sendable {
    /// Less of the named resource than the app asks for; amounts in thousandths.
    case resource(String)
    /// A constraint does not allow the agent; the triple as the definition has it.
    case constraint(String)
    /// A port that must be had is taken, or too few are free.
    case ports
    /// The agent is going into maintenance.
    case maintenance
    /// The app accepts only resources that are reserved, or only those that are not, and there are none.
    case role
    /// The agent has GPUs, which are kept for tasks that ask for some.
    case sparedGPUs
    /// The agent has no disk of the kind that a persistent volume asks for.
    case volumes
    /// Nothing can be reserved for the role `*`, which the framework has.
    case defaultRole
    /// What is reserved for the instance is not in the offer.
    case reservation
    /// The agent is in another region than the master, where only apps go that have a constraint on it.
    case otherRegion

    /// What is missing, for a reader: `cpus`, `ports`, `constraint ["rack", "UNIQUE"]`.
    package var description: String {
        switch self {
        case .resource(let name): name
        case .constraint(let triple): "constraint \(triple)"
        case .ports: "ports"
        case .maintenance: "maintenance"
        case .role: "acceptedResourceRoles"
        case .sparedGPUs: "agents with GPUs"
        case .volumes: "disks for persistent volumes"
        case .defaultRole: "a role to reserve for"
        case .reservation: "its reservation"
        case .otherRegion: "another region"
        }
    }
}

/// What became of the offers that were held against an app the last time that there were any.
package struct RefusalReport: Hashable, Sendable {
    /// Since when the app waits for a place.
    package var since: Instant
    /// Offers looked at, then: mostly one for each agent.
    package var offers: Int
    /// How often each reason stood in the way, most frequent first, then by reason.
    package var reasons: [Refusal: Int]
    /// What the app asks for.
    package var asked: Resources
    /// The most that any one offer had of each resource.
    package var best: Resources
    /// The role that offers are waited for.
    package var role: String
    /// Why Mesos does not let the framework have that role; `nil` where it does.
    package var roleRefusal: String?

    /// A report.
    package init(
        since: Instant,
        offers: Int,
        reasons: [Refusal: Int],
        asked: Resources,
        best: Resources,
        role: String = "*",
        roleRefusal: String? = nil
    ) {
        self.role = role
        self.roleRefusal = roleRefusal
        self.since = since
        self.offers = offers
        self.reasons = reasons
        self.asked = asked
        self.best = best
    }
}
