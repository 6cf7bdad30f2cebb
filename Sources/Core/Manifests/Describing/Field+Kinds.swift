import Domain
import OrderedCollections

extension Field where Value == String {
    /// Text.
    static func text(_ key: String, _ about: String, _ rule: TextRule = TextRule()) -> Field {
        Field(
            description: FieldDescription(key: key, value: .text(rule), about: about),
            read: { $0.text($1) },
            encode: { .text($0) }
        )
    }

    /// Text that is not empty.
    static func words(_ key: String, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .text(TextRule(least: 1)), about: about),
            read: { $0.nonEmptyText($1) },
            encode: { .text($0) }
        )
    }

    /// One of several words, as text.
    static func choice(_ key: String, _ words: [String], _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .choice(words), about: about),
            read: { $0.choice($1, among: words) },
            encode: { .text($0) }
        )
    }
}

extension Field where Value == Bool {
    /// `true` or `false`.
    static func flag(_ key: String, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .flag, about: about),
            read: { $0.flag($1) },
            encode: { .flag($0) }
        )
    }
}

extension Field where Value == Int {
    /// A whole number.
    static func integer(_ key: String, _ range: ClosedRange<Int64>, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .integer(range), about: about),
            read: { $0.integer($1, in: range).map { Int($0) } },
            encode: { .integer(Int64($0)) }
        )
    }
}

extension Field where Value == Int64 {
    /// A decimal in units of 10 to the power of minus `places`, which the range is in too.
    static func number(_ key: String, places: Int, _ range: ClosedRange<Int64>, _ about: String) -> Field {
        let unit: Int64 = places == 3 ? 1000 : 1
        return Field(
            description: FieldDescription(key: key, value: .number(places: places, range), about: about),
            read: { $0.number($1, places: places, in: range) },
            encode: { .millionths($0 * unit) }
        )
    }

    /// A whole number that is kept in thousandths.
    static func wholeMilli(_ key: String, _ range: ClosedRange<Int64>, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .integer(range), about: about),
            read: { $0.integer($1, in: range).map { $0 * 1000 } },
            encode: { FieldValue(milli: $0) }
        )
    }
}

extension Field where Value == Milliseconds {
    /// A length of time in whole seconds.
    static func seconds(_ key: String, _ range: ClosedRange<Int64>, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .integer(range), about: about),
            read: { $0.integer($1, in: range).map { Milliseconds.seconds($0) } },
            encode: { FieldValue(seconds: $0) }
        )
    }

    /// A length of time in seconds, down to thousandths; the range is in milliseconds.
    static func fractionalSeconds(_ key: String, _ range: ClosedRange<Int64>, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .number(places: 3, range), about: about),
            read: { $0.number($1, places: 3, in: range).map { Milliseconds($0) } },
            encode: { FieldValue(seconds: $0) }
        )
    }
}

extension Field where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of the words of a type.
    static func choice(_ key: String, _ about: String) -> Field {
        let words = Value.allCases.map(\.rawValue)
        return Field(
            description: FieldDescription(key: key, value: .choice(words), about: about),
            read: { $0.choice($1, among: words).flatMap { Value(rawValue: $0) } },
            encode: { .text($0.rawValue) }
        )
    }
}

extension Field where Value == [String] {
    /// Texts in order.
    static func texts(_ key: String, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .list(.text), about: about),
            read: { $0.texts($1) },
            encode: { .list($0.map(FieldValue.text)) }
        )
    }
}

extension Field where Value == OrderedDictionary<String, String> {
    /// Texts by free names.
    static func table(_ key: String, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .table(.text), about: about),
            read: { $0.textTable($1) },
            encode: { FieldValue($0) }
        )
    }
}

extension Field where Value == MappingReader {
    /// A mapping with keys of its own. It is written as the fields of its form.
    static func object(_ key: String, _ form: @escaping @Sendable () -> ObjectForm, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .object(form), about: about),
            read: { $0.mapping($1, keys: form().keys) },
            encode: { _ in preconditionFailure("a mapping is written field by field") }
        )
    }
}

extension Field where Value == [MappingReader] {
    /// A list of mappings with keys of their own; an item that is no mapping is reported and left out.
    static func objects(_ key: String, _ form: @escaping @Sendable () -> ObjectForm, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: .list(.object(form)), about: about),
            read: { reader, key in
                let keys = form().keys
                return reader.items(key)?.compactMap {
                    MappingReader($0.node, path: $0.path, keys: keys, log: reader.log)
                }
            },
            encode: { _ in preconditionFailure("mappings are written field by field") }
        )
    }
}

extension Field where Value == YAMLNode {
    /// A value that a reader of its own takes apart.
    static func node(_ key: String, _ form: ValueForm, _ about: String) -> Field {
        Field(
            description: FieldDescription(key: key, value: form, about: about),
            read: { $0.value($1) },
            encode: { _ in preconditionFailure("a node is written by who knows what it means") }
        )
    }
}

extension MappingReader {
    /// Text that is not empty.
    func nonEmptyText(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        guard text.isEmpty else { return text }
        report(.badValue, at: key, "`\(path(of: key))` is empty", hint: "give it a value, or remove it")
        return nil
    }
}
