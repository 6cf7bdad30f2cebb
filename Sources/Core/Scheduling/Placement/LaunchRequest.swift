import Domain

/// What one spec asks of an agent, taken out of the definition once.
struct LaunchRequest: Sendable {
    /// The spec.
    let spec: Spec
    /// What an instance takes.
    let asked: Resources
    /// For each port of the definition the number that it must have, or `nil` for any.
    let ports: [Int?]
    /// Constraints that a placement elsewhere cannot turn from refused to allowed.
    let rules: [ConstraintRule]
    /// `GROUP_BY` constraints.
    let groupings: [ConstraintRule]
    /// The fields whose counted instances matter.
    let countedFields: [String]

    /// Takes a spec's definition apart.
    init(_ spec: Spec) {
        self.spec = spec
        let app = spec.app
        self.asked = app.resources
        self.ports = app.portDefinitions.map { app.requirePorts && $0.port != 0 ? $0.port : nil }
        let all = app.constraints.map(ConstraintRule.init)
        self.rules = all.filter { !$0.isGrouping }
        self.groupings = all.filter(\.isGrouping)
        var fields: [String] = []
        for rule in all where rule.isCounting && !fields.contains(rule.field) { fields.append(rule.field) }
        self.countedFields = fields
    }
}
