package import OrderedCollections

/// A value of a spec's field as a reader sees it: what a plan shows before and after.
package enum FieldValue: Hashable, Sendable {
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
        case .integer(let number): FieldValue.append("m", number * 1_000_000, ";", to: &bytes)
        case .millionths(let number): FieldValue.append("m", number, ";", to: &bytes)
        case .text(let text): FieldValue.encode(text, into: &bytes)
        case .list(let values):
            FieldValue.append("l", Int64(values.count), ":", to: &bytes)
            for value in values { value.encode(into: &bytes) }
        case .object(let members):
            FieldValue.append("o", Int64(members.count), ":", to: &bytes)
            for (key, value) in members {
                FieldValue.encode(key, into: &bytes)
                value.encode(into: &bytes)
            }
        }
    }

    /// Adds the encoding of a text.
    static func encode(_ text: String, into bytes: inout [UInt8]) {
        append("s", Int64(text.utf8.count), ":", to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    /// Adds a tag, a number in decimal, and what ends it.
    private static func append(_ tag: Unicode.Scalar, _ number: Int64, _ end: Unicode.Scalar, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: tag))
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
        bytes.append(UInt8(ascii: end))
    }
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
