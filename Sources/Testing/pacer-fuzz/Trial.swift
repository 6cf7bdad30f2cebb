import Digests
import Domain
import Manifests
import YAMLReader

/// One input through the whole reader: bytes to tree to apps, by itself or with a source's settings and an overlay around it.
struct Trial {
    let input: [UInt8]
    /// What is read with it; chosen by the input's number.
    let company: Company

    /// How an input is read.
    enum Company: Int, CaseIterable {
        /// A file given to `pacer lint`.
        case alone
        /// A source's only manifest.
        case source
        /// An environment's overlay over a good manifest.
        case overlay
        /// A source's settings over a good manifest.
        case settings
        /// A folder's file beside a good manifest.
        case folder
    }

    /// Whether the input is no YAML, or over a limit.
    var isBroken: Bool { parseYAML(input).failure != nil }

    /// What is wrong with how it was read; nothing, where all is well.
    /// - A problem without a place, or with one outside of the file, cannot be found by the person who is to mend it.
    /// - The same files must give the same report, or a controller would see changes where nobody made any.
    func complaints() -> [String] {
        let first = report()
        var complaints = first.problems.flatMap(complaints)
        if input.count % 16 == 0, report() != first { complaints.append("a second reading differs from the first") }
        return complaints + formattingComplaints()
    }

    /// What is written anew is in its form: to write it once more changes nothing.
    private func formattingComplaints() -> [String] {
        guard let once = formatted(input) else { return [] }
        guard let twice = formatted(Array(once.utf8)) else { return ["what was formatted cannot be formatted"] }
        let forms = "\(once.debugDescription), then \(twice.debugDescription)"
        return once == twice ? [] : ["what was formatted is formatted differently: \(forms)"]
    }

    /// - Returns: `nil` where the formatter leaves the text as it is, and may.
    private func formatted(_ text: [UInt8]) -> String? {
        try? YAMLFormatter.formatted(text, arranged: { $0 })
    }

    private func report() -> LintReport {
        if company == .alone {
            return LintReport.alone(file("web.yaml", input), parse: parseYAML, sha256: sha256)
        }
        let good = file("web.yaml", Array("cmd: sleep 1\nenv: {A: b}\n".utf8))
        let settings = file("pacer.yaml", Array("environments: {prod: {}}\n".utf8))
        let files: [SourceUpdate.File] =
            switch company {
            case .alone, .source: [file("web.yaml", input)]
            case .overlay: [good, settings, file("environments/prod/web.yaml", input)]
            case .settings: [good, file("pacer.yaml", input)]
            case .folder: [good, file("_group.yaml", input)]
            }
        let environment = company == .overlay ? "prod" : nil
        return LintReport.source(files, environment: environment, parse: parseYAML, sha256: sha256)
    }

    private func file(_ path: String, _ content: [UInt8]) -> SourceUpdate.File {
        SourceUpdate.File(path: path, blob: "", content: content, size: content.count)
    }

    private func complaints(_ problem: Problem) -> [String] {
        var complaints: [String] = []
        if problem.message.isEmpty { complaints.append("\(problem.code) has no message") }
        if ProblemCode(rawValue: problem.code) == nil { complaints.append("\(problem.code) is not a known code") }
        // libyaml takes these for line ends, too: CR, NEL, LS and PS.
        let lines = 1 + String(decoding: input, as: UTF8.self).unicodeScalars.count { Trial.lineEnds.contains($0) }
        if problem.line > max(lines, 2) || problem.line < 0 || problem.column < 0 {
            complaints.append("\(problem.code) stands at line \(problem.line) of \(lines)")
        }
        return complaints
    }

    private static let lineEnds: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
}
