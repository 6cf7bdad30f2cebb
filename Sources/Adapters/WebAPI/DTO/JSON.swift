package import FoundationEssentials

/// How documents become bytes and back: the same on the server, in the command line and in the tests.
package enum JSON {
    /// Whom the bytes are for.
    package enum Style: Sendable {
        /// A program: one line.
        case compact
        /// A person: indented.
        case pretty
    }

    /// A document's bytes; keys are sorted, so that equal documents have equal bytes.
    /// - Throws: `EncodingError` where a number cannot be written as JSON.
    package static func encode(_ document: some Encodable, _ style: Style = .compact) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if style == .pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return try encoder.encode(document)
    }

    /// The document in some bytes.
    /// - Throws: `DecodingError` where they are not JSON or not that document.
    package static func decode<Document: Decodable>(
        _ type: Document.Type,
        from bytes: some Sequence<UInt8>
    ) throws -> Document {
        try JSONDecoder().decode(type, from: Data(bytes))
    }

    /// What a decoding error says to a person: where in the document, and what is wrong there.
    package static func explain(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
        case .typeMismatch(let type, let context):
            "\(place(context.codingPath)) must be \(kind(of: type))\(found(by: context.debugDescription))"
        case .valueNotFound(_, let context): "\(place(context.codingPath)) is null"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "it is not JSON" : "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    /// A type that is decoded, in JSON's words.
    private static func kind(of type: Any.Type) -> String {
        switch type {
        case is any ObjectShaped.Type: "an object"
        case is any ListShaped.Type: "a list"
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any FixedWidthInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        default: "something else"
        }
    }

    /// What stands there instead: the decoder tells it in a sentence alone.
    private static func found(by sentence: String) -> String {
        let kinds = [
            ("an array", "a list"), ("a dictionary", "an object"), ("a string", "a text"), ("number", "a number"),
            ("bool", "true or false"), ("null", "null"),
        ]
        guard let start = sentence.firstRange(of: "but found ") else { return "" }
        let rest = sentence[start.upperBound...]
        return kinds.first { rest.contains($0.0) }.map { ", but is \($0.1)" } ?? ""
    }

    private static func place(_ path: [any CodingKey]) -> String {
        let steps = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }
        let text = steps.joined()
        return text.hasPrefix(".") ? String(text.dropFirst()) : text.isEmpty ? "the document" : text
    }
}

/// A type that is an object in JSON, whatever its values are.
private protocol ObjectShaped {}
extension Dictionary: ObjectShaped {}

/// A type that is a list in JSON, whatever its items are.
private protocol ListShaped {}
extension Array: ListShaped {}
