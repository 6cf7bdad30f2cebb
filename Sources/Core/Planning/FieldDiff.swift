import Domain
import OrderedCollections

extension Change.Field {
    /// The fields in which two specs of an app differ, in the spec's order. A missing spec has no values: all of a new
    /// app's fields are added, all of a removed app's fields go, and neither is a replacement.
    static func differences(from before: AppSpec?, to after: AppSpec?) -> [Change.Field] {
        let old = before?.fields ?? []
        let new = after?.fields ?? []
        let isReplacement = before != nil && after != nil
        let oldByPath = table(old)
        let newByPath = table(new)
        return mergedPaths(old, oldByPath, new, newByPath).compactMap { path in
            let (left, right) = (oldByPath[path], newByPath[path])
            let (was, becomes) = (left?.value ?? .null, right?.value ?? .null)
            guard was != becomes else { return nil }
            let fieldClass = (right ?? left)?.fieldClass
            let forces = isReplacement && fieldClass == .restart
            return Change.Field(path: path, before: was, after: becomes, forcesReplacement: forces)
        }
    }

    private static func table(_ fields: [SpecField]) -> [String: SpecField] {
        Dictionary(fields.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The paths of both lists, where a path that only the old one has keeps its place between its neighbours.
    private static func mergedPaths(
        _ old: [SpecField],
        _ oldByPath: [String: SpecField],
        _ new: [SpecField],
        _ newByPath: [String: SpecField]
    ) -> [String] {
        var paths: [String] = []
        var rest = old[...]
        for field in new {
            while let next = rest.first, newByPath[next.path] == nil {
                // A variable that goes stands among those that stay, in the order of their names.
                guard oldByPath[field.path] != nil || next.path < field.path else { break }
                paths.append(next.path)
                rest.removeFirst()
            }
            if rest.first?.path == field.path { rest.removeFirst() }
            paths.append(field.path)
        }
        return paths + rest.map(\.path).filter { newByPath[$0] == nil }
    }
}
