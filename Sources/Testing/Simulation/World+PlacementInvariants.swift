import Boundary
import Domain
import OrderedCollections
import Scheduling

/// What must hold of the places that instances get.
extension World {
    /// A launch keeps to its app's constraints, as they were counted when it was decided: instances without a place yet
    /// are launched in the order of their numbers.
    mutating func checkConstraints(_ step: Step) {
        let launched = step.launched.filter { instance in
            step.old.first { $0.id == instance.id }?.reservation == nil
        }
        guard !launched.isEmpty else { return }
        var placed = step.new.filter { instance in !launched.contains { $0.id == instance.id } }
        for instance in launched.sorted(by: { $0.id.number < $1.id.number }) {
            guard let spec = store.spec(instance.digest), let agent = instance.task?.agent else { continue }
            let counted = placed.filter { store.spec($0.digest)?.restartDigest == spec.restartDigest }
                .filter { !World.isReplaced($0, step.after) }
                .compactMap(World.countedAgent)
            let wanted = step.after?.inForce(spec).app.instances ?? spec.app.instances
            for constraint in spec.app.constraints {
                see("launched under \(constraint.comparison.rawValue)")
                guard !World.keeps(constraint, agent, counted, wanted: wanted) else { continue }
                let others = counted.map { World.value(of: constraint.field, $0) ?? "nothing" }
                violations.append("\(instance.id) on \(agent.id) breaks \(constraint.triple), beside \(others)")
            }
            checkKind(of: agent, for: instance, spec.app)
            placed.append(instance)
        }
    }

    /// What asks for no GPU stays off agents that have some, and at home what says nothing of regions.
    private mutating func checkKind(of agent: Agent, for instance: Instance, _ app: AppSpec) {
        if app.needs.gpus == 0, master.agents[agent.id].map({ $0.total.plain.gpus > 0 }) ?? false {
            violations.append("\(instance.id) wants no GPU and is on \(agent.id), which has some")
        }
        let isBound = app.constraints.contains { $0.field == "@region" || $0.field == "@zone" }
        if !isBound, ![nil, ClusterShape.home].contains(agent.region) {
            violations.append("\(instance.id) is away from home, on \(agent.id)")
        }
    }

    /// Where an instance counts; `nil` where it does not.
    private static func countedAgent(_ instance: Instance) -> Agent? {
        guard instance.goal == .running else { return nil }
        if let reservation = instance.reservation { return reservation.agent }
        return instance.condition == .unreachable ? nil : instance.task?.agent
    }

    /// Whether another task comes for this one elsewhere, by a restart or because its agent goes: it is in nobody's way.
    private static func isReplaced(_ instance: Instance, _ record: AppRecord?) -> Bool {
        guard let task = instance.task, instance.reservation == nil else { return false }
        return task.leavesAt != nil || record?.restart.map { task.launched < $0.at } ?? false
    }

    private static func value(of field: String, _ agent: Agent) -> String? {
        switch field {
        case "hostname": agent.hostname
        case "@region": agent.region
        case "@zone": agent.zone
        default: agent.attributes[field]
        }
    }

    /// Marathon's rules (marathon.md, constraints), for the operands that this world's apps have.
    private static func keeps(_ rule: Constraint, _ agent: Agent, _ others: [Agent], wanted: Int) -> Bool {
        let operand = rule.value ?? ""
        guard let value = value(of: rule.field, agent) else { return rule.comparison == .unlike }
        let counts = Dictionary(grouping: others.compactMap { World.value(of: rule.field, $0) }) { $0 }.mapValues(
            \.count
        )
        let own = counts[value] ?? 0
        switch rule.comparison {
        case .unique: return own == 0
        case .cluster: return counts.isEmpty || own == counts.values.max()
        case .maxPer: return own < Int(operand) ?? 0
        case .like: return matches(operand, value)
        case .unlike: return !matches(operand, value)
        case .isValue: return value == operand
        case .groupBy:
            guard let groups = Int(operand) else { return own == 0 || own == counts.values.min() }
            let share = wanted / groups
            guard own > 0 || counts.count < groups else { return false }
            return own < share || (own == share && counts.values.count { $0 > share } < wanted % groups)
        }
    }

    /// The few patterns that this world's apps have.
    private static func matches(_ pattern: String, _ value: String) -> Bool {
        switch pattern {
        case "r[01]": value == "r0" || value == "r1"
        case ".*here": value.hasSuffix("here")
        case "o.*": value.hasPrefix("o")
        default: preconditionFailure("no app of this world has the pattern \(pattern)")
        }
    }

    // MARK: - Reservations

    /// Everything that is reserved on an agent is recorded, for an instance that shall run, there and nowhere else.
    mutating func checkReservations() {
        for id in master.agentOrder {
            guard let agent = master.agents[id], agent.isReachable, agent.isRegistered else { continue }
            var told: Set<String> = []
            for piece in agent.total.reserved {
                let labels = piece.reservations.last?.labels ?? []
                guard let name = labels.first(where: { $0.key == "pacer_reservation_id" })?.value else { continue }
                guard told.insert(name).inserted else { continue }
                let holder = store.holder(of: ReservationID(name))
                guard holder?.goal != .running || holder?.reservation?.agent.id != id else { continue }
                // Nobody is offered what is reserved for a role that no app has any more.
                guard master.wishes.roles.contains(piece.reservations.last?.role ?? "") else {
                    see("leftover of a role that no app has")
                    continue
                }
                violations.append(
                    "after quiet \(name) is reserved on \(id), and nobody will use it: \(holder?.id.description ?? "no record")"
                )
            }
        }
    }
}
