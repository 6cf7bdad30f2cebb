import WebAPI

/// A sync for a reader.
struct SyncView {
    var style: Style

    func lines(_ outcome: SyncDocument.Outcome) -> [String] {
        let revision = outcome.revision.map { " \($0.prefix(12))" } ?? ""
        let name = "source \(outcome.source):"
        switch outcome.result {
        case "unchanged":
            let place = outcome.revision.map { "is at \($0.prefix(12)) already: nothing to change" } ?? "unchanged"
            return ["\(name) \(place)".printable] + refused(outcome)
        case "applied":
            let deployment = outcome.deployment.map { ", deployment \($0)" } ?? ""
            return ["\(name) applied\(revision)\(deployment)".printable] + refused(outcome)
        case "held":
            return [
                style.paint("! \(name) held\(revision): \(outcome.message)".printable, .yellow),
                outcome.planHash.flatMap { LetGo.line(outcome.source, $0, reason: outcome.message) },
            ].compactMap { $0 }
        default: return [style.paint("! \(name) \(outcome.result)\(revision): \(outcome.message)".printable, .red)]
        }
    }
    /// What of it cannot be done.
    private func refused(_ outcome: SyncDocument.Outcome) -> [String] {
        guard !outcome.message.isEmpty else { return [] }
        return [style.paint("! source \(outcome.source): not applied: \(outcome.message)".printable, .red)]
    }
}
