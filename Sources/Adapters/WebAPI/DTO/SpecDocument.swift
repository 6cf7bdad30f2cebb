package import Domain
import Manifests
import OrderedCollections

extension AppSpec {
    /// The definition as Marathon's JSON has it, made from the one list of fields: `env.LEVEL` is the member `LEVEL` of
    /// `env`, and `containers[web].resources.cpus` stands in the item of `containers` that has the name `web`. What a task runs
    /// in has no defaults worth telling, and names in its paths: it is as it would be written.
    package var document: JSONValue {
        var document = JSONValue.object([:])
        for field in fields where !AppSpec.isWrittenWhole(field.path) {
            document = document.holding(JSONValue(field.value), at: AppSpec.steps(of: field.path)[...])
        }
        guard case .object(var members) = document else { return document }
        if case .object(let written) = DefinitionWriter.definition(of: self, id: nil) {
            for key in AppSpec.writtenWhole { if let value = written[key] { members[key] = JSONValue(value) } }
        }
        guard let pod else { return .object(members) }
        members["containers"] = .list(
            pod.containers.map { container in
                let item = members.removeValue(forKey: "containers[\(container.name)]") ?? .object([:])
                return item.holding(.text(container.name), at: ["name"])
            }
        )
        return .object(members)
    }

    private static let writtenWhole = ["container", "networks", "secrets", "volumes"]

    private static func isWrittenWhole(_ path: String) -> Bool {
        writtenWhole.contains(String(path.prefix { $0 != "." && $0 != "[" }))
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
