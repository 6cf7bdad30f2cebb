import Domain

/// Findings as GitHub's workflow commands: printed by a step of a workflow, they stand beside the lines of a pull request.
/// `::error file=web.yaml,line=3,col=7,title=PACER-E010::message`.
///
/// Source: docs.github.com, "Workflow commands for GitHub Actions", and its toolkit for what is escaped.
struct GitHubCommands {
    func lines(_ problems: [Problem]) -> [String] { problems.map(line) }

    private func line(_ problem: Problem) -> String {
        var properties: [String] = []
        if !problem.file.isEmpty { properties.append("file=\(property(problem.file))") }
        if problem.line > 0 { properties.append("line=\(problem.line)") }
        if problem.column > 0 { properties.append("col=\(problem.column)") }
        properties.append("title=\(problem.code)")
        let words = problem.hint.isEmpty ? problem.message : "\(problem.message)\n\(problem.hint)"
        return "::\(problem.severity.rawValue) \(properties.joined(separator: ","))::\(data(words))"
    }

    private func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
