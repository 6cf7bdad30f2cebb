import Foundation

/// What one line of Swift brings in.
extension SourceTree.Line {
    /// The modules that a line imports, whatever stands before and after the word: `@preconcurrency import Foundation`,
    /// `package import struct Foundation.Date`, `import A; import B`.
    static func imports(of text: String) -> [String] {
        // The plain word first: a regular expression over every line takes a minute.
        guard text.contains("import") else { return [] }
        return text.split(separator: ";").compactMap { statement in
            let words = statement.replacing(#/@\w+(\([^)]*\))?/#, with: "").split(whereSeparator: \.isWhitespace)
            let head = words.prefix { accessLevels.contains(String($0)) }.count
            let rest = words.dropFirst(head)
            guard rest.first == "import", let first = rest.dropFirst().first else { return nil }
            let name = kinds.contains(String(first)) ? rest.dropFirst(2).first : first
            return name?.split(separator: ".").first.map(String.init)
        }
    }

    /// The words of a line that have no place in the core: clocks, randomness, concurrency, the environment, output.
    static func impurities(of text: String) -> [String] {
        impure.filter { entry in
            text.contains(entry.word) && text.range(of: entry.pattern, options: .regularExpression) != nil
        }
        .map(\.word)
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]

    private static let kinds: Set<String> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
    ]

    private static let impure: [(word: String, pattern: String)] = [
        ("async", #"\basync\b"#), ("await", #"\bawait\b"#),
        ("Task", #"(?<!enum )\bTask\s*(\.detached|\.immediate|[{(])"#),
        ("Date(", #"\bDate\("#), ("Clock", #"\b\w*Clock\b"#), ("random(", #"\brandom\("#),
        ("shuffle", #"\.shuffled?\("#), ("randomElement(", #"\brandomElement\("#),
        ("SystemRandomNumberGenerator", #"\bSystemRandomNumberGenerator\b"#), ("UUID(", #"\bUUID\("#),
        ("print(", #"\bprint\("#), ("getenv(", #"\bgetenv\("#), ("ProcessInfo", #"\bProcessInfo\b"#),
        ("actor", #"\bactor\s"#), ("Mutex", #"\bMutex\b"#),
    ]
}
