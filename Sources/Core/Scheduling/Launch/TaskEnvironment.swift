import Domain
import OrderedCollections

/// A task's environment, to the letter what Marathon gives (its `TaskBuilder` and `EnvironmentHelper`, 1.11): programs,
/// side-cars and load balancers read these names. What the app's own definition sets wins over all of it.
struct TaskEnvironment: Sendable {
    /// Labels whose key or value is this long or longer are left out, as Marathon does.
    private static let longestLabel = 512

    private let definitions: [PortDefinition]
    private let prefix: String
    /// What the app's definition sets.
    private let own: OrderedDictionary<String, String>
    /// What is the same for every task and stands before the variables of the place.
    private let head: [Label]
    /// The app's own variables that replace none of the head's.
    private let tail: [Label]

    /// Takes together what is the same for all tasks of a spec.
    init(_ spec: Spec, prefix: String) {
        self.definitions = spec.app.portDefinitions
        self.prefix = prefix
        let own = spec.app.env
        var constant = TaskEnvironment.identity(spec)
        for (name, value) in TaskEnvironment.labels(spec.app.labels) { constant[name] = value }
        self.own = own
        self.head = constant.map { Label(key: $0.key, value: own[$0.key] ?? $0.value) }
        self.tail = own.filter { constant[$0.key] == nil && $0.key != "MESOS_TASK_ID" }
            .map { Label(key: $0.key, value: $0.value) }
    }

    /// The variables of one task, in order.
    func variables(task: TaskID, host: String, ports: [Int]) -> [Label] {
        var variables: [Label] = []
        variables.reserveCapacity(head.count + tail.count + 4 * ports.count + 4)
        variables.append(Label(key: "MESOS_TASK_ID", value: own["MESOS_TASK_ID"] ?? task.rawValue))
        variables += head
        let place = place(host, ports)
        for (name, value) in place { variables.append(Label(key: name, value: own[name] ?? value)) }
        for variable in tail where place[variable.key] == nil { variables.append(variable) }
        return variables
    }

    private static func identity(_ spec: Spec) -> OrderedDictionary<String, String> {
        let resources = spec.app.resources
        return [
            "MARATHON_APP_ID": spec.id.path,
            // Marathon's version is the time of the change; ours is what the task runs: equal versions are equal tasks.
            "MARATHON_APP_VERSION": String(spec.digest.short),
            "MARATHON_APP_RESOURCE_CPUS": number(resources.cpus),
            "MARATHON_APP_RESOURCE_MEM": number(resources.mem),
            "MARATHON_APP_RESOURCE_DISK": number(resources.disk),
            "MARATHON_APP_RESOURCE_GPUS": String(resources.gpus / 1000),
            "MARATHON_APP_ENFORCE_GROUP_ROLE": spec.app.enforcesGroupRole == true ? "TRUE" : "FALSE",
        ]
    }

    /// The variables that tell of labels.
    static func labels(_ labels: OrderedDictionary<String, String>) -> OrderedDictionary<String, String> {
        var named: OrderedDictionary<String, String> = [:]
        for (key, value) in labels where key.utf16.count < longestLabel && value.utf16.count < longestLabel {
            named[variableName(key)] = value
        }
        var variables = ["MARATHON_APP_LABELS": named.keys.joined(separator: " ")] as OrderedDictionary
        for (name, value) in named { variables["MARATHON_APP_LABEL_\(name)"] = value }
        return variables
    }

    private func place(_ host: String, _ ports: [Int]) -> OrderedDictionary<String, String> {
        var variables: OrderedDictionary<String, String> = ["\(prefix)HOST": host]
        guard let first = ports.first else { return variables }
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
        return variables
    }

    /// A label's key as part of a variable's name: runs of anything but ASCII letters, digits and `_` become one `_`.
    static func variableName(_ key: String) -> String {
        var name = ""
        var isInRun = false
        for scalar in key.unicodeScalars {
            let isKept = scalar.isASCII && (scalar == "_" || scalar.properties.isAlphabetic || isDigit(scalar))
            if isKept { name.unicodeScalars.append(scalar) } else if !isInRun { name.append("_") }
            isInRun = !isKept
        }
        return name.uppercased()
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

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
