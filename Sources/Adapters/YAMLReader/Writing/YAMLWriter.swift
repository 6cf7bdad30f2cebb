import CYAML
package import Domain
package import Manifests
import OrderedCollections

/// Writes values as YAML for people, by libyaml's emitter: two spaces of indentation, long lines as they are, texts of
/// several lines as blocks, lists within lists on one line, and quotes only where a reader of YAML 1.1 or 1.2 could take
/// the text for something else.
package enum YAMLWriter {
    /// The text of a file with these documents, each a mapping or a list.
    /// - Throws: `OutOfMemory` where libyaml gets no memory: there is no other way for it to fail.
    package static func text(_ documents: [FieldValue]) throws(OutOfMemory) -> String {
        try text(documents.map { YAMLNode($0) })
    }

    /// The text of a file with these documents. A number or truth value is written as it is.
    /// - Throws: as above.
    package static func text(_ documents: [YAMLNode]) throws(OutOfMemory) -> String {
        let emitter = try Emitter()
        try emitter.stream(documents)
        return emitter.text
    }

    /// There is no memory to write a file.
    package struct OutOfMemory: Error {}
}

/// libyaml's emitter with the bytes that it has written; freed with this value.
private final class Emitter {
    private let emitter: UnsafeMutablePointer<yaml_emitter_t>
    private let bytes: UnsafeMutablePointer<[UInt8]>

    init() throws(YAMLWriter.OutOfMemory) {
        emitter = .allocate(capacity: 1)
        bytes = .allocate(capacity: 1)
        bytes.initialize(to: [])
        guard yaml_emitter_initialize(emitter) == 1 else {
            // What deinit deletes must have been begun.
            emitter.initialize(to: yaml_emitter_t())
            throw YAMLWriter.OutOfMemory()
        }
        yaml_emitter_set_output(emitter, append, bytes)
        yaml_emitter_set_unicode(emitter, 1)
        yaml_emitter_set_indent(emitter, 2)
        yaml_emitter_set_width(emitter, -1)
        yaml_emitter_set_break(emitter, YAML_LN_BREAK)
    }

    deinit {
        yaml_emitter_delete(emitter)
        emitter.deallocate()
        bytes.deinitialize(count: 1)
        bytes.deallocate()
    }

    var text: String { String(decoding: bytes.pointee, as: UTF8.self) }

    func stream(_ documents: [YAMLNode]) throws(YAMLWriter.OutOfMemory) {
        try emit { yaml_stream_start_event_initialize(&$0, YAML_UTF8_ENCODING) }
        for (index, document) in documents.enumerated() {
            // The first needs no `---` before it.
            try emit { yaml_document_start_event_initialize(&$0, nil, nil, nil, index == 0 ? 1 : 0) }
            try node(document, isNested: false)
            try emit { yaml_document_end_event_initialize(&$0, 1) }
        }
        try emit { yaml_stream_end_event_initialize(&$0) }
    }

    private func node(_ node: YAMLNode, isNested: Bool) throws(YAMLWriter.OutOfMemory) {
        switch node.content {
        case .scalar(let text, let quoted):
            switch Scalar(text, quoted: quoted) {
            case .text: try scalar(text, PlainText.style(of: text))
            case .null: try scalar("null", YAML_PLAIN_SCALAR_STYLE)
            case .flag, .number: try scalar(text, YAML_PLAIN_SCALAR_STYLE)
            }
        case .sequence(let items):
            let isShort = items.isEmpty || (isNested && items.allSatisfy(\.isScalar))
            let style = isShort ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE
            try emit { yaml_sequence_start_event_initialize(&$0, nil, nil, 1, style) }
            for item in items { try self.node(item, isNested: true) }
            try emit { yaml_sequence_end_event_initialize(&$0) }
        case .mapping(let entries):
            let style = entries.isEmpty ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE
            try emit { yaml_mapping_start_event_initialize(&$0, nil, nil, 1, style) }
            for entry in entries {
                try self.node(entry.key, isNested: false)
                try self.node(entry.value, isNested: false)
            }
            try emit { yaml_mapping_end_event_initialize(&$0) }
        }
    }

