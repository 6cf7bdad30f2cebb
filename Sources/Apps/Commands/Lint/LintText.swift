import Domain
import Manifests

/// Findings for people: each with the line that it stands in and a caret under the place.
///
///     shop/web.yaml:3:7: error: `cpus` must be a number, but is text: `many` [PACER-E010]
///         3 | cpus: many
///           |       ^
///         write a decimal number without unit, underscores or leading zeros
struct LintText {
    let style: Style
    /// How many characters a line may have.
    let columns: Int

    func lines(_ linted: LintedFiles) -> [String] {
        let report = linted.report
        let files = ProblemView.count(report.files, "file")
        let apps = ProblemView.count(report.apps, "app")
        let sum = "\(files), \(apps): \(ProblemView.sum(report.problems))"
        return report.problems.flatMap { lines($0, in: linted) } + [sum]
    }

    private func lines(_ problem: Problem, in linted: LintedFiles) -> [String] {
        var lines = ProblemView(style: style).lines(problem)
        guard problem.column > 0, let line = linted.line(of: problem) else { return lines }
        lines.insert(contentsOf: excerpt(line, of: problem), at: 1)
        return lines
    }

    /// The line, as much of it as fits around the place, and the caret.
    private func excerpt(_ line: String, of problem: Problem) -> [String] {
        let number = String(problem.line)
        let margin = "    \(String(repeating: " ", count: number.count)) |"
        // A tab is one column to the reader of the file, so it is one here.
        let text = Array(String(line.unicodeScalars.map { $0 == "\t" ? " " : Character($0) }).unicodeScalars)
        let place = min(problem.column - 1, text.count)
        let width = max(20, columns - margin.count - 1)
        let start = text.count <= width ? 0 : min(max(0, place - width / 2), text.count - width)
        let end = min(text.count, start + width)
        var shown = String(String.UnicodeScalarView(text[start..<end])).printable
        while shown.last == " " { shown.removeLast() }
        let caret = String(repeating: " ", count: place - start) + style.paint("^", .bold)
        return [style.paint("    \(number) |", .dim) + " \(shown)", style.paint(margin, .dim) + " \(caret)"]
    }
}
