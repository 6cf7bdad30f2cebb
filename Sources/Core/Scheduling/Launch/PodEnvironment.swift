import Domain
import OrderedCollections

/// The environment of one container's tasks, to the letter what Marathon gives (its `TaskGroupBuilder`, 1.11). Other than
/// for apps, Marathon's own variables win over those of the definition; a container's win over its pod's.
struct PodEnvironment: Sendable {
    /// The definition's variables, the pod's first.
    private let own: OrderedDictionary<String, String>
    /// What is the same for all tasks of the container, after the ids.
    private let constant: OrderedDictionary<String, String>
    /// What the variables of each endpoint of the pod are called, in the order of the pod's ports.
    private let endpoints: [(number: String, host: String, container: String)]
    /// The pod's ports, whose containers share their network.
    private let ports: [InstancePort]

    /// Takes together what is the same for all tasks of a container.
    init(_ container: PodContainer, of spec: Spec, prefix: String) {
        self.own = spec.app.env.merging(container.environment) { _, own in own }
        var constant: OrderedDictionary<String, String> = [
            "MARATHON_APP_ID": spec.id.path,
            "MARATHON_APP_VERSION": String(spec.digest.short),
            "MARATHON_CONTAINER_ID": container.name,
            "MARATHON_CONTAINER_RESOURCE_CPUS": TaskEnvironment.number(container.resources.cpus),
            "MARATHON_CONTAINER_RESOURCE_MEM": TaskEnvironment.number(container.resources.mem),
            "MARATHON_CONTAINER_RESOURCE_DISK": TaskEnvironment.number(container.resources.disk),
            "MARATHON_CONTAINER_RESOURCE_GPUS": String(container.resources.gpus / 1000),
        ]
        let labels = spec.app.labels.merging(container.labels) { _, own in own }
        for (name, value) in TaskEnvironment.labels(labels) { constant[name] = value }
        self.constant = constant
        let prefix = prefix.uppercased()
        self.ports = spec.app.ports
        self.endpoints = ports.map { port in
            let name = TaskEnvironment.variableName(port.name ?? "")
            return ("\(prefix)ENDPOINT_\(name)", "\(prefix)EP_HOST_\(name)", "\(prefix)EP_CONTAINER_\(name)")
        }
    }

    /// The variables of one task, in order.
    /// - Parameter numbers: those of the whole pod: every container sees the endpoints of all.
    func variables(task: TaskID, group: TaskID, host: String, ports numbers: InstancePorts) -> [Label] {
        var variables = own
        variables["HOST"] = host
        variables["MESOS_TASK_ID"] = task.rawValue
        variables["MESOS_EXECUTOR_ID"] = GroupBuilder.executorID(of: group)
        for (name, value) in constant { variables[name] = value }
        for (index, names) in endpoints.enumerated() {
            variables[names.number] = String(numbers.listening[index])
            if let host = numbers.hosts[index] { variables[names.host] = String(host) }
            if ports[index].containerPort != nil { variables[names.container] = String(numbers.listening[index]) }
        }
        return variables.map { Label(key: $0.key, value: $0.value) }
    }
}
