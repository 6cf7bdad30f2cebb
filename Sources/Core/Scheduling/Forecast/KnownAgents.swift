import Domain

/// What offers have shown of the agents since this scheduler leads. Agents that made no offer are not known: those that are
/// full, and all of them while nothing is asked for.
struct KnownAgents: Sendable {
    private struct Key: Hashable {
        var agent: AgentID
        var role: String
    }

    /// An agent, as its offers for one role have shown it.
    struct View: Sendable {
        /// The agent.
        var agent: Agent
        /// What was left of its last offers.
        var left: [MesosResource]
        /// The most of each resource that was ever left of its offers.
        var most: Resources
    }

    private var views: [Key: View] = [:]

    /// Takes in what is left at a place of a turn's offers.
    mutating func see(_ place: OfferTable.Place) {
        let key = Key(agent: place.agent.id, role: place.role)
        let most = views[key].map { $0.most.orMore(place.pool.free) } ?? place.pool.free
        views[key] = View(agent: place.agent, left: place.pool.resources, most: most)
    }

    /// The agent is gone.
    mutating func forget(_ agent: AgentID) { views = views.filter { $0.key.agent != agent } }

    /// What is known for a role, by agent.
    func views(for role: String) -> [View] {
        views.filter { $0.key.role == role }.values.sorted { $0.agent.id < $1.agent.id }
    }
}
