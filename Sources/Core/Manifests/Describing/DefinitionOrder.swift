import Domain
import OrderedCollections

/// The order in which a reader wants the keys of a file: that of the forms.
package enum DefinitionOrder {
    /// A document with the keys of all its mappings in their order; keys that no form knows come last, as they stand. Nothing
    /// else is changed.
    /// - Parameter path: the file's, which says what its documents are.
    package static func arranged(_ document: YAMLNode, ofFile path: String) -> YAMLNode {
        switch path.split(separator: "/").last {
        case "pacer.yaml", "pacer.yml": arranged(document, by: .object { SettingsForm.form })
        case "_group.yaml", "_group.yml": arranged(document, by: .object { GroupForm.folder })
        default: arranged(member: document)
        }
    }

    /// An app, a pod, a group, or a list of them.
    private static func arranged(member node: YAMLNode) -> YAMLNode {
        switch node.content {
        case .scalar: return node
        case .sequence(let items): return YAMLNode(.sequence(items.map(arranged(member:))), at: node.mark)
        case .mapping(let entries):
            let keys = Set(entries.compactMap(\.key.writtenText))
            if !keys.isDisjoint(with: ["apps", "groups", "pods"]) {
                return arranged(node, by: .object { GroupForm.form })
            }
            return arranged(node, by: .object { keys.contains("containers") ? PodForm.form : AppForm.form })
        }
    }

    private static func arranged(_ node: YAMLNode, by value: ValueForm) -> YAMLNode {
        switch (node.content, value) {
        case (.mapping(let entries), .object(let form)):
            YAMLNode(.mapping(arranged(entries, by: form())), at: node.mark)
        case (.mapping(let entries), .table(let inner)):
            YAMLNode(.mapping(entries.map { .init(key: $0.key, value: arranged($0.value, by: inner)) }), at: node.mark)
        case (.sequence(let items), .list(let inner)):
            YAMLNode(.sequence(items.map { arranged($0, by: inner) }), at: node.mark)
        case (_, .anyOf(let all)): all.reduce(node) { arranged($0, by: $1) }
        default: node
        }
    }

    private static func arranged(_ entries: [YAMLNode.Entry], by form: ObjectForm) -> [YAMLNode.Entry] {
        var places: [String: Int] = [:]
        for (place, field) in form.fields.enumerated() { places[field.key] = place }
        let placed = entries.enumerated().map { index, entry in
            (place: places[entry.key.writtenText ?? ""] ?? form.fields.count, index: index, entry: entry)
        }
        return placed.sorted { ($0.place, $0.index) < ($1.place, $1.index) }.map { item in
            guard form.fields.indices.contains(item.place) else { return item.entry }
            let value = arranged(item.entry.value, by: form.fields[item.place].value)
            return YAMLNode.Entry(key: item.entry.key, value: value)
        }
    }
}