    private func scalar(_ text: String, _ style: yaml_scalar_style_t) throws(YAMLWriter.OutOfMemory) {
        var text = text
        try emit { event in
            text.withUTF8 {
                yaml_scalar_event_initialize(&event, nil, nil, $0.baseAddress, Int32($0.count), 1, 1, style)
            }
        }
    }

    private func emit(_ make: (inout yaml_event_t) -> Int32) throws(YAMLWriter.OutOfMemory) {
        var event = yaml_event_t()
        guard make(&event) == 1 else { throw YAMLWriter.OutOfMemory() }
        // The emitter takes the event, also where it fails.
        guard yaml_emitter_emit(emitter, &event) == 1 else { throw YAMLWriter.OutOfMemory() }
    }
}

/// Takes what the emitter has written. A C callback must be a function of a file.
private func append(
    _ data: UnsafeMutableRawPointer?,
    _ buffer: UnsafeMutablePointer<UInt8>?,
    _ size: Int
) -> Int32 {
    guard let data, let buffer else { return 0 }
    data.assumingMemoryBound(to: [UInt8].self).pointee.append(
        contentsOf: UnsafeBufferPointer(start: buffer, count: size)
    )
    return 1
}

extension YAMLNode {
    fileprivate var isScalar: Bool {
        if case .scalar = content { true } else { false }
    }
}

/// Which texts can stand without quotes.
enum PlainText {
    /// How a text is written: as a block where it has several lines, quoted where it could be taken for something else.
    /// What plain text may not hold in itself (`: `, ` #`, a leading `-`), libyaml quotes by itself.
    static func style(of text: String) -> yaml_scalar_style_t {
        if text.utf8.contains(UInt8(ascii: "\n")), isBlock(text) { return YAML_LITERAL_SCALAR_STYLE }
        if text.unicodeScalars.contains(where: isInvisible) { return YAML_DOUBLE_QUOTED_SCALAR_STYLE }
        return isAmbiguous(text) ? YAML_SINGLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE
    }

    /// What is only seen when it is written as an escape: control characters, and what YAML 1.1 takes for a line's end.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 32 && scalar != "\t") || (127...160).contains(scalar.value)
            || [0x2028, 0x2029, 0xFEFF].contains(scalar.value)
    }

    /// A block cannot begin with a space or hold control characters, and spaces or empty lines at its end would not be seen.
    private static func isBlock(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first != " ", first != "\n", first != "\t" else { return false }
        guard !text.hasSuffix("\n\n"), !text.contains(" \n"), !text.contains("\t\n"), text.last != " ",
            text.last != "\t"
        else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "\n" || !isInvisible($0) }
    }

    /// Whether a reader of YAML 1.1 or 1.2 could take the text for a number, a truth value, a time, null or a merge key
    /// (yaml.org/type; YAML 1.2.2, 10.3). Whatever begins like a number is quoted, which errs on the safe side.
    static func isAmbiguous(_ text: String) -> Bool {
        let isSigned = text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+")
        let rest = text.dropFirst(isSigned ? 1 : 0)
        guard !words.contains(rest.lowercased()), let first = rest.utf8.first else { return true }
        if first == UInt8(ascii: ".") { return isDigit(rest.utf8.dropFirst().first) }
        if ["0x", "0o", "0b"].contains(rest.prefix(2).lowercased()) { return true }
        return isDigit(first) && rest.utf8.allSatisfy(numberBytes.contains)
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static let words: Set<String> = [
        "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=", ".inf", ".nan",
    ]

    /// What numbers, times and dates are made of: `1e3`, `1_000`, `12:30`, `2026-01-31T10:00:00Z`.
    private static let numberBytes = Set("0123456789_.:+-eETtZz ".utf8)
}
