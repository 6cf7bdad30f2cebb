import Planning
import WebAPI

/// The end of a wait for a reader.
struct WatchView {
    var style: Style

    func lines(_ result: WatchResult) -> [String] {
        let sum = StatusView.sum(result.status.apps)
        guard result.exitStatus != .success else { return ["done; \(sum)"] }
        return trouble(result) + ["not done; \(sum)"]
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
                + app.problems.map(\.problem).flatMap(ProblemView(style: style).lines).map { "    \($0)" }
        }
        lines += result.sources.map { source in
            let reason = source.failure?.message ?? source.held?.reason ?? ""
            return style.paint("! source \(source.name): \(reason)".printable, .red)
        }
        lines += result.gone.map { style.paint("! \($0) is not there any more".printable, .red) }
        lines += result.halted.map { style.paint("! \($0.app) \($0.reason)".printable, .red) }
        lines += result.pending.map { app in
            style.paint("! \(app.id) \(WatchResult.state(of: app)), and the time is over".printable, .red)
        }
        return lines
    }
}
