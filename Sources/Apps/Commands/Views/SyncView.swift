import Planning
import WebAPI

/// A sync for a reader.
struct SyncView {
    var style: Style

    func lines(_ outcome: SyncDocument.Outcome) -> [String] {
        let revision = outcome.revision.map { " \($0.prefix(12))" } ?? ""
        let name = "source \(outcome.source):"
        switch outcome.result {
        case "unchanged": return ["\(name) unchanged\(revision)".printable]
        case "applied":
            let deployment = outcome.deployment.map { ", deployment \($0)" } ?? ""
            return ["\(name) applied\(revision)\(deployment)".printable]
        case "held":
            let confirm = outcome.planHash.map { "pacer sync --source \(outcome.source) --confirm \($0)" }
            return [
                style.paint("! \(name) held\(revision): \(outcome.message)".printable, .yellow),
                confirm.map { "    to let it go: \($0)".printable },
            ].compactMap { $0 }
        default: return [style.paint("! \(name) \(outcome.result)\(revision): \(outcome.message)".printable, .red)]
        }
    }

    func lines(_ result: SyncWaiting.Result) -> [String] {
        let sum = StatusView.sum(result.status.apps)
        guard !result.isGood else { return ["done; \(sum)"] }
        var lines = result.stuck.flatMap { app in
            [style.paint("! \(app.id) needs a person:".printable, .red)]
                + app.problems.map(\.problem).flatMap(ProblemView(style: style).lines).map { "    \($0)" }
        }
        lines += result.sources.flatMap { source -> [String] in
            let reason = source.failure?.message ?? source.held?.reason ?? ""
            return [style.paint("! source \(source.name): \(reason)".printable, .red)]
        }
        lines += result.pending.map { app in
            let reason = app.waiting ?? app.rollout?.step ?? "is \(app.health.rawValue)"
            return style.paint("! \(app.id) \(reason) and the time is over".printable, .red)
        }
        return lines + ["not done; \(sum)"]
    }
}
