import Domain
import Manifests

/// What an import did, for the person who looks it over.
struct ImportSummary {
    let folder: String
    /// What there is to write.
    private(set) var files: [MarathonImport.File] = []
    private(set) var problems: [Problem] = []
    private var failed: [String] = []
    private var runtimeValues = 0
    private var twice: [String] = []
    /// How many files were written.
    var written = 0
    /// Files that were there already and say something else.
    var kept: [String] = []
    /// Files that would not have been read as what was imported, with the reason.
    var refused: [String] = []

    init(folder: String) { self.folder = folder }

    mutating func add(_ result: MarathonImport) {
        for file in result.files {
            if let index = files.firstIndex(where: { $0.path == file.path }) {
                if files[index] != file { twice.append(file.path) }
            } else {
                files.append(file)
            }
        }
        problems += result.problems
        failed += result.failed
        runtimeValues += result.runtimeValues
    }

    /// Whether everything was carried over.
    var isWhole: Bool { failed.isEmpty && kept.isEmpty && refused.isEmpty && twice.isEmpty }

    var lines: [String] {
        let apps = ProblemView.count(files.count { $0.app != nil }, "app")
        var lines = ["\(apps) in \(ProblemView.count(written, "file")) below \(folder)"]
        lines += normalised
        if runtimeValues > 0 {
            lines.append("  \(ProblemView.count(runtimeValues, "value")) dropped that only a running Marathon reports")
        }
        for file in files where !file.concealed.isEmpty {
            let keys = file.concealed.joined(separator: ", ")
            lines.append(
                "  \(file.path): the values of \(keys) look like secrets and were not written; see its `secrets`"
            )
        }
        lines += failed.map { "  not carried over: \($0), see its errors" }
        lines += twice.map { "  \($0) stands twice with two definitions: the first was written" }
        lines += kept.map { "  \($0) is there already and says something else: it was kept; --overwrite replaces it" }
        lines += refused.map { "  not written: \($0)" }
        return lines
    }

    /// What was rewritten, by kind: `12 × deprecated [PACER-W003]`.
    private var normalised: [String] {
        var counts: [String: Int] = [:]
        for problem in problems where problem.severity == .warning { counts[problem.code, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { code, count in
            "  \(count) × \(ProblemCode(rawValue: code)?.title ?? code) [\(code)]"
        }
    }
}
