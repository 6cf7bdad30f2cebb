import WebAPI

/// The chain of waits for a reader: a line for each link, what is waited for further in, and at the end what to do.
struct ExplanationView {
    var style: Style

    func lines(_ explanation: ExplanationDocument) -> [String] {
        var lines = [style.paint(explanation.app.printable, .bold)]
        var depths = [explanation.app: 0]
        var previous = explanation.app
        for step in explanation.steps {
            if depths[step.app] == nil {
                let depth = (depths[previous] ?? 0) + 1
                depths[step.app] = depth
                lines.append(indent(depth) + style.paint(step.app.printable, .bold))
            }
            previous = step.app
            lines += block(step, at: depths[step.app] ?? 0)
        }
        return lines + ["", "Next: \(explanation.next.printable)"]
    }

    private func block(_ step: ExplanationDocument.Step, at depth: Int) -> [String] {
        let stage = step.stage.printable
        let gap = String(repeating: " ", count: max(1, 11 - stage.count))
        let line = "\(indent(depth))  \(mark(step.state)) \(stage)\(gap)\(step.text.printable)"
        let times = [
            step.since.map { "since \($0.brief)" }, step.until.map { "until \($0.brief)" },
        ].compactMap { $0 }
        return [times.isEmpty ? line : line + style.paint(" (\(times.joined(separator: ", ")))", .dim)]
    }

    private func indent(_ depth: Int) -> String { String(repeating: "    ", count: depth) }

    private func mark(_ state: String) -> String {
        switch state {
        case "done": style.paint("✓", .green)
        case "waiting": style.paint("…", .yellow)
        default: style.paint("!", .red)
        }
    }
}
