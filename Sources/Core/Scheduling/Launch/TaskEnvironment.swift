import Domain
import OrderedCollections

/// A task's environment, to the letter what Marathon gives (its `TaskBuilder` and `EnvironmentHelper`, 1.11): programs,
/// side-cars and load balancers read these names. What the app's own definition sets wins over all of it.
struct TaskEnvironment: Sendable {
    /// Labels whose key or value is this long or longer are left out, as Marathon does.
    private static let longestLabel = 512

    private let ports: [InstancePort]
    /// For each port the number that the definition asks for; 0 for any.
    private let requested: [Int]
    private let prefix: String
    /// What the app's definition sets.
    private let own: OrderedDictionary<String, String>
    /// What is the same for every task and stands before the variables of the place.
    private let head: [Label]
    /// The app's own variables that replace none of the head's.
    private let tail: [Label]

    /// Takes together what is the same for all tasks of a spec.
    init(_ spec: Spec, prefix: String) {
        self.ports = spec.app.ports
        self.requested = ports.map { $0.containerPort ?? $0.hostPort ?? 0 }
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
    func variables(task: TaskID, host: String, ports numbers: InstancePorts) -> [Label] {
        var variables: [Label] = []
        variables.reserveCapacity(head.count + tail.count + 4 * ports.count + 4)
        variables.append(Label(key: "MESOS_TASK_ID", value: own["MESOS_TASK_ID"] ?? task.rawValue))
        variables += head
        let place = place(host, numbers)
        for (name, value) in place { variables.append(Label(key: name, value: own[name] ?? value)) }
        for variable in tail where place[variable.key] == nil { variables.append(variable) }
        return variables
    }

    private static func identity(_ spec: Spec) -> OrderedDictionary<String, String> {
        let resources = spec.app.resources
        var variables: OrderedDictionary<String, String> = [
            "MARATHON_APP_ID": spec.id.path,
            // Marathon's version is the time of the change; ours is what the task runs: equal versions are equal tasks.
            "MARATHON_APP_VERSION": String(spec.digest.short),
        ]
        if let container = spec.app.container, container.engine == .docker, let image = container.image {
            variables["MARATHON_APP_DOCKER_IMAGE"] = image.name
        }
        variables["MARATHON_APP_RESOURCE_CPUS"] = number(resources.cpus)
        variables["MARATHON_APP_RESOURCE_MEM"] = number(resources.mem)
        variables["MARATHON_APP_RESOURCE_DISK"] = number(resources.disk)
        variables["MARATHON_APP_RESOURCE_GPUS"] = String(resources.gpus / 1000)
        variables["MARATHON_APP_ENFORCE_GROUP_ROLE"] = spec.app.enforcesGroupRole == true ? "TRUE" : "FALSE"
        return variables
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

    private func place(_ host: String, _ numbers: InstancePorts) -> OrderedDictionary<String, String> {
        var variables: OrderedDictionary<String, String> = ["\(prefix)HOST": host]
        guard !ports.isEmpty else { return variables }
        // What leads to the instance from outside, and what was made up for it.
        let given = ports.indices.compactMap { index in
            numbers.hosts[index] ?? (numbers.isMadeUp(index, of: ports[index]) ? numbers.listening[index] : nil)
        }
        if let first = given.first { variables["\(prefix)PORT"] = String(first) }
        let effective = ports.indices.map { numbers.hosts[$0] ?? numbers.listening[$0] }
        for (index, port) in effective.enumerated() { variables["\(prefix)PORT\(index)"] = String(port) }
        variables["\(prefix)PORTS"] = given.map(String.init).joined(separator: ",")
        for (requested, port) in zip(requested, effective) {
            variables["\(prefix)PORT_\(requested == 0 ? port : requested)"] = String(port)
        }
        for (port, host) in zip(ports, numbers.hosts) {
            guard let name = port.name, let host else { continue }
            variables["\(prefix)PORT_\(name.uppercased())"] = String(host)
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
