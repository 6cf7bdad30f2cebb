import Manifests

/// A comment of a file: `# …` up to the end of its line.
struct Comment: Hashable {
    /// With its `#`, without spaces at its end.
    var text: String
    /// Where its `#` stands.
    var mark: Mark
    /// Whether nothing else stands in its line but perhaps the `-` of what follows.
    var isAlone: Bool
}

/// A text with everything that a formatter must keep: its events, and the comments between them.
struct CommentedText {
    /// What libyaml reads.
    private(set) var events: [Event] = []
    /// All comments, in order.
    private(set) var comments: [Comment] = []
    /// Lines that are empty, from 1.
    private(set) var emptyLines: Set<Int> = []

    private let characters: [Unicode.Scalar]
    /// The place in `characters` where each line begins.
    private let lineStarts: [Int]

    /// Reads a text.
    /// - Throws: why it is not well-formed.
    init(_ bytes: [UInt8]) throws(ParseFailure) {
        let text = FileText(bytes: bytes)
        let body = bytes.dropFirst(text.markLength)
        let characters = Array(String(decoding: body, as: UTF8.self).unicodeScalars)
        self.characters = characters
        lineStarts = [0] + characters.indices.filter { CommentedText.isLineEnd(characters, $0) }.map { $0 + 1 }
        try readEvents(Array(body), of: text)
        findComments()
        emptyLines = findEmptyLines()
    }

    /// Empty lines within a text that has several lines belong to that text. What begins behind the last line break is no
    /// line.
    private func findEmptyLines() -> Set<Int> {
        var lines = Set(
            lineStarts.indices.filter { lineStarts[$0] < characters.count }.map { $0 + 1 }
                .filter { line($0).allSatisfy(\.properties.isWhitespace) }
        )
        for event in events {
            if case .scalar = event.kind, event.lastLine > event.mark.line {
                lines.subtract(event.mark.line...event.lastLine)
            }
        }
        return lines
    }

    private mutating func readEvents(_ body: [UInt8], of text: FileText) throws(ParseFailure) {
        let result: Result<[Event], ParseFailure> = body.withUnsafeBufferPointer { buffer in
            guard var reader = EventReader(buffer, of: text) else { return .failure(EventReader.outOfMemory) }
            var events: [Event] = []
            while events.last?.kind != .streamEnd {
                switch reader.next(in: text) {
                case .event(let event): events.append(event)
                case .failure(let failure): return .failure(failure)
                }
            }
            return .success(events)
        }
        events = try result.get()
    }

    /// Between events stand only indicators, spaces and comments; so every `#` there begins a comment.
    private mutating func findComments() {
        var position = 0
        for event in events {
            let isBlock =
                event.span.lowerBound < characters.count
                && "|>".unicodeScalars.contains(characters[event.span.lowerBound])
            findComments(in: position..<max(position, event.span.lowerBound))
            position = max(position, event.span.upperBound)
            // A block text's first line holds its indicators and perhaps a comment.
            if case .scalar(_, quoted: true) = event.kind, isBlock {
                findComments(in: event.span.lowerBound..<endOfLine(event.span.lowerBound))
            }
        }
        findComments(in: position..<characters.count)
    }

    private mutating func findComments(in range: Range<Int>) {
        var index = range.lowerBound
        while index < min(range.upperBound, characters.count) {
            guard characters[index] == "#" else {
                index += 1
                continue
            }
            let end = endOfLine(index)
            add(index..<end)
            index = end
        }
    }

    private mutating func add(_ range: Range<Int>) {
        var text = String(String.UnicodeScalarView(characters[range]))
        while text.last?.isWhitespace == true { text.removeLast() }
        let line = lineStarts.lastIndex { $0 <= range.lowerBound } ?? 0
        let before = characters[lineStarts[line]..<range.lowerBound]
        let mark = Mark(line: line + 1, column: before.count + 1)
        comments.append(Comment(text: text, mark: mark, isAlone: isIndentation(before)))
    }

    /// Where an entry begins: an item of a block list with its `-`.
    func beginning(of entry: Entry) -> Mark {
        guard case .item? = entry.path.last else { return entry.mark }
        let start = lineStarts[entry.mark.line - 1]
        let before = characters[start..<(start + entry.mark.column - 1)]
        guard isIndentation(before), let dash = before.lastIndex(of: "-") else { return entry.mark }
        return Mark(line: entry.mark.line, column: dash - start + 1)
    }

    private func isIndentation(_ characters: ArraySlice<Unicode.Scalar>) -> Bool {
        characters.allSatisfy { $0 == "-" || $0.properties.isWhitespace }
    }

    private func endOfLine(_ index: Int) -> Int {
        characters[index...].firstIndex(where: CommentedText.lineBreaks.contains) ?? characters.count
    }

    /// What libyaml counts as the end of a line (YAML 1.1, 5.4).
    private static let lineBreaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]

    /// Whether a line ends with the character: a carriage return before a line feed is not yet the end.
    private static func isLineEnd(_ characters: [Unicode.Scalar], _ index: Int) -> Bool {
        let isHalf = characters[index] == "\r" && index + 1 < characters.count && characters[index + 1] == "\n"
        return lineBreaks.contains(characters[index]) && !isHalf
    }

    private func line(_ number: Int) -> ArraySlice<Unicode.Scalar> {
        let end = lineStarts.indices.contains(number) ? lineStarts[number] : characters.count
        return characters[lineStarts[number - 1]..<end]
    }
}
