import Domain

/// Problems for a reader, in the form that editors jump to: `file:line:column: error: message [PACER-E012]`.
struct ProblemView {
    var style: Style

    func lines(_ problem: Problem) -> [String] {
        let isError = problem.severity == .error
        let severity = style.paint(problem.severity.rawValue, isError ? .red : .yellow)
        let code = style.paint("[\(problem.code)]", .dim)
        let first = "\(place(problem))\(severity): \(problem.message.printable) \(code)"
        return problem.hint.isEmpty ? [first] : [first, "    \(problem.hint.printable)"]
    }

    /// `2 errors, 1 warning`; `no problems`.
    static func sum(_ problems: [Problem]) -> String {
        let errors = problems.count { $0.severity == .error }
        let parts = [
            errors == 0 ? nil : count(errors, "error"),
            problems.count == errors ? nil : count(problems.count - errors, "warning"),
        ]
        let told = parts.compactMap { $0 }
        return told.isEmpty ? "no problems" : told.joined(separator: ", ")
    }

    /// `1 app`, `3 apps`.
    static func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }

    private func place(_ problem: Problem) -> String {
        guard !problem.file.isEmpty else { return "" }
        let position = problem.place.dropFirst(problem.file.count)
        return "\(style.paint(problem.file.printable, .bold))\(position): "
    }
}
