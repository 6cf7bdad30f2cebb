import Domain
import OrderedCollections

/// A task's environment, to the letter what Marathon gives (its `TaskBuilder` and `EnvironmentHelper`, 1.11): programs,
/// side-cars and load balancers read these names. What the app's own definition sets wins over all of it.
struct TaskEnvironment {
    /// Labels whose key or value is this long or longer are left out, as Marathon does.
    private static let longestLabel = 512

    private var variables: OrderedDictionary<String, String> = [:]

    /// The variables of one task, in order.
    static func of(_ spec: Spec, task: TaskID, host: String, ports: [Int], prefix: String) -> [Label] {
        var environment = TaskEnvironment()
        environment.addIdentity(spec, task)
        environment.addLabels(spec.app.labels)
        environment.addPlace(spec.app.portDefinitions, host, ports, prefix)
        for (name, value) in spec.app.env { environment.variables[name] = value }
        return environment.variables.map { Label(key: $0.key, value: $0.value) }
    }

    private mutating func addIdentity(_ spec: Spec, _ task: TaskID) {
        let resources = spec.app.resources
        variables["MESOS_TASK_ID"] = task.rawValue
        variables["MARATHON_APP_ID"] = spec.id.path
        // Marathon's version is the time of the change; ours is what the task runs, so equal versions are equal tasks.
        variables["MARATHON_APP_VERSION"] = String(spec.digest.short)
        variables["MARATHON_APP_RESOURCE_CPUS"] = TaskEnvironment.number(resources.cpus)
        variables["MARATHON_APP_RESOURCE_MEM"] = TaskEnvironment.number(resources.mem)
        variables["MARATHON_APP_RESOURCE_DISK"] = TaskEnvironment.number(resources.disk)
        variables["MARATHON_APP_RESOURCE_GPUS"] = String(resources.gpus / 1000)
        variables["MARATHON_APP_ENFORCE_GROUP_ROLE"] = "FALSE"
    }

    private mutating func addLabels(_ labels: OrderedDictionary<String, String>) {
        var named: OrderedDictionary<String, String> = [:]
        for (key, value) in labels {
            guard key.utf16.count < TaskEnvironment.longestLabel else { continue }
            guard value.utf16.count < TaskEnvironment.longestLabel else { continue }
            named[TaskEnvironment.variableName(key)] = value
        }
        variables["MARATHON_APP_LABELS"] = named.keys.joined(separator: " ")
        for (name, value) in named { variables["MARATHON_APP_LABEL_\(name)"] = value }
    }

    private mutating func addPlace(_ definitions: [PortDefinition], _ host: String, _ ports: [Int], _ prefix: String) {
        variables["\(prefix)HOST"] = host
        guard let first = ports.first else { return }
        variables["\(prefix)PORT"] = String(first)
        for (index, port) in ports.enumerated() { variables["\(prefix)PORT\(index)"] = String(port) }
        variables["\(prefix)PORTS"] = ports.map(String.init).joined(separator: ",")
        for (definition, port) in zip(definitions, ports) {
            let number = definition.port == 0 ? port : definition.port
            variables["\(prefix)PORT_\(number)"] = String(port)
        }
        for (definition, port) in zip(definitions, ports) {
            guard let name = definition.name else { continue }
            variables["\(prefix)PORT_\(name.uppercased())"] = String(port)
        }
    }

    /// A label's key as part of a variable's name: runs of anything but ASCII letters, digits and `_` become one `_`.
    static func variableName(_ key: String) -> String {
        var name = ""
        var isInRun = false
        for scalar in key.unicodeScalars {
            let isKept = ScalarSet.wordCharacters.contains(scalar)
            if isKept { name.unicodeScalars.append(scalar) } else if !isInRun { name.append("_") }
            isInRun = !isKept
        }
        return name.uppercased()
    }

    /// Thousandths as Java writes a double, which is what Marathon's tasks see: `0.1`, `128.0`, `1.2E7`.
    static func number(_ thousandths: Int64) -> String {
        let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
        guard whole >= 10_000_000 else {
            return "\(whole).\(fraction(String(String(rest + 1000).dropFirst())))"
        }
        let digits = String(thousandths)
        return "\(digits.prefix(1)).\(fraction(String(digits.dropFirst())))E\(digits.utf8.count - 4)"
    }

    /// Digits behind a point: without zeros at the end, but at least one.
    private static func fraction(_ digits: String) -> String {
        var digits = digits
        while digits.utf8.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return digits
    }
}
