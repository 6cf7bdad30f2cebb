import Domain
import OrderedCollections

/// Who declares which id, over all files of a source.
struct Catalog {
    /// An app by its file's position and its own position in it.
    struct Reference: Hashable {
        var entry: Int
        var app: Int
    }

    /// The first declaration of each id.
    private(set) var owners: [String: Reference] = [:]
    /// All declarations of ids that have more than one.
    private(set) var duplicates: [String: [Reference]] = [:]
    /// All groups, by path: those that are declared and those that an id lies in. Without the root.
    private(set) var groups: Set<String> = []
    /// Ids that files claim which cannot be read.
    private(set) var guesses: Set<String> = []
    /// Whether some file may declare ids that are not known here.
    private(set) var isIncomplete = false

    init(_ entries: OrderedDictionary<String, Entry>) {
        owners.reserveCapacity(entries.count)
        for (position, entry) in entries.values.enumerated() {
            for (index, app) in entry.decoded.apps.enumerated() {
                add(app, Reference(entry: position, app: index))
            }
            for group in entry.decoded.groups { addGroup(group.path[...]) }
            for guess in entry.decoded.guesses { guesses.insert(guess.path) }
            if !entry.decoded.claimsAreComplete { isIncomplete = true }
        }
    }

    /// Whether a path is an app's, a group's, or may be an unreadable file's.
    func knows(_ path: String) -> Bool {
        owners[path] != nil || groups.contains(path) || guesses.contains(path)
    }

    private mutating func add(_ app: DeclaredApp, _ reference: Reference) {
        if let first = owners[app.id.path] {
            duplicates[app.id.path, default: [first]].append(reference)
        } else {
            owners[app.id.path] = reference
        }
        if !groups.contains(app.group) { addGroup(app.group[...]) }
    }

    private mutating func addGroup(_ path: Substring) {
        var path = path
        while path.utf8.count > 1, groups.insert(String(path)).inserted {
            path = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        }
    }
}

/// The groups around a path, innermost first, without the root.
func groupsAround(_ path: String) -> [String] {
    var groups: [String] = []
    var rest = path[...]
    while let slash = rest.lastIndex(of: "/"), slash != rest.startIndex {
        rest = rest[..<slash]
        groups.append(String(rest))
    }
    return groups
}

/// Whether an absolute path lies in a group, at any depth, or is the group itself.
func lies(_ path: String, in group: String) -> Bool {
    group == "/" || path == group || path.hasPrefix(group + "/")
}
