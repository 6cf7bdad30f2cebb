import CYAML
import Manifests

/// One step of libyaml through a file, in our own values.
struct Event {
    enum Kind: Equatable {
        case streamEnd
        case documentStart
        case documentEnd
        case scalar(String, quoted: Bool)
        case sequenceStart
        case mappingStart
        case collectionEnd
        case alias(String)
        /// What says nothing about the tree.
        case other
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var mark: Mark
    /// From where to where it stands, in characters from the beginning of the text behind its byte order mark.
    var span: Range<Int>
    /// The last line that it has a character in.
    var lastLine: Int
}

/// libyaml's parser over bytes that outlive it; it is freed with this value.
struct EventReader: ~Copyable {
    /// What to say where libyaml cannot get memory.
    static let outOfMemory = ParseFailure(
        kind: .tooLarge,
        mark: .start(),
        message: "There is no memory to read the file",
        hint: "try again; give the process more memory"
    )

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// Where a text ends whose last line has no end of its own. libyaml puts that end into a line after it, which no
    /// editor could go to.
    private let openEnd: (characters: Int, column: Int)?

    /// A parser of a text without its byte order mark.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, of text: FileText) {
        let isOpen = bytes.last.map { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") } ?? false
        openEnd = isOpen ? (bytes.count { $0 & 0xC0 != 0x80 }, text.mark(ofByte: text.bytes.count).column) : nil
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event, or why there is none. Not to be called again after a failure or the stream's end.
    mutating func next(in text: FileText) -> Step {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { return .failure(failure(in: text)) }
        defer { yaml_event_delete(&raw) }
        return .event(translate(raw))
    }

    private func translate(_ raw: yaml_event_t) -> Event {
        let span = Int(raw.start_mark.index)..<Int(raw.end_mark.index)
        // What ends at a line's beginning has ended in the line before.
        let lastLine = Int(raw.end_mark.line) + (raw.end_mark.column > 0 ? 1 : 0)
        let mark = place(raw.start_mark)
        var event = Event(kind: .other, mark: mark, span: span, lastLine: max(mark.line, lastLine))
        switch raw.type {
        case YAML_STREAM_END_EVENT: event.kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: event.kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: event.kind = .documentEnd
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: event.kind = .collectionEnd
        case YAML_ALIAS_EVENT: event.kind = .alias(string(raw.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            event.kind = .sequenceStart
            event.anchor = string(raw.data.sequence_start.anchor)
            event.tag = string(raw.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            event.kind = .mappingStart
            event.anchor = string(raw.data.mapping_start.anchor)
            event.tag = string(raw.data.mapping_start.tag)
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE
            event.kind = .scalar(String(decoding: value, as: UTF8.self), quoted: quoted)
            event.anchor = string(scalar.anchor)
            event.tag = string(scalar.tag)
        default: break
        }
        return event
    }

    private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    private func failure(in text: FileText) -> ParseFailure {
        let raw = parser.pointee
        if raw.error == YAML_MEMORY_ERROR { return EventReader.outOfMemory }
        let problem = raw.problem.map { String(cString: $0) } ?? "the text is not YAML"
        let context = raw.context.map { String(cString: $0) }
        let mark =
            raw.error == YAML_READER_ERROR
            ? text.mark(ofByte: raw.problem_offset + text.markLength) : place(raw.problem_mark)
        let opening = context == nil ? nil : place(raw.context_mark)
        return SyntaxAdvice(problem: problem, context: context, mark: mark, opening: opening, text: text).failure
    }

    /// libyaml counts from 0.
    private func place(_ mark: yaml_mark_t) -> Mark {
        if let openEnd, mark.column == 0, mark.index == openEnd.characters {
            return Mark(line: Int(mark.line), column: openEnd.column)
        }
        return Mark(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}

/// What one step brought.
enum Step {
    case event(Event)
    case failure(ParseFailure)
}
