package import Domain

/// What is wrong with a file: `{"code","severity","file","line","column","message","hint"}`.
package struct ProblemDocument: Hashable, Sendable, Codable {
    /// `PACER-E012`.
    package var code: String
    /// `error` or `warning`.
    package var severity: Problem.Severity
    /// The file's path.
    package var file: String
    /// The line, from 1, also where a file is wrong as a whole; 0 where the problem is not about what a file says.
    package var line: Int
    /// The column, from 1; 0 where the line is.
    package var column: Int
    /// What happened.
    package var message: String
    /// What to do.
    package var hint: String

    /// A problem's document.
    package init(_ problem: Problem) {
        self.code = problem.code
        self.severity = problem.severity
        self.file = problem.file
        self.line = problem.line
        self.column = problem.column
        self.message = problem.message
        self.hint = problem.hint
    }

    /// The problem.
    package var problem: Problem {
        Problem(
            code: code,
            severity: severity,
            file: file,
            line: line,
            column: column,
            message: message,
            hint: hint
        )
    }
}
