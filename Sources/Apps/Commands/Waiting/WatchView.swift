import Planning
import WebAPI

/// The end of a wait for a reader.
struct WatchView {
    var style: Style

    func lines(_ result: WatchResult) -> [String] {
        let sum = StatusView.sum(result.status.apps)
        let kept = result.kept.map { "\($0.app) stays as it is: \($0.reason)".printable }
        guard result.exitStatus != .success else { return kept + ["done; \(sum)"] }
        return kept + trouble(result) + ["not done; \(sum)"]
    }

    /// The same for an order: its own apps, one line each.
    func orderLines(_ result: WatchResult) -> [String] {
        let settled = result.settled.map { app in
            let count = "\(app.instances.healthy)/\(app.instances.desired)"
            let extra = app.summary.map { "; \($0)" } ?? ""
            return "\(app.id) is done: \(app.health.rawValue), \(count)\(extra)".printable
        }
        return settled + trouble(result)
    }

    private func trouble(_ result: WatchResult) -> [String] {
        var lines = result.broken.flatMap { app in
            [style.paint("! \(app.id) needs a person:".printable, .red)]
                + app.allProblems.map(\.problem).flatMap(ProblemView(style: style).lines).map { "    \($0)" }
        }
        let told = Set(result.broken.flatMap(\.allProblems))
        lines += result.sources.flatMap { self.lines(of: $0, besides: told) }
        lines += result.gone.map { style.paint("! \($0) is not there any more".printable, .red) }
        lines += result.halted.map { style.paint("! \($0.app) \($0.reason)".printable, .red) }
        lines += result.pending.map { app in
            style.paint("! \(app.id) \(WatchResult.state(of: app)), and the time is over".printable, .red)
        }
        return lines
    }

    /// What a source needs a person for; what is wrong with its files only where it was not told with an app.
    private func lines(of source: StatusDocument.Source, besides told: Set<ProblemDocument>) -> [String] {
        let reasons = [source.failure?.message, source.held?.reason].compactMap { $0 }
        var lines = reasons.map { style.paint("! source \(source.name): \($0)".printable, .red) }
        let errors = source.errors.filter { !told.contains($0) }
        guard !errors.isEmpty else { return lines }
        lines.append(style.paint("! source \(source.name) needs a person:".printable, .red))
        lines += errors.map(\.problem).flatMap(ProblemView(style: style).lines).map { "    \($0)" }
        if source.moreProblems > 0 { lines.append("    and \(source.moreProblems) more: `pacer lint` shows them all") }
        return lines
    }
}
