/// Looks whether a regular expression is one that can be matched in linear time, before a matcher ever sees it.
enum PatternCheck {
    private static let longest = 256
    private static let mostRepeats = 1000

    /// What is wrong with a pattern, to follow "a pattern that"; `nil` where nothing is.
    static func fault(in pattern: String) -> String? {
        guard !pattern.isEmpty else { return "is empty" }
        guard pattern.utf8.count <= longest else { return "has more than \(longest) bytes" }
        var scan = PatternScan(characters: Array(pattern))
        return scan.fault()
    }

    /// One pass over a pattern: brackets, escapes and quantifiers.
    private struct PatternScan {
        let characters: [Character]
        var index = 0
        var openGroups = 0
        /// Whether something stands before that can be repeated.
        var hasOperand = false

        init(characters: [Character]) { self.characters = characters }

        mutating func fault() -> String? {
            while index < characters.count {
                let character = characters[index]
                index += 1
                if let fault = take(character) { return fault }
            }
            return openGroups == 0 ? nil : "has a ( without its )"
        }

        private mutating func take(_ character: Character) -> String? {
            switch character {
            case "\\": return takeEscape()
            case "[": return takeClass()
            case "(": return takeGroup()
            case ")":
                guard openGroups > 0 else { return "has a ) without its (" }
                openGroups -= 1
                hasOperand = true
            case "|", "^": hasOperand = false
            case "*", "+", "?": return takeQuantifier()
            case "{": return takeBounds()
            default: hasOperand = true
            }
            return nil
        }

        private mutating func takeEscape() -> String? {
            guard index < characters.count else { return "ends with a backslash" }
            let escaped = characters[index]
            index += 1
            guard !("1"..."9").contains(escaped), escaped != "k" else { return "refers back to a group" }
            hasOperand = true
            return nil
        }

        private mutating func takeGroup() -> String? {
            openGroups += 1
            hasOperand = false
            guard index < characters.count, characters[index] == "?" else { return nil }
            guard index + 1 < characters.count, characters[index + 1] == ":" else {
                return "has a group that begins with (? and is not (?:"
            }
            index += 2
            return nil
        }

        private mutating func takeClass() -> String? {
            if index < characters.count, characters[index] == "^" { index += 1 }
            if index < characters.count, characters[index] == "]" { index += 1 }
            while index < characters.count, characters[index] != "]" {
                index += characters[index] == "\\" ? 2 : 1
            }
            guard index < characters.count else { return "has a [ without its ]" }
            index += 1
            hasOperand = true
            return nil
        }

        private mutating func takeQuantifier() -> String? {
            guard hasOperand else { return "repeats nothing" }
            if index < characters.count, characters[index] == "?" { index += 1 }
            hasOperand = false
            return nil
        }

        private mutating func takeBounds() -> String? {
            guard let end = characters[index...].firstIndex(of: "}") else { return "has a { without its }" }
            let bounds = characters[index..<end].split(separator: ",", omittingEmptySubsequences: false)
            index = end + 1
            let lower = bounds.first.flatMap { Int(String($0)) }
            let isOpen = bounds.count == 2 && bounds[1].isEmpty
            let upper = isOpen ? lower : bounds.last.flatMap { Int(String($0)) }
            guard bounds.count <= 2, let lower, let upper, lower >= 0, lower <= upper else {
                return "has bad bounds in { }"
            }
            guard upper <= PatternCheck.mostRepeats else {
                return "repeats more than \(PatternCheck.mostRepeats) times"
            }
            return takeQuantifier()
        }
    }
}
