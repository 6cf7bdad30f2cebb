package import Domain
package import OrderedCollections

/// The readers of single values, for those who have a node rather than a mapping and a key. Each returns `nil` and
/// reports where the value is not as it should be.
extension ProblemLog {
    /// Text. A number or truth value that is not quoted is an error.
    package func text(_ node: YAMLNode, path: @autoclosure () -> String) -> String? {
        guard case .text(let text)? = node.scalar else {
            let isScalar = node.writtenText != nil
            return wrong(node, path(), "text", hint: isScalar ? "put it in quotes" : "write one text here")
        }
        guard !text.utf8.contains(0) else {
            report(.badValue, at: node.mark, "`\(path())` holds a NUL character", hint: "remove it")
            return nil
        }
        return text
    }

    /// Text, or a number or truth value as it is written, with a warning.
    package func lenientText(_ node: YAMLNode, path: @autoclosure () -> String) -> String? {
        switch node.scalar {
        case .flag, .number:
            report(
                .takenAsText,
                at: node.mark,
                "`\(path())` must be text, but is \(node.kindInWords); it is taken as the text \(node.inWords)",
                hint: "put it in quotes"
            )
            return node.writtenText
        default:
            warnOfOlderMeaning(node, "`\(path())`")
            return text(node, path: path())
        }
    }

    /// Tells that a bare text means something else in YAML 1.1.
    private func warnOfOlderMeaning(_ node: YAMLNode, _ what: @autoclosure () -> String) {
        guard case .scalar(let text, quoted: false) = node.content, let meaning = OlderMeaning(text) else { return }
        report(
            .readOtherwise,
            at: node.mark,
            "\(what()) is `\(clipped(text))`, which YAML 1.1 takes for \(meaning.rawValue); here it is text",
            hint: "put it in quotes"
        )
    }

    /// `true` or `false`.
    package func flag(_ node: YAMLNode, path: @autoclosure () -> String) -> Bool? {
        guard case .flag(let flag)? = node.scalar else {
            return wrong(node, path(), "true or false", hint: "write true or false")
        }
        return flag
    }

    /// A whole number within a range.
    package func integer(_ node: YAMLNode, path: @autoclosure () -> String, in range: ClosedRange<Int64>) -> Int64? {
        guard case .number(let number)? = node.scalar else {
            return wrong(node, path(), "a whole number", hint: numberHint(node))
        }
        guard let whole = number.whole, range.contains(whole) else {
            let (lowest, highest) = (range.lowerBound, range.upperBound)
            report(
                .outOfRange,
                at: node.mark,
                "`\(path())` must be a whole number from \(lowest) to \(highest), but is \(node.inWords)",
                hint: "write a whole number in that range"
            )
            return nil
        }
        return whole
    }

    /// A decimal as a whole number of 10 to the power of minus `places`; the range is in the same unit.
    package func number(
        _ node: YAMLNode,
        path: @autoclosure () -> String,
        places: Int,
        in range: ClosedRange<Int64>
    ) -> Int64? {
        guard case .number(let number)? = node.scalar else {
            return wrong(node, path(), "a number", hint: numberHint(node))
        }
        guard let scaled = number.scaled(places: places), range.contains(scaled) else {
            let unit: Int64 = places == 3 ? 1000 : 1
            let lowest = FieldValue.decimal(millionths: range.lowerBound * unit)
            let highest = FieldValue.decimal(millionths: range.upperBound * unit)
            report(
                .outOfRange,
                at: node.mark,
                "`\(path())` must be a number from \(lowest) to \(highest), but is \(node.inWords)",
                hint: "write a number in that range"
            )
            return nil
        }
        return scaled
    }

    /// The items of a list, each with its path.
    package func items(_ node: YAMLNode, path: String) -> [ListItem]? {
        guard case .sequence(let items) = node.content else {
            return wrong(node, path, "a list", hint: "write it as lines that begin with `- `, or as [a, b]")
        }
        return items.enumerated().map { ListItem(node: $1, list: path, index: $0) }
    }

    /// A mapping of free keys to texts, sorted by key.
    package func textTable(_ node: YAMLNode, path: String) -> OrderedDictionary<String, String>? {
        guard case .mapping(let entries) = node.content else {
            return wrong(node, path, "a mapping of names to texts", hint: "write it as lines of `name: text`")
        }
        var seen = KeyTable<Mark>(capacity: entries.count)
        var table: [(key: String, value: String)] = []
        table.reserveCapacity(entries.count)
        for entry in entries {
            guard let name = entry.key.writtenText, isFree(name, entry, path, &seen) else { continue }
            warnOfOlderMeaning(entry.key, "A name in `\(path)`")
            if entry.value.isNull {
                let hint = "write \"\" for an empty text, or remove the line"
                report(
                    .withoutEffect,
                    at: entry.value.mark,
                    "`\(path).\(name)` has no value and is left out",
                    hint: hint
                )
            } else if let text = lenientText(entry.value, path: "\(path).\(name)") {
                table.append((name, text))
            }
        }
        table.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return OrderedDictionary(uniqueKeysWithValues: table)
    }

    private func isFree(_ name: String, _ entry: YAMLNode.Entry, _ path: String, _ seen: inout KeyTable<Mark>) -> Bool {
        if let first = seen[name] {
            let message = "`\(path).\(name)` stands here a second time; the first is at \(words(for: first))"
            report(.duplicateKey, at: entry.key.mark, message, hint: "keep one of them")
            return false
        }
        seen.add(name, entry.key.mark)
        guard name.isEmpty || name.utf8.contains(0) else { return true }
        report(.badValue, at: entry.key.mark, "A name in `\(path)` is empty or holds a NUL", hint: "give it a name")
        return false
    }

    private func numberHint(_ node: YAMLNode) -> String {
        guard case .scalar(let text, let quoted) = node.content else { return "write one number" }
        if quoted, ExactDecimal(text) != nil { return "remove the quotes" }
        return "write a decimal number without unit, underscores or leading zeros"
    }

    private func wrong<Value>(_ node: YAMLNode, _ path: String, _ wanted: String, hint: String) -> Value? {
        let found = node.writtenText == nil || node.isNull ? node.kindInWords : "\(node.kindInWords): \(node.inWords)"
        report(.wrongType, at: node.mark, "`\(path)` must be \(wanted), but is \(found)", hint: hint)
        return nil
    }
}

/// An item of a list that knows where it stands. Its path is put together only for those who ask.
package struct ListItem {
    /// The item.
    package let node: YAMLNode
    /// The list's path.
    private let list: String
    private let index: Int

    init(node: YAMLNode, list: String, index: Int) { (self.node, self.list, self.index) = (node, list, index) }

    /// `healthChecks[0]`.
    package var path: String { "\(list)[\(index)]" }
}

extension Milliseconds {
    /// Reads a length of time with units: `500ms`, `10s`, `1h30m`, `7d`. Units go from large to small, each once.
    /// - Returns: `nil` for anything else, or where it is over 100 years.
    package init?(written text: String) {
        let units: [(name: String, length: Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
        ]
        var rest = text[...]
        var total: Int64 = 0
        var nextUnit = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { ("a"..."z").contains($0) }
            rest = rest.dropFirst(name.count)
            guard digits.count <= 12, let count = Int64(digits) else { return nil }
            guard let unit = units[nextUnit...].firstIndex(where: { $0.name == name }) else { return nil }
            let (span, overflow) = count.multipliedReportingOverflow(by: units[unit].length)
            guard !overflow, span <= 3_155_760_000_000 else { return nil }
            total += span
            nextUnit = unit + 1
        }
        self.init(total)
    }
}
