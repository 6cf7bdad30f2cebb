import Domain
import OrderedCollections

/// A mapping of a definition while it is written: fields with their values, in the order of a form.
struct DefinitionTree {
    private let form: ObjectForm
    private var members: [String: FieldValue] = [:]

    /// An empty mapping.
    init(_ form: ObjectForm) { self.form = form }

    /// Writes a value where there is one.
    mutating func put<Value>(_ field: Field<Value>, _ value: Value?) {
        guard let value else { return }
        put(field.key, field.encode(value))
    }

    /// Writes a value that differs from the default.
    mutating func put<Value: Equatable>(_ field: StandingField<Value>, _ value: Value) {
        guard value != field.standard else { return }
        put(field.key, field.field.encode(value))
    }

    /// Writes what a writer of its own has made of a value, where that is something.
    mutating func put(_ field: some Described, tree: FieldValue?) {
        guard let tree else { return }
        put(field.description.key, tree)
    }

    private mutating func put(_ key: String, _ value: FieldValue) {
        precondition(members.updateValue(value, forKey: key) == nil, "`\(key)` is written twice")
    }

    /// Whether nothing was written.
    var isEmpty: Bool { members.isEmpty }

    /// What was written, in the order of the form.
    var value: FieldValue {
        var ordered: OrderedDictionary<String, FieldValue> = [:]
        for field in form.fields { if let value = members[field.key] { ordered[field.key] = value } }
        precondition(ordered.count == members.count, "a key is not of the form \(form.name): \(members.keys.sorted())")
        return .object(ordered)
    }

    /// What was written; `nil` for nothing.
    var valueIfAny: FieldValue? { isEmpty ? nil : value }
}

extension FieldValue {
    /// Text by free names; `nil` for nothing.
    static func table(_ table: OrderedDictionary<String, String>) -> FieldValue? {
        table.isEmpty ? nil : FieldValue(table)
    }

    /// Values in order; `nil` for nothing.
    static func listIfAny(_ values: [FieldValue]) -> FieldValue? { values.isEmpty ? nil : .list(values) }

    /// Variables with text and variables with secrets, sorted by name; `nil` for nothing.
    static func environment(
        _ plain: OrderedDictionary<String, String>,
        _ secrets: OrderedDictionary<String, String>?
    ) -> FieldValue? {
        let texts = plain.map { ($0.key, FieldValue.text($0.value)) }
        let references = (secrets ?? [:]).map { ($0.key, FieldValue.object(["secret": .text($0.value)])) }
        let all = (texts + references).sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        return all.isEmpty ? nil : .object(OrderedDictionary(all) { first, _ in first })
    }

    /// Declared secrets; `nil` for nothing.
    static func secrets(_ secrets: OrderedDictionary<String, String>?) -> FieldValue? {
        guard let secrets, !secrets.isEmpty else { return nil }
        var object: OrderedDictionary<String, FieldValue> = [:]
        for (name, source) in secrets { object[name] = .object(["source": .text(source)]) }
        return .object(object)
    }
}
