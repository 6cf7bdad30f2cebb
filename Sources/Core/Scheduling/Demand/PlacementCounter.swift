import Domain
import OrderedCollections

/// How the counted instances of one spec are spread: by agent, and by the value of every field that a constraint names.
/// Kept up to date one instance at a time, so that a constraint never looks at all instances.
///
/// Counted is what Marathon counts: instances with a task that are to run, launched from the same definition (the same
/// restart digest), not given up for unreachable, and not to be replaced by a restart, which is another version there. Nor
/// do we count a task whose agent goes into maintenance: its successor may need just its place.
struct PlacementCounter: Sendable {
    /// Instances on each agent; none stands at zero.
    private(set) var byAgent: [AgentID: Int] = [:]
    private var tracked: [Tracked] = []

    private struct Tracked: Sendable {
        var field: String
        var counts: [String: Int]
    }

    /// Whether nothing is counted.
    var isEmpty: Bool { byAgent.isEmpty }

    /// Instances with each value of a field, none at zero; `nil` where the field is not tracked.
    func counts(of field: String) -> [String: Int]? { tracked.first { $0.field == field }?.counts }

    /// Counts an instance on `agent`.
    mutating func add(_ agent: Agent) { change(agent, by: 1) }

    /// Counts an instance on `agent` no more.
    mutating func remove(_ agent: Agent) { change(agent, by: -1) }

    /// Begins to track a field, from the agents of all counted instances. A field that is tracked stays as it is.
    mutating func track(_ field: String, over agents: some Sequence<Agent>) {
        guard counts(of: field) == nil else { return }
        var counts: [String: Int] = [:]
        for agent in agents {
            if let value = agent.value(of: field) { counts[value, default: 0] += 1 }
        }
        tracked.append(Tracked(field: field, counts: counts))
    }

    private mutating func change(_ agent: Agent, by step: Int) {
        PlacementCounter.change(&byAgent, agent.id, by: step)
        for index in tracked.indices {
            guard let value = agent.value(of: tracked[index].field) else { continue }
            PlacementCounter.change(&tracked[index].counts, value, by: step)
        }
    }

    private static func change<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key, by step: Int) {
        let count = (counts[key] ?? 0) + step
        counts[key] = count > 0 ? count : nil
    }
}

extension Agent {
    /// The text that a constraint on `field` compares: an attribute, or one of the fields that every agent has.
    /// - Returns: `nil` where the agent has no such attribute, or no fault domain.
    func value(of field: String) -> String? {
        switch field {
        case "hostname", "@hostname": hostname
        case "@region": region
        case "@zone": zone
        default: attributes[field]
        }
    }
}
