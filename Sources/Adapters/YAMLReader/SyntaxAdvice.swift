import Manifests

/// Turns libyaml's terse complaint into a failure that says where to look and what to do.
struct SyntaxAdvice {
    let problem: String
    let context: String?
    let mark: Mark
    /// Where the thing began that could not be finished.
    let opening: Mark?
    let text: FileText

    /// The failure for the reader. What was opened and never closed is shown where it was opened.
    var failure: ParseFailure {
        let place = isUnfinished ? opening ?? mark : mark
        let sentence = "The file is not well-formed YAML: " + problem
        let message = context.map { "\(sentence) \($0)\(isUnfinished ? "" : whence)" } ?? sentence
        return ParseFailure(kind: .syntax, mark: place, message: message, hint: hint)
    }

    /// Whether the fault is where something began, and libyaml noticed it only later.
    private var isUnfinished: Bool {
        if ["unexpected end of stream", "document indicator", "expected ':'"].contains(where: problem.contains) {
            return true
        }
        return problem.contains("did not find expected ','") && text.byte(at: mark) == nil
    }

    private var whence: String {
        guard let opening, opening != mark else { return "" }
        return " that begins in line \(opening.line)"
    }

    private var hint: String {
        if text.byte(at: mark) == UInt8(ascii: "\t") { return "YAML indents by spaces: replace the tab by spaces" }
        return SyntaxAdvice.hints.first { problem.contains($0.part) }?.hint
            ?? "check the indentation and the quotes here and in the line above"
    }

    private static let hints: [(part: String, hint: String)] = [
        ("mapping values are not allowed", "put a value that holds \": \" in quotes, or mend the indentation"),
        ("did not find expected key", "keys of one mapping begin in the same column: mend the indentation"),
        ("did not find expected '-' indicator", "items of one list begin in the same column: mend the indentation"),
        ("did not find expected ',' or ']'", "close the list with ] and put a comma between its items"),
        ("did not find expected ',' or '}'", "close the mapping with } and put a comma between its keys"),
        ("could not find expected ':'", "a key is followed by a colon and a space"),
        ("cannot start any token", "put text that begins with this character in quotes"),
        ("unexpected end of stream", "close the quote or the bracket that begins here"),
        ("document indicator", "close the quote that begins here"),
        ("unknown escape character", "use single quotes, or write the backslash twice"),
        ("escape code", "write the character itself"),
        ("control characters are not allowed", "remove the control character"),
        ("did not find expected <document start>", "separate documents by a line with ---"),
        ("block sequence entries are not allowed", "begin the list on a line of its own"),
        ("tab character", "YAML indents by spaces: replace the tab by spaces"),
    ]
}
