/// Sifts a mapping's keys: what is known goes on, everything else is reported.
struct KeyCheck {
    let path: String
    let keys: KnownKeys
    let log: ProblemLog
    private(set) var hasMisspeltKeys = false

    init(path: String, keys: KnownKeys, log: ProblemLog) {
        (self.path, self.keys, self.log) = (path, keys, log)
    }

    /// The entries by key; where a key repeats the first one counts.
    mutating func sift(_ entries: [YAMLNode.Entry]) -> KeyTable<YAMLNode.Entry> {
        var sifted = KeyTable<YAMLNode.Entry>(capacity: entries.count)
        for entry in entries {
            guard let key = entry.key.writtenText else {
                log.report(
                    .wrongType,
                    at: entry.key.mark,
                    "A key must be text, but this one is \(entry.key.kindInWords)",
                    hint: "write `key: value`; put braces and brackets in quotes"
                )
                continue
            }
            if let first = sifted[key] {
                reportDuplicate(key, entry, first: first)
            } else {
                sifted.add(key, entry)
                check(key, entry)
            }
        }
        return sifted
    }

    private func name(_ key: String) -> String { path.isEmpty ? clipped(key) : "\(path).\(clipped(key))" }

    private func reportDuplicate(_ key: String, _ entry: YAMLNode.Entry, first: YAMLNode.Entry) {
        log.report(
            .duplicateKey,
            at: entry.key.mark,
            "`\(name(key))` stands here a second time; the first is at \(log.words(for: first.key.mark))",
            hint: "keep one of them"
        )
    }

    private mutating func check(_ key: String, _ entry: YAMLNode.Entry) {
        if keys.accepted.contains(key) || key == "$schema" { return }
        if let reason = keys.refused[key] {
            guard !entry.value.saysNothing else { return }
            log.report(.notSupported, at: entry.key.mark, "`\(name(key))` \(reason)", hint: keys.refusedHint)
        } else if let reason = keys.skipped[key] {
            log.report(.runtimeKey, at: entry.key.mark, "`\(name(key))` \(reason)", hint: "remove it")
        } else if let near = keys.nearest(to: key) {
            hasMisspeltKeys = true
            log.report(
                .misspeltKey,
                at: entry.key.mark,
                "`\(name(key))` is not a key that is known here",
                hint: "did you mean `\(near)`?"
            )
        } else {
            log.report(
                .unknownKey,
                at: entry.key.mark,
                "`\(name(key))` is not a key that is known here; it is ignored",
                hint: "remove it, or keep such notes in a comment"
            )
        }
    }
}

extension YAMLNode {
    /// Whether a value is empty in whatever way: `null`, `""`, `[]`, `{}`.
    var saysNothing: Bool {
        switch content {
        case .scalar(let text, let quoted): text.isEmpty || Scalar(text, quoted: quoted) == .null
        case .sequence(let items): items.isEmpty
        case .mapping(let entries): entries.isEmpty
        }
    }

    /// A scalar as it is written, in backquotes, or the kind of value.
    var inWords: String { writtenText.map { $0.isEmpty ? "empty" : "`\(clipped($0))`" } ?? kindInWords }
}

/// A text short enough for a message.
func clipped(_ text: String) -> String {
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    return line.count <= 60 && line.count == text.count ? text : String(line.prefix(57)) + "…"
}
