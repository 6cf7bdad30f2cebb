import Domain
import Manifests

/// What was checked: the findings, and the files' texts, so that a finding can be shown where it stands.
struct LintedFiles {
    var report = LintReport(files: 0, apps: 0, problems: [])
    private var contents: [String: [UInt8]] = [:]

    /// Adds what another path brought.
    /// - Parameter files: the files that were read, each under the name that problems give it.
    mutating func add(_ more: LintReport, files: [(name: String, content: [UInt8]?)]) {
        report.files += more.files
        report.apps += more.apps
        report.problems += more.problems
        let mentioned = Set(more.problems.map(\.file))
        for file in files where mentioned.contains(file.name) { contents[file.name] = file.content }
    }

    /// Takes every warning for an error.
    mutating func makeStrict() {
        for index in report.problems.indices { report.problems[index].severity = .error }
    }

    /// The line that a problem stands in, without its line break.
    /// - Returns: `nil` where the problem is about no line, or its file is not at hand.
    func line(of problem: Problem) -> String? {
        guard problem.line > 0, let content = contents[problem.file] else { return nil }
        let lines = content.split(
            separator: UInt8(ascii: "\n"),
            maxSplits: problem.line,
            omittingEmptySubsequences: false
        )
        guard lines.indices.contains(problem.line - 1) else { return nil }
        var line = lines[problem.line - 1]
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        if problem.line == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        return String(decoding: line, as: UTF8.self)
    }
}
