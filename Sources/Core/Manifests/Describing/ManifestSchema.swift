package import Domain
import OrderedCollections

/// The JSON Schema (draft 7) of manifests, for editors: made from the very forms that the decoder reads by.
///
/// It is stricter than the decoder where an editor shall draw a line under something: keys that are not known are errors in
/// it, and only warnings of `pacer lint`.
package enum ManifestSchema {
    /// Where the schema is found, as its `$id`.
    package static let identifier = "https://pacer.dev/schema/manifest.json"

    /// The schema.
    package static var schema: FieldValue {
        var definitions: OrderedDictionary<String, FieldValue> = [:]
        for root in [AppForm.form, PodForm.form, GroupForm.form] { collect(root, into: &definitions) }
        definitions.sort { $0.key < $1.key }
        definitions["member"] = member
        definitions["document"] = document
        return .object([
            "$schema": .text("http://json-schema.org/draft-07/schema#"),
            "$id": .text(identifier),
            "title": .text("Pacer manifest"),
            "description": .text(
                "An app, a pod, a list of them, or a group: Marathon's definitions, and Pacer's `rollout`."
            ),
            "if": .object(["type": .text("array")]),
            "then": .object(["items": reference("member")]),
            "else": reference("document"),
            "definitions": .object(definitions),
        ])
    }

    /// The schema as a file has it.
    package static var text: String { schema.indented() + "\n" }

    private static func reference(_ name: String) -> FieldValue { .object(["$ref": .text("#/definitions/\(name)")]) }

    private static func requires(_ key: String) -> FieldValue { .object(["required": .list([.text(key)])]) }

    /// What has containers is a pod, and everything else an app.
    private static var member: FieldValue {
        .object(["if": requires("containers"), "then": reference("pod"), "else": reference("app")])
    }

    /// What has apps, groups or pods is a group.
    private static var document: FieldValue {
        .object([
            "if": .object(["anyOf": .list(["apps", "groups", "pods"].map(requires))]),
            "then": reference("group"),
            "else": reference("member"),
        ])
    }

    // MARK: - Forms

    private static func collect(_ form: ObjectForm, into definitions: inout OrderedDictionary<String, FieldValue>) {
        guard definitions[form.name] == nil else { return }
        // Entered first: forms can hold themselves.
        definitions[form.name] = object(form)
        for field in form.fields { for inner in field.value.forms { collect(inner, into: &definitions) } }
    }

    private static func object(_ form: ObjectForm) -> FieldValue {
        var properties: OrderedDictionary<String, FieldValue> = [:]
        for field in form.fields { properties[field.key] = property(field) }
        // Files can name their schema.
        properties["$schema"] = .object(["type": .text("string")])
        let required = form.fields.filter(\.isRequired).map { FieldValue.text($0.key) }
        var members: OrderedDictionary<String, FieldValue> = [
            "type": .text("object"), "description": .text(form.about), "properties": .object(properties),
        ]
        if !required.isEmpty { members["required"] = .list(required) }
        members["additionalProperties"] = .flag(false)
        return .object(members)
    }

    private static func property(_ field: FieldDescription) -> FieldValue {
        var members = field.value.schema
        // Draft 7 ignores what stands beside a reference.
        if members["$ref"] != nil { members = ["allOf": .list([.object(members)])] }
        members["description"] = .text(field.about)
        if let standard = field.standard { members["default"] = standard }
        if let instead = field.insteadOf {
            members["deprecated"] = .flag(true)
            members["deprecationMessage"] = .text("Deprecated: write \(instead)")
        }
        return .object(members)
    }
}

extension ValueForm {
    /// The objects that it speaks of.
    fileprivate var forms: [ObjectForm] {
        switch self {
        case .object(let form): [form()]
        case .list(let item), .table(let item): item.forms
        case .anyOf(let all), .tuple(let all, _): all.flatMap(\.forms)
        case .text, .flag, .integer, .number, .choice: []
        }
    }

    /// Its schema's members.
    fileprivate var schema: OrderedDictionary<String, FieldValue> {
        switch self {
        case .text(let rule): rule.schema
        case .flag: ["type": .text("boolean")]
        case .integer(let range):
            [
                "type": .text("integer"), "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ]
        case .number(let places, let range):
            [
                "type": .text("number"), "minimum": .millionths(range.lowerBound * (places == 3 ? 1000 : 1)),
                "maximum": .millionths(range.upperBound * (places == 3 ? 1000 : 1)),
            ]
        case .choice(let words): ["type": .text("string"), "enum": .list(words.map(FieldValue.text))]
        case .list(let item): ["type": .text("array"), "items": .object(item.schema)]
        case .table(let value): ["type": .text("object"), "additionalProperties": .object(value.schema)]
        case .object(let form): ["$ref": .text("#/definitions/\(form().name)")]
        case .anyOf(let all): ["anyOf": .list(all.map { .object($0.schema) })]
        case .tuple(let items, let least):
            [
                "type": .text("array"), "items": .list(items.map { .object($0.schema) }),
                "additionalItems": .flag(false), "minItems": .integer(Int64(least)),
            ]
        }
    }
}

extension TextRule {
    fileprivate var schema: OrderedDictionary<String, FieldValue> {
        var members: OrderedDictionary<String, FieldValue> = ["type": .text("string")]
        if let least { members["minLength"] = .integer(Int64(least)) }
        if let most { members["maxLength"] = .integer(Int64(most)) }
        if let pattern { members["pattern"] = .text(pattern) }
        return members
    }
}

extension FieldValue {
    /// The value as JSON on lines of their own, two spaces for each level.
    package func indented(by depth: Int = 0) -> String {
        let outer = String(repeating: "  ", count: depth)
        let inner = outer + "  "
        switch self {
        case .list(let values) where !values.isEmpty:
            return "[\n" + values.map { inner + $0.indented(by: depth + 1) }.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(inner)\(FieldValue.text($0.key)): \($0.value.indented(by: depth + 1))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        default: return description
        }
    }
}
