/// The doctor's findings for a reader.
struct DoctorView {
    var style: Style

    func lines(_ report: DoctorDocument) -> [String] {
        let lines = report.checks.flatMap { check -> [String] in
            let first = "\(mark(check.verdict)) \("\(check.subject): \(check.message)".printable)"
            guard let hint = check.hint, check.verdict != .good else { return [first] }
            return [first, "    \(hint.printable)"]
        }
        let bad = report.checks.count { $0.verdict == .bad }
        let sum =
            bad == 0
            ? "Everything that a controller needs is there." : "\(bad) of \(report.checks.count) checks failed."
        return lines + ["", sum]
    }

    private func mark(_ verdict: DoctorDocument.Verdict) -> String {
        switch verdict {
        case .good: style.paint("✓", .green)
        case .notable: style.paint("!", .yellow)
        case .bad: style.paint("✗", .red)
        }
    }
}
