package import Manifests

/// Writes a file anew in one form and keeps its comments and the empty lines between its parts.
package enum YAMLFormatter {
    /// Why a file is left as it is, as the end of "… is left as it is: ".
    package struct Refusal: Error, Hashable {
        /// The reason.
        package var reason: String
        /// Where, if it is about one place.
        package var mark: Mark?
    }

    /// The file in the form that ``YAMLWriter`` writes.
    /// - Parameter arranged: puts keys of mappings into their order, and changes nothing else.
    /// - Throws: `Refusal` where the file is not well-formed, uses what the writer does not (anchors, tags, keys that are
    ///   no text), or would not say the same afterwards.
    package static func formatted(_ bytes: [UInt8], arranged: (YAMLNode) -> YAMLNode) throws(Refusal) -> String {
        let file = YAMLReader().parse(bytes)
        if let failure = file.failure { throw Refusal(reason: failure.message, mark: failure.mark) }
        let text = try read(bytes)
        try refuseWhatIsLost(text, file.documents)
        let written = try write(file.documents.map(arranged))
        let result = insert(CommentPlaces(text), into: written, try read(Array(written.utf8)))
        try check(result, says: file.documents, comments: text.comments)
        return result
    }

    private static func read(_ bytes: [UInt8]) throws(Refusal) -> CommentedText {
        do throws(ParseFailure) { return try CommentedText(bytes) } catch {
            throw Refusal(reason: error.message, mark: error.mark)
        }
    }

    private static func write(_ documents: [YAMLNode]) throws(Refusal) -> String {
        do throws(YAMLWriter.OutOfMemory) { return try YAMLWriter.text(documents) } catch {
            throw Refusal(reason: "there is no memory to write it")
        }
    }

    private static func refuseWhatIsLost(_ text: CommentedText, _ documents: [YAMLNode]) throws(Refusal) {
        for event in text.events {
            if case .alias = event.kind { throw Refusal(reason: "it has aliases", mark: event.mark) }
            if event.anchor != nil { throw Refusal(reason: "it has anchors", mark: event.mark) }
            if event.tag != nil { throw Refusal(reason: "it has tags", mark: event.mark) }
        }
        for document in documents { try refuseOddKeys(document) }
    }

    private static func refuseOddKeys(_ node: YAMLNode) throws(Refusal) {
        switch node.content {
        case .scalar: return
        case .sequence(let items): for item in items { try refuseOddKeys(item) }
        case .mapping(let entries):
            var seen: Set<String> = []
            for entry in entries {
                guard case .scalar(let name, _) = entry.key.content else {
                    throw Refusal(reason: "it has a key that is no text", mark: entry.key.mark)
                }
                guard seen.insert(name).inserted else {
                    throw Refusal(reason: "it has the key `\(name)` twice", mark: entry.key.mark)
                }
                try refuseOddKeys(entry.value)
            }
        }
    }

    /// Puts comments and empty lines into a text that has none.
    private static func insert(_ places: CommentPlaces, into written: String, _ text: CommentedText) -> String {
        var lines = written.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        var before: [Int: [String]] = [:]
        var after: [Int: [String]] = [:]
        for entry in Entries(text.events).all {
            guard let around = places.surroundings[entry.path] else { continue }
            let indentation = String(lines[entry.mark.line - 1].prefix { $0 == " " })
            let inner = String(repeating: " ", count: text.beginning(of: entry).column - 1)
            let isFirst = entry.mark.line == 1 && places.header.isEmpty
            if around.isApart, !isFirst, before[entry.mark.line] == nil { before[entry.mark.line] = [""] }
            before[entry.mark.line, default: []] += around.before.map { indentation + $0 }
            after[entry.lastLine, default: []] += around.after.map { inner + $0 }
            for comment in around.beside { lines[entry.mark.line - 1] += " \(comment)" }
        }
        var result = places.header
        // The header's own empty line, where no other part begins with one.
        if places.headerIsApart, !lines.isEmpty, before[1]?.first != "" { result.append("") }
        for (index, line) in lines.enumerated() {
            result += (before[index + 1] ?? []) + [line] + (after[index + 1] ?? [])
        }
        return (result + places.footer).joined(separator: "\n") + "\n"
    }

    /// A formatter that changed what a file says would be worse than none: what was written is read again.
    private static func check(_ result: String, says documents: [YAMLNode], comments: [Comment]) throws(Refusal) {
        let again = YAMLReader().parse(Array(result.utf8))
        guard again.failure == nil, again.documents.map(sorted) == documents.map(sorted) else {
            throw Refusal(reason: "it would not say the same")
        }
        let kept = try read(Array(result.utf8)).comments.map(\.text).sorted()
        guard kept == comments.map(\.text).sorted() else { throw Refusal(reason: "a comment would be lost") }
    }

    /// The node without places, its keys sorted, and each scalar as what it means.
    private static func sorted(_ node: YAMLNode) -> YAMLNode {
        switch node.content {
        case .scalar(let text, let quoted):
            switch Scalar(text, quoted: quoted) {
            case .null: YAMLNode(.scalar("null", quoted: false), at: .start())
            case .text: YAMLNode(.scalar(text, quoted: true), at: .start())
            case .flag, .number: YAMLNode(.scalar(text, quoted: false), at: .start())
            }
        case .sequence(let items): YAMLNode(.sequence(items.map(sorted)), at: .start())
        case .mapping(let entries):
            YAMLNode(
                .mapping(
                    entries.map { YAMLNode.Entry(key: sorted($0.key), value: sorted($0.value)) }
                        .sorted { ($0.key.writtenText ?? "") < ($1.key.writtenText ?? "") }
                ),
                at: .start()
            )
        }
    }
}
