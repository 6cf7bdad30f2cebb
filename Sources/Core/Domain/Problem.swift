/// Something wrong with a file, where it stands, and what to do about it.
package struct Problem: Hashable, Sendable, Codable {
    /// How bad it is.
    package enum Severity: String, Hashable, Sendable, Codable {
        /// The file's apps cannot be used.
        case error
        /// They can, but a person should look.
        case warning
    }

    /// A stable code: `PACER-E012`, `PACER-W003`.
    package var code: String
    /// How bad it is.
    package var severity: Severity
    /// The file's path within its source (or as given on the command line).
    package var file: String
    /// The line, from 1, also where a file is wrong as a whole; 0 where the problem is not about what a file says.
    package var line: Int
    /// The column, from 1; 0 where the line is.
    package var column: Int
    /// What happened, as one sentence.
    package var message: String
    /// What to do.
    package var hint: String

    /// A problem. Text of the file that a message quotes can be of any length; of a longer message only the first 1,000
    /// characters are kept, and of a hint as many.
    package init(
        code: String,
        severity: Severity = .error,
        file: String,
        line: Int,
        column: Int,
        message: String,
        hint: String
    ) {
        self.code = code
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.message = message.cut(to: 1000)
        self.hint = hint.cut(to: 1000)
    }
}

extension Problem {
    /// The file with the line and the column, in the form that editors jump to: `shop/web.yaml:3:1`. The file alone where
    /// there is no line, and nothing where there is no file.
    package var place: String {
        guard line > 0, !file.isEmpty else { return file }
        return column > 0 ? "\(file):\(line):\(column)" : "\(file):\(line)"
    }

    /// About how many bytes it takes as text.
    var weight: Int {
        64 + code.utf8.count + file.utf8.count + message.utf8.count + hint.utf8.count
    }
}

extension Problem: Comparable {
    /// By file, line, column, code, message.
    package static func < (left: Problem, right: Problem) -> Bool {
        (left.file, left.line, left.column, left.code, left.message)
            < (right.file, right.line, right.column, right.code, right.message)
    }
}
