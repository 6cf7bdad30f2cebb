package import Domain
import OrderedCollections

/// Any JSON value: a spec's field as it stands in a document.
package indirect enum JSONValue: Hashable, Sendable {
    /// Nothing.
    case null
    /// True or false.
    case flag(Bool)
    /// A whole number.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// Text.
    case text(String)
    /// Values in order.
    case list([JSONValue])
    /// Named values.
    case object([String: JSONValue])
}

extension JSONValue: Codable {
    /// Reads whatever stands there.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Writes it.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let flag): try container.encode(flag)
        case .integer(let integer): try container.encode(integer)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let members): try container.encode(members)
        }
    }
}

extension JSONValue {
    /// A spec's field.
    package init(_ value: FieldValue) {
        switch value {
        case .null: self = .null
        case .flag(let flag): self = .flag(flag)
        case .integer(let integer): self = .integer(integer)
        case .millionths(let count) where count.isMultiple(of: 1_000_000): self = .integer(count / 1_000_000)
        // A division rounds to the nearest Double, which prints as the decimal it stands for.
        case .millionths(let count): self = .number(Double(count) / 1_000_000)
        case .text(let text): self = .text(text)
        case .list(let values): self = .list(values.map(JSONValue.init))
        case .object(let members):
            self = .object(Dictionary(uniqueKeysWithValues: members.map { ($0.key, JSONValue($0.value)) }))
        }
    }

    /// The field that this value was made from; members come in the order of their names.
    package var fieldValue: FieldValue {
        switch self {
        case .null: .null
        case .flag(let flag): .flag(flag)
        case .integer(let integer): .integer(integer)
        case .number(let number): .millionths(Int64((number * 1_000_000).rounded()))
        case .text(let text): .text(text)
        case .list(let list): .list(list.map(\.fieldValue))
        case .object(let members):
            .object(
                OrderedDictionary(
                    uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.fieldValue) }
                )
            )
        }
    }
}
