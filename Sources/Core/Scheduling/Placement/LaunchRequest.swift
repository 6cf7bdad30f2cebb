import Domain
import OrderedCollections

/// What one spec asks of an agent, taken out of the definition once.
struct LaunchRequest: Sendable {
    /// The spec.
    let spec: Spec
    /// Describes its tasks.
    let builder: TaskBuilder
    /// Describes its task groups; `nil` for an app.
    let group: GroupBuilder?
    /// What its tasks' names begin with.
    let stem: String
    /// What an instance takes, with its volumes on the agent's own disk.
    let asked: Resources
    /// The pieces that it is taken in: one, and one for an executor of its own; for a pod one for the executor and one for
    /// each container.
    let shares: [Resources]
    /// The volumes that are made for an instance; what it takes is reserved for it then.
    let volumes: [PersistentVolume]
    /// The role that its offers are for.
    let role: String
    /// Which resources it takes them from.
    let accepted: AcceptedRoles
    /// Whether it stays off agents that have GPUs, which it does not ask for (Marathon's
    /// `--gpu_scheduling_behavior restricted`, or an app's own label).
    let sparesGPUs: Bool
    /// For each port of the host that it gets the number that it must have, or `nil` for any.
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
        self.volumes = app.volumes
        self.group = GroupBuilder(spec, settings: settings)
        self.shares = group?.shares ?? TaskBuilder.shares(of: app)
        self.asked = app.needs + Resources(disk: volumes.lazy.filter { $0.type == .root }.reduce(0) { $0 + $1.size })
        self.ports = app.boundPorts
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

    /// What starts an instance in a place that was found for it.
    func operation(_ task: TaskID, on agent: Agent, ports: [Int], shares: [[MesosResource]]) -> OfferOperation {
        if let group { return group.operation(task, on: agent, ports: ports, shares: shares) }
        return .launch([builder.task(task, on: agent, ports: ports, shares: shares)])
    }
    /// Whether something is to be reserved, which nothing can be for the role `*`.
    var isResident: Bool { !volumes.isEmpty }

    private static func sparesGPUs(_ app: AppSpec, _ settings: SchedulerSettings) -> Bool {
        switch app.labels["GPU_SCHEDULING_BEHAVIOR"] {
        case "restricted": true
        case "unrestricted": false
        default: settings.sparesGPUs
        }
    }
}
