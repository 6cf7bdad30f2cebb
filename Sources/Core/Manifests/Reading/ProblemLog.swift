package import Domain

/// Collects the problems of one file, and of what was merged with it, while it is read.
///
/// A reference, because readers of nested values all report to the same log; it lives as long as one decoding and never
/// leaves it.
package final class ProblemLog {
    /// The files by layer: the file itself first, then what was laid over and under it.
    package let files: [String]
    /// What was reported, in the order of reading; of a file with thousands of problems only the first ones.
    package private(set) var problems: [Problem] = []
    /// Whether an error was reported.
    package private(set) var hasErrors = false

    private static let mostProblems = 1000

    /// A log for a file by itself.
    package convenience init(file: String) { self.init(layers: [file]) }

    /// A log for a file and those merged with it; a mark's `layer` is the index here.
    package init(layers: [String]) {
        precondition(!layers.isEmpty, "a log is about at least one file")
        self.files = layers
    }

    /// Notes a problem; its severity is the code's.
    package func report(_ code: ProblemCode, at mark: Mark, _ message: String, hint: String) {
        hasErrors = hasErrors || code.severity == .error
        guard problems.count < ProblemLog.mostProblems else { return }
        guard problems.count < ProblemLog.mostProblems - 1 else {
            add(
                .tooManyProblems,
                at: mark,
                "The file has more problems than are told",
                hint: "mend the first ones first"
            )
            return
        }
        add(code, at: mark, message, hint: hint)
    }

    private func add(_ code: ProblemCode, at mark: Mark, _ message: String, hint: String) {
        problems.append(
            Problem(
                code: code.rawValue,
                severity: code.severity,
                file: file(of: mark),
                line: mark.line,
                column: mark.column,
                message: message,
                hint: hint
            )
        )
    }

    /// Notes why a file could not be read to its end.
    package func report(_ failure: ParseFailure, layer: Int = 0) {
        let mark = Mark(line: failure.mark.line, column: failure.mark.column, layer: layer)
        report(ProblemCode(failure.kind), at: mark, failure.message, hint: failure.hint)
    }

    /// The file that a mark is in.
    package func file(of mark: Mark) -> String {
        files.indices.contains(mark.layer) ? files[mark.layer] : files[0]
    }

    /// A mark in words: `shop/web.yaml:3`.
    package func words(for mark: Mark) -> String { "\(file(of: mark)):\(mark.line)" }
}
