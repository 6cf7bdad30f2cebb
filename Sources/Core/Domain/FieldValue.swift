package import OrderedCollections

/// A value of a spec's field as a reader sees it: what a plan shows before and after.
package indirect enum FieldValue: Hashable, Sendable {
    /// Not set.
    case null
    /// True or false.
    case flag(Bool)
    /// A whole number.
    case integer(Int64)
    /// A number in millionths (`1.5` is `1_500_000`), so that equal numbers are equal values.
    case millionths(Int64)
    /// Text.
    case text(String)
    /// Values in order.
    case list([FieldValue])
    /// Named values.
    case object(OrderedDictionary<String, FieldValue>)

    /// Text where there is some.
    package init(_ text: String?) { self = text.map(FieldValue.text) ?? .null }

    /// A length of time, as seconds.
    package init(seconds span: Milliseconds) { self = .millionths(span.count * 1000) }

    /// An amount in thousandths.
    package init(milli: Int64) { self = .millionths(milli * 1000) }

    /// Text by name.
    package init(_ table: OrderedDictionary<String, String>) {
        var object: OrderedDictionary<String, FieldValue> = [:]
        for (key, value) in table { object[key] = .text(value) }
        self = .object(object)
    }

    /// Adds an unambiguous encoding: a tag byte, and lengths before everything of varying length.
    func encode(into bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(UInt8(ascii: "n"))
        case .flag(let flag): bytes.append(UInt8(ascii: flag ? "t" : "f"))
        case .integer(let number): FieldValue.append("m\(number * 1_000_000);", to: &bytes)
        case .millionths(let number): FieldValue.append("m\(number);", to: &bytes)
        case .text(let text):
            FieldValue.append("s\(text.utf8.count):", to: &bytes)
            FieldValue.append(text, to: &bytes)
        case .list(let values):
            FieldValue.append("l\(values.count):", to: &bytes)
            for value in values { value.encode(into: &bytes) }
        case .object(let members):
            FieldValue.append("o\(members.count):", to: &bytes)
            for (key, value) in members {
                FieldValue.text(key).encode(into: &bytes)
                value.encode(into: &bytes)
            }
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) { bytes.append(contentsOf: text.utf8) }
}

extension FieldValue: CustomStringConvertible {
    /// The value in one line, as JSON would show it (text in quotes).
    package var description: String {
        switch self {
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .integer(let number): "\(number)"
        case .millionths(let number): FieldValue.decimal(millionths: number)
        case .text(let text): FieldValue.quoted(text)
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { FieldValue.quoted($0.key) + ": " + $0.value.description }.joined(separator: ", ") + "}"
        }
    }

    /// A number of millionths as a decimal without trailing zeros: `1_500_000` is `1.5`.
    package static func decimal(millionths number: Int64) -> String {
        let whole = number.magnitude / 1_000_000
        var fraction = String(number.magnitude % 1_000_000)
        let sign = number < 0 ? "-" : ""
        guard fraction != "0" else { return "\(sign)\(whole)" }
        fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(sign)\(whole).\(fraction)"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 32:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
