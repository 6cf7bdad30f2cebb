import Domain

/// What one spec asks of an agent, taken out of the definition once.
struct LaunchRequest: Sendable {
    /// The spec.
    let spec: Spec
    /// Describes its tasks.
    let builder: TaskBuilder
    /// What its tasks' names begin with.
    let stem: String
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
    init(_ spec: Spec, settings: SchedulerSettings) {
        self.spec = spec
        self.builder = TaskBuilder(spec, settings: settings)
        self.stem = TaskNames.stem(of: spec.id)
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
