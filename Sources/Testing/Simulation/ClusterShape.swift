import Domain
import OrderedCollections
import SeededRandom

/// How many agents a world has, and of what kinds they are.
package struct ClusterShape: Sendable {
    /// The masters' region.
    static let home = "here"

    /// How many.
    package var agents = 4
    /// Whether they differ in size.
    package var isMixed = false
    /// Whether some have GPUs.
    package var hasGPUs = false
    /// Whether they say in which region and zone they are.
    package var hasDomains = false
    /// Whether ports are rare on them.
    package var hasFewPorts = false

    /// Four agents that differ in nothing but racks and tiers.
    package init() {}

    /// The cluster that a seed makes. Each third machine is in the same rack; there are never fewer than three.
    init(random: inout SplitMix64) {
        agents = random.pick([3, 4, 4, 5, 7, 9, 12, random.int(13...40), random.int(50...64)])
        isMixed = random.oneIn(2)
        // With fewer, what stays off them would find no place in some rack.
        hasGPUs = random.oneIn(3) && agents >= 5
        hasDomains = random.oneIn(3)
        hasFewPorts = random.oneIn(4) && agents >= 5
    }

    /// What constraints compare. Attributes follow the kind, which whatever comes in an agent's place has as well.
    func facts(of kind: Int, id: AgentID, hostname: String) -> Domain.Agent {
        var facts = Domain.Agent(id: id, hostname: hostname)
        facts.attributes["rack"] = "r\(kind % 3)"
        facts.attributes["tier"] = kind % 4 == 0 ? "old" : "new"
        if kind.isMultiple(of: 2) { facts.attributes["ssd"] = "true" }
        guard hasDomains else { return facts }
        facts.region = agents >= 12 && kind % 5 == 0 ? "there" : ClusterShape.home
        facts.zone = "z\(kind % 3)"
        return facts
    }

    /// What an agent of a kind has.
    func resources(of kind: Int) -> ResourceBag {
        let factor: Int64 = isMixed ? [2, 1, 3, 1][kind % 4] : 2
        let share: Int64 = agents <= 5 ? 4800 : 1200
        return ResourceBag(
            Resources(
                cpus: share * factor,
                mem: 2_048_000 * factor,
                disk: 4_000_000 * factor,
                gpus: hasGPUs && kind % 5 == 2 ? 32_000 : 0
            ),
            ports: PortMask(first: hasFewPorts ? 24 : 61)
        )
    }
}
