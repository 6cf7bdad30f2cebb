package import Domain
package import OrderedCollections

/// Reads one mapping of a file: typed values by key, and a problem with its place for everything that is not as it
/// should be. It knows nothing of apps; the controller's configuration is read by it too.
///
/// Getters return `nil` where the key is absent or `null`, and also where its value is wrong, which they report; so a
/// caller falls back to a default in every case and looks at the log once, at the end.
package struct MappingReader {
    /// Where the mapping stands in the file, in keys: `healthChecks[0]`; empty at the top.
    package let path: String
    /// Where the mapping begins.
    package let mark: Mark
    /// Where problems go.
    package let log: ProblemLog
    /// Whether a key was misspelt: what was meant by it is unknown.
    package let hasMisspeltKeys: Bool

    private let entries: KeyTable<YAMLNode.Entry>

    /// Takes a mapping and reports keys that stand twice, are unknown or are refused.
    /// - Returns: `nil`, and a problem, where `node` is no mapping.
    package init?(_ node: YAMLNode, path: String = "", keys: KnownKeys, log: ProblemLog) {
        guard case .mapping(let all) = node.content else {
            let what = path.isEmpty ? "This" : "`\(path)`"
            log.report(
                .wrongType,
                at: node.mark,
                "\(what) must be a mapping of keys to values, but is \(node.kindInWords)",
                hint: "write it as lines of `key: value`"
            )
            return nil
        }
        var check = KeyCheck(path: path, keys: keys, log: log)
        (self.path, self.mark, self.log) = (path, node.mark, log)
        self.entries = check.sift(all)
        self.hasMisspeltKeys = check.hasMisspeltKeys
    }

    /// The value of a key; `nil` where it is absent or `null`.
    package func value(_ key: String) -> YAMLNode? {
        guard let value = entries[key]?.value, !value.isNull else { return nil }
        return value
    }

    /// Where a key's value stands; the mapping's own place where it is absent.
    package func mark(of key: String) -> Mark { entries[key]?.value.mark ?? mark }

    /// Where a key itself stands; the mapping's own place where it is absent.
    package func keyMark(of key: String) -> Mark { entries[key]?.key.mark ?? mark }

    /// Whether a key is there and is not `null`.
    package func has(_ key: String) -> Bool { value(key) != nil }

    /// A key with the path before it: `healthChecks[0].port`.
    package func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Notes a problem at a key's value.
    package func report(_ code: ProblemCode, at key: String, _ message: String, hint: String) {
        log.report(code, at: mark(of: key), message, hint: hint)
    }

    /// Reports a key that is not there.
    package func reportMissing(_ key: String, hint: String) {
        let place = path.isEmpty ? "" : " in `\(path)`"
        log.report(.missingKey, at: mark, "`\(key)` is missing\(place)", hint: hint)
    }

    // MARK: - Scalars

    /// Text. A number or truth value that is not quoted is an error.
    package func text(_ key: String) -> String? {
        guard let node = value(key) else { return nil }
        return log.text(node, path: path(of: key))
    }

    /// Text of a key that must be there.
    package func requiredText(_ key: String, hint: String) -> String? {
        guard has(key) else {
            reportMissing(key, hint: hint)
            return nil
        }
        return text(key)
    }

    /// `true` or `false`.
    package func flag(_ key: String) -> Bool? {
        guard let node = value(key) else { return nil }
        return log.flag(node, path: path(of: key))
    }

    /// A whole number within a range.
    package func integer(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let node = value(key) else { return nil }
        return log.integer(node, path: path(of: key), in: range)
    }

    /// A decimal as a whole number of 10 to the power of minus `places`; the range is in the same unit.
    package func number(_ key: String, places: Int, in range: ClosedRange<Int64>) -> Int64? {
        guard let node = value(key) else { return nil }
        return log.number(node, path: path(of: key), places: places, in: range)
    }

    /// One of several words; in another case with a warning, since Marathon does not look at the case.
    package func choice(_ key: String, among choices: [String]) -> String? {
        guard let node = value(key), let text = log.text(node, path: path(of: key)) else { return nil }
        guard !choices.contains(text) else { return text }
        if let other = choices.first(where: { $0.lowercased() == text.lowercased() }) {
            let message = "`\(path(of: key))` is written `\(clipped(text))`; it is taken as `\(other)`"
            log.report(.otherCase, at: node.mark, message, hint: "write `\(other)`")
            return other
        }
        let near = Spelling.nearest(to: text, among: choices)
        log.report(
            .badValue,
            at: node.mark,
            "`\(path(of: key))` cannot be `\(clipped(text))`",
            hint: near.map { "did you mean `\($0)`?" } ?? "use one of \(choices.joined(separator: ", "))"
        )
        return nil
    }

    /// A length of time with its unit: `500ms`, `10s`, `5m`, `1h30m`, `7d`.
    package func duration(_ key: String) -> Milliseconds? {
        guard let node = value(key) else { return nil }
        if let text = node.writtenText, let span = Milliseconds(written: text) { return span }
        log.report(
            .badValue,
            at: node.mark,
            "`\(path(of: key))` must be a length of time, but is \(node.inWords)",
            hint: "write a number and its unit (ms, s, m, h, d), for example 10s"
        )
        return nil
    }

    // MARK: - Lists and mappings

    /// The items of a list, each with its path.
    package func items(_ key: String) -> [ListItem]? {
        guard let node = value(key) else { return nil }
        return log.items(node, path: path(of: key))
    }

    /// A list of texts. Numbers and truth values are taken as they are written, with a warning.
    package func texts(_ key: String) -> [String]? {
        items(key)?.compactMap { log.lenientText($0.node, path: $0.path) }
    }

    /// A mapping with keys of its own.
    package func mapping(_ key: String, keys: KnownKeys) -> MappingReader? {
        guard let node = value(key) else { return nil }
        return MappingReader(node, path: path(of: key), keys: keys, log: log)
    }

    /// A mapping of free keys to texts, sorted by key. Numbers and truth values are taken as they are written, with a
    /// warning; a key without a value is left out, with a warning.
    package func textTable(_ key: String) -> OrderedDictionary<String, String>? {
        guard let node = value(key) else { return nil }
        return log.textTable(node, path: path(of: key))
    }
}
