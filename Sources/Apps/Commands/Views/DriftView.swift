import WebAPI

/// Drift for a reader: one block an episode.
struct DriftView {
    var style: Style

    func lines(_ drift: DriftDocument) -> [String] {
        guard !drift.episodes.isEmpty else { return ["No drift. What runs is what was applied."] }
        return drift.episodes.flatMap { block($0) + [""] }
            + ["\(ProblemView.count(drift.episodes.count, "episode")) of drift."]
    }

    private func block(_ episode: DriftDocument.Episode) -> [String] {
        let app = episode.app ?? "source"
        let subject = episode.subject == app ? "" : " (\(episode.subject))"
        let head = style.paint("! \(app)".printable, .red) + ": \(episode.kind)\(subject)".printable
        let facts = [
            ("since", episode.firstSeen.text), ("expected", episode.expected), ("actual", episode.actual),
            ("cause", episode.cause), ("action", episode.action),
        ]
        return [head]
            + facts.filter { !$0.1.isEmpty }.map { name, text in
                let gap = String(repeating: " ", count: 10 - name.count)
                return "    \(name):\(gap)\(text.printable)"
            }
    }
}
