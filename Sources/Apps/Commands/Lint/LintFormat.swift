import ArgumentParser

/// How `pacer lint` answers.
enum LintFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people, with the line that each problem stands in.
    case text
    /// For programs of one's own.
    case json
    /// Workflow commands, which GitHub shows beside the lines of a pull request.
    case github
    /// A Code Quality report, which GitLab shows in a merge request.
    case gitlab
    /// SARIF 2.1.0, which code scanning services and editors read.
    case sarif
}
