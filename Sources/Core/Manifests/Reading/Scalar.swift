/// What a scalar means by YAML's core schema: what is not quoted may be nothing, a truth value or a number.
package enum Scalar: Hashable, Sendable {
    /// `null`, `~`, or nothing at all.
    case null
    /// `true` or `false`.
    case flag(Bool)
    /// A number.
    case number(ExactDecimal)
    /// Anything else.
    case text(String)

    /// Reads a scalar as it is written.
    package init(_ text: String, quoted: Bool) {
        guard !quoted, Scalar.mayMeanMore(text) else {
            self = .text(text)
            return
        }
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .flag(true)
        case "false", "False", "FALSE": self = .flag(false)
        default: self = ExactDecimal(text).map(Scalar.number) ?? .text(text)
        }
    }
}

extension Scalar {
    /// Whether a bare scalar can be anything but text, by its first byte: most are text.
    private static func mayMeanMore(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): return true
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"): return true
        case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"): return true
        default: return false
        }
    }
}

extension YAMLNode {
    /// What a scalar means; `nil` for a list or a mapping.
    package var scalar: Scalar? {
        guard case .scalar(let text, let quoted) = content else { return nil }
        return Scalar(text, quoted: quoted)
    }

    /// Whether this says nothing: `null`, `~`, or an empty value.
    package var isNull: Bool {
        guard case .scalar(let text, quoted: false) = content, text.utf8.count <= 4 else { return false }
        return Scalar(text, quoted: false) == .null
    }

    /// The scalar as it is written; `nil` for a list or a mapping.
    package var writtenText: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    /// The kind of value in a reader's words, for problems: `a list`, `a number`.
    package var kindInWords: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let text, let quoted):
            switch Scalar(text, quoted: quoted) {
            case .null: "empty"
            case .flag: "a truth value"
            case .number: "a number"
            case .text: "text"
            }
        }
    }
}
