import Manifests

/// What stands around an entry besides its value.
struct Surroundings: Hashable {
    /// Comments in lines of their own before it.
    var before: [String] = []
    /// The comment at the end of its line.
    var beside: [String] = []
    /// Comments in lines of their own after it that are indented as it is, or deeper, and what follows is not.
    var after: [String] = []
    /// Whether an empty line parts it from what is before it.
    var isApart = false
}

/// Which comment of a text belongs to what: to the entry in whose line it stands, or to the next one; but one that is
/// indented deeper than the next entry belongs to what is before it. Comments at the top belong to the file: up to the
/// last empty line among them, or all where there is none.
struct CommentPlaces {
    private(set) var header: [String] = []
    /// Whether an empty line parts the file's own comments from the rest.
    private(set) var headerIsApart = false
    private(set) var footer: [String] = []
    private(set) var surroundings: [Entry.Path: Surroundings] = [:]

    private let entries: [Entry]
    private let emptyLines: Set<Int>

    init(_ text: CommentedText) {
        entries = Entries(text.events).all.map { entry in
            var entry = entry
            entry.mark = text.beginning(of: entry)
            return entry
        }
        emptyLines = text.emptyLines
        let headerEnd = CommentPlaces.headerEnd(text, firstEntry: entries.first?.mark.line)
        headerIsApart = headerEnd > 0 && text.emptyLines.contains(headerEnd + 1)
        for comment in text.comments {
            if comment.mark.line <= headerEnd { header.append(comment.text) } else { place(comment) }
        }
        for entry in entries where isApart(entry, text.comments) {
            surroundings[entry.path, default: .init()].isApart = true
        }
    }

    /// The last line of the comments that are about the file: those at the top up to the last empty line among them, or
    /// all, where there is none. 0 where the file begins without a comment.
    private static func headerEnd(_ text: CommentedText, firstEntry: Int?) -> Int {
        let top = text.comments.filter { $0.isAlone && $0.mark.line < firstEntry ?? .max }
        return (top.last { text.emptyLines.contains($0.mark.line + 1) } ?? top.last)?.mark.line ?? 0
    }

    private mutating func place(_ comment: Comment) {
        let line = comment.mark.line
        guard comment.isAlone else {
            let owner = entries.last { $0.mark.line <= line }
            guard let owner else { return header.append(comment.text) }
            return surroundings[owner.path, default: .init()].beside.append(comment.text)
        }
        let next = entries.first { $0.mark.line > line }
        let around = entries.last { $0.mark.line < line && $0.mark.column <= comment.mark.column }
        if let next, next.mark.column >= comment.mark.column || around == nil {
            surroundings[next.path, default: .init()].before.append(comment.text)
        } else if let around, next != nil || comment.mark.column > 1 {
            surroundings[around.path, default: .init()].after.append(comment.text)
        } else {
            footer.append(comment.text)
        }
    }

    /// Whether the line before an entry and its comments is empty.
    private func isApart(_ entry: Entry, _ comments: [Comment]) -> Bool {
        var line = entry.mark.line - 1
        let alone = Set(comments.filter(\.isAlone).map(\.mark.line))
        while alone.contains(line) { line -= 1 }
        return emptyLines.contains(line)
    }
}
