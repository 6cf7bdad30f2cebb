import Manifests

/// One thing of a document that a comment can belong to: a key with its value, or an item of a list.
struct Entry: Hashable {
    /// The way to it from the top of the file: the document's number, then names of keys and numbers of items.
    typealias Path = [Step]

    enum Step: Hashable {
        case key(String)
        case item(Int)
    }

    var path: Path
    /// Where its key begins, or an item's value.
    var mark: Mark
    /// The last line that belongs to it.
    var lastLine: Int
}

/// The entries of a text in their order, each with where it begins and ends.
struct Entries {
    private(set) var all: [Entry] = []

    private struct Level {
        var path: Entry.Path
        var isMapping: Bool
        /// The key whose value comes next.
        var key: String?
        var count = 0
        /// The entry that this collection is the value of.
        var owner: Int?
    }

    private var open: [Level] = []
    private var documents = 0

    init(_ events: [Event]) {
        for event in events { take(event) }
    }

    private mutating func take(_ event: Event) {
        switch event.kind {
        case .documentStart: documents += 1
        case .scalar(let text, _): scalar(text, event)
        case .alias: scalar("", event)
        case .sequenceStart: begin(event, isMapping: false)
        case .mappingStart: begin(event, isMapping: true)
        case .collectionEnd:
            guard let level = open.popLast() else { return }
            close(level.owner)
        case .documentEnd, .streamEnd, .other: break
        }
    }

    private mutating func scalar(_ text: String, _ event: Event) {
        guard let level = open.last, level.isMapping, level.key == nil else {
            guard let entry = beginValue(at: event) else { return }
            all[entry].lastLine = max(all[entry].lastLine, event.lastLine)
            return
        }
        open[open.count - 1].key = text
        all.append(Entry(path: level.path + [.key(text)], mark: event.mark, lastLine: event.mark.line))
    }

    private mutating func begin(_ event: Event, isMapping: Bool) {
        let owner = beginValue(at: event)
        let path = owner.map { all[$0].path } ?? [.item(documents)]
        open.append(Level(path: path, isMapping: isMapping, owner: owner))
    }

    /// Notes that a value begins.
    /// - Returns: the entry that it belongs to; `nil` at the top of a document.
    private mutating func beginValue(at event: Event) -> Int? {
        guard let level = open.last else { return nil }
        if level.isMapping {
            open[open.count - 1].key = nil
            // The key came just before.
            return all.count - 1
        }
        all.append(Entry(path: level.path + [.item(level.count)], mark: event.mark, lastLine: event.mark.line))
        open[open.count - 1].count += 1
        return all.count - 1
    }

    /// A collection ends with the last thing in it: where libyaml sees its end, the next line may have begun.
    private mutating func close(_ entry: Int?) {
        guard let entry, let last = all.last else { return }
        all[entry].lastLine = max(all[entry].lastLine, last.lastLine)
    }
}
