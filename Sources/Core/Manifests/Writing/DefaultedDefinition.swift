package import Domain
import OrderedCollections

extension DefinitionWriter {
    /// The definition of an app or a pod with everything that holds where nothing is said: what Pacer really goes by.
    package static func defaultedDefinition(of spec: AppSpec) -> FieldValue {
        let form = spec.pod == nil ? AppForm.form : PodForm.form
        guard case .object(var members) = definition(of: spec, id: spec.id.path) else { return .null }
        // These depend on the rest of the definition, so no form can name them.
        if spec.pod == nil {
            members["upgradeStrategy"] = .object([
                "minimumHealthCapacity": .millionths(spec.upgradeStrategy.minimumHealthMillionths),
                "maximumOverCapacity": .millionths(spec.upgradeStrategy.maximumOverMillionths),
            ])
            if spec.isOnHostNetwork { members["portDefinitions"] = .list(spec.portDefinitions.map(\.written)) }
        }
        return filled(.object(members), by: .object { form })
    }

    /// The value with the defaults of its form, and of the forms in it.
    private static func filled(_ value: FieldValue, by form: ValueForm) -> FieldValue {
        switch (value, form) {
        case (.object(let members), .object(let form)): .object(filled(members, by: form()))
        case (.object(let members), .table(let inner)): .object(members.mapValues { filled($0, by: inner) })
        case (.list(let items), .list(let inner)): .list(items.map { filled($0, by: inner) })
        case (.object, .anyOf(let all)), (.list, .anyOf(let all)):
            all.first { fits(value, $0) }.map { filled(value, by: $0) } ?? value
        default: value
        }
    }

    private static func filled(
        _ members: OrderedDictionary<String, FieldValue>,
        by form: ObjectForm
    ) -> OrderedDictionary<String, FieldValue> {
        var result: OrderedDictionary<String, FieldValue> = [:]
        for field in form.fields {
            if let value = members[field.key] {
                result[field.key] = filled(value, by: field.value)
            } else if let standard = field.standard, field.insteadOf == nil {
                result[field.key] = standard
            }
        }
        return result
    }

    private static func fits(_ value: FieldValue, _ form: ValueForm) -> Bool {
        switch (value, form) {
        case (.object(let members), .object(let form)): members.keys.allSatisfy { form().keys.accepted.contains($0) }
        case (.list, .list), (.list, .tuple): true
        default: false
        }
    }
}
