/// What `.pacerignore` keeps out of the source, by the rules of `.gitignore`: a pattern a line, `#` for comments, `*`,
/// `?` and `**`, a slash at the front or in the middle for the source's root, one at the end for folders, `!` to take back.
struct IgnoreRules: Hashable, Sendable {
    private struct Rule: Hashable {
        var takesBack: Bool
        var foldersOnly: Bool
        /// The pattern between its slashes; begins with `**` where it holds at any depth.
        var segments: [[UInt8]]
    }

    private var rules: [Rule] = []

    /// No rules: nothing is ignored.
    init() {}

    /// Reads the file's text.
    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            if let rule = IgnoreRules.rule(line) { rules.append(rule) }
        }
    }

    /// Whether nothing is ignored.
    var isEmpty: Bool { rules.isEmpty }

    /// Whether a file, or a folder that it is in, is ignored. What is in an ignored folder cannot be taken back.
    func ignores(_ path: String) -> Bool {
        guard !rules.isEmpty else { return false }
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
        return parts.indices.contains { isIgnored(parts[...$0], isFolder: $0 < parts.count - 1) }
    }

    private func isIgnored(_ parts: ArraySlice<[UInt8]>, isFolder: Bool) -> Bool {
        var ignored = false
        for rule in rules where isFolder || !rule.foldersOnly {
            if IgnoreRules.matches(rule.segments[...], parts) { ignored = !rule.takesBack }
        }
        return ignored
    }

    private static func rule(_ line: Substring) -> Rule? {
        var line = line
        while line.last == " ", !line.hasSuffix("\\ ") { line.removeLast() }
        guard !line.isEmpty, line.first != "#" else { return nil }
        let takesBack = line.first == "!"
        if takesBack { line.removeFirst() }
        if line.hasPrefix("\\#") || line.hasPrefix("\\!") { line.removeFirst() }
        let foldersOnly = line.last == "/"
        if foldersOnly { line.removeLast() }
        let isAnchored = line.contains("/")
        if line.first == "/" { line.removeFirst() }
        guard !line.isEmpty else { return nil }
        var segments = line.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
        if !isAnchored { segments.insert(anyDepth, at: 0) }
        return Rule(takesBack: takesBack, foldersOnly: foldersOnly, segments: segments)
    }

    private static let anyDepth = Array("**".utf8)

    /// Matches segment by segment; `**` stands for any number of them. The usual loop with one place to fall back to.
    private static func matches(_ pattern: ArraySlice<[UInt8]>, _ parts: ArraySlice<[UInt8]>) -> Bool {
        wildcard(
            pattern.count,
            parts.count,
            isStar: { pattern[pattern.startIndex + $0] == anyDepth },
            equal: { nameMatches(pattern[pattern.startIndex + $0], parts[parts.startIndex + $1]) }
        )
    }

    private static func nameMatches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        wildcard(
            pattern.count,
            name.count,
            isStar: { pattern[$0] == UInt8(ascii: "*") },
            equal: { pattern[$0] == UInt8(ascii: "?") || pattern[$0] == name[$1] }
        )
    }

    /// Whether a pattern of elements, some of which are stars, matches a text as a whole; quadratic at the worst.
    private static func wildcard(
        _ pattern: Int,
        _ text: Int,
        isStar: (Int) -> Bool,
        equal: (Int, Int) -> Bool
    ) -> Bool {
        var (at, position) = (0, 0)
        var fallback: (at: Int, position: Int)?
        while position < text {
            if at < pattern, isStar(at) {
                fallback = (at, position)
                at += 1
            } else if at < pattern, equal(at, position) {
                at += 1
                position += 1
            } else if let star = fallback {
                fallback = (star.at, star.position + 1)
                (at, position) = (star.at + 1, star.position + 1)
            } else {
                return false
            }
        }
        while at < pattern, isStar(at) { at += 1 }
        return at == pattern
    }
}
