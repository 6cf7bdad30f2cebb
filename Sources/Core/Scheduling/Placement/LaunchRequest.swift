import Domain
import OrderedCollections

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
    /// The role that its offers are for.
    let role: String
    /// Which resources it takes them from.
    let accepted: AcceptedRoles
    /// Whether it stays off agents that have GPUs, which it does not ask for (Marathon's
    /// `--gpu_scheduling_behavior restricted`, or an app's own label).
    let sparesGPUs: Bool
    /// For each port of the definition the number that it must have, or `nil` for any.
    let ports: [Int?]
    /// Whether a port must be one number and no other.
    let needsPort: Bool
    /// The constraints.
    let rules: [ConstraintRule]
    /// What of them Mesos can be told.
    let offerConstraints: [AttributeConstraint]
    /// Whether it stays in the masters' region, having no constraint about regions or zones (Marathon's rule).
    let staysHome: Bool
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
        self.needsPort = ports.contains { $0 != nil }
        self.role = app.role ?? settings.role
        self.accepted = AcceptedRoles(app.acceptedResourceRoles, role: role)
        self.sparesGPUs = asked.gpus == 0 && LaunchRequest.sparesGPUs(app, settings)
        self.rules = app.constraints.map(ConstraintRule.init)
        self.offerConstraints = LaunchRequest.offerConstraints(of: rules)
        self.staysHome = !app.constraints.contains { $0.field == "@region" || $0.field == "@zone" }
        var fields: [String] = []
        for rule in rules where rule.isCounting && !fields.contains(rule.field) { fields.append(rule.field) }
        self.countedFields = fields
    }

    private static func sparesGPUs(_ app: AppSpec, _ settings: SchedulerSettings) -> Bool {
        switch app.labels["GPU_SCHEDULING_BEHAVIOR"] {
        case "restricted": true
        case "unrestricted": false
        default: settings.sparesGPUs
        }
    }
}
