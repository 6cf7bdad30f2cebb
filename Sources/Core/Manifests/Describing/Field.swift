import Domain
import OrderedCollections

/// A key of a definition as its readers of all kinds need it: people by way of the schema, the decoder, the writer.
struct FieldDescription: Sendable {
    /// The key.
    var key: String
    /// What its value may be.
    var value: ValueForm
    /// What holds where the key is absent.
    var standard: FieldValue?
    /// What it means, in one or two sentences.
    var about: String
    /// What to write instead of a form that Marathon has deprecated.
    var insteadOf: String?
    /// Whether the key must be there.
    var isRequired = false
}

/// Whatever describes a key.
protocol Described: Sendable {
    /// The key and what is known of it.
    var description: FieldDescription { get }
}

/// One key of a definition, with the type of its value: the only place where the key, its range, its default and its
/// meaning are written down. Reading, writing and the JSON Schema are made from it.
struct Field<Value>: Described {
    /// The key and what is known of it.
    var description: FieldDescription
    /// Reads the value; `nil` where it is absent, or wrong, which is reported.
    let read: @Sendable (MappingReader, String) -> Value?
    /// What is written for a value.
    let encode: @Sendable (Value) -> FieldValue

    /// The key.
    var key: String { description.key }

    /// The key must be there; the reader says so where it is not.
    var required: Field {
        var field = self
        field.description.isRequired = true
        return field
    }

    /// Marathon has deprecated the key.
    /// - Parameter instead: what to write, as the end of "write …".
    func deprecated(_ instead: String) -> Field {
        var field = self
        field.description.insteadOf = instead
        return field
    }

    /// What holds where the key is absent.
    func standing(_ standard: Value) -> StandingField<Value> where Value: Sendable {
        var field = self
        field.description.standard = encode(standard)
        return StandingField(field: field, standard: standard)
    }
}

/// A field that has a value in every definition: the written one, or its default.
struct StandingField<Value: Sendable>: Described {
    /// The field.
    let field: Field<Value>
    /// Its default.
    let standard: Value

    var description: FieldDescription { field.description }
    /// The key.
    var key: String { field.key }
}

extension MappingReader {
    /// A field's value; `nil` where it is absent, or wrong, which is reported.
    subscript<Value>(_ field: Field<Value>) -> Value? { field.read(self, field.key) }

    /// A field's value, or its default where it is absent, or wrong, which is reported.
    subscript<Value>(_ field: StandingField<Value>) -> Value { field.field.read(self, field.key) ?? field.standard }

    /// Whether a field is there and is not `null`.
    func has(_ field: some Described) -> Bool { has(field.description.key) }

    /// A mapping with the keys of a form.
    init?(_ node: YAMLNode, path: String = "", form: ObjectForm, log: ProblemLog) {
        self.init(node, path: path, keys: form.keys, log: log)
    }

    /// Tells that a deprecated form stands here.
    func reportDeprecated(_ field: some Described, readAs: String) {
        let key = field.description.key
        log.report(
            .deprecated,
            at: keyMark(of: key),
            "`\(path(of: key))` is deprecated; it is read as \(readAs)",
            hint: field.description.insteadOf.map { "write \($0)" } ?? "remove it"
        )
    }
}
