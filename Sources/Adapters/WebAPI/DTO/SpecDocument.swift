package import Domain

extension AppSpec {
    /// The definition as Marathon's JSON has it, made from the one list of fields: `env.LEVEL` is the member `LEVEL` of
    /// `env`, and `containers[web].resources.cpus` stands in the item of `containers` that has the name `web`.
    package var document: JSONValue {
        var document = JSONValue.object([:])
        for field in fields {
            document = document.holding(JSONValue(field.value), at: AppSpec.steps(of: field.path)[...])
        }
        guard let pod, case .object(var members) = document else { return document }
        members["containers"] = .list(
            pod.containers.map { container in
                let item = members.removeValue(forKey: "containers[\(container.name)]") ?? .object([:])
                return item.holding(.text(container.name), at: ["name"])
            }
        )
        return .object(members)
    }

    /// A path's steps from the outside in. What is below these three are names that people gave: they may hold dots.
    private static func steps(of path: String) -> [String] {
        var steps: [String] = []
        var rest = path[...]
        while let dot = rest.firstIndex(of: ".") {
            steps.append(String(rest[..<dot]))
            rest = rest[rest.index(after: dot)...]
            if ["env", "environment", "labels"].contains(steps.last) { break }
        }
        return steps + [String(rest)]
    }
}

extension JSONValue {
    /// This object with a value at a place in it, and the objects around that.
    fileprivate func holding(_ value: JSONValue, at steps: ArraySlice<String>) -> JSONValue {
        guard let step = steps.first else { return value }
        var members: [String: JSONValue] = [:]
        if case .object(let present) = self { members = present }
        members[step] = (members[step] ?? .object([:])).holding(value, at: steps.dropFirst())
        return .object(members)
    }
}
