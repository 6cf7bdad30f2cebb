import Domain
import Planning
import WebAPI

/// The status of all apps for a reader.
struct StatusView {
    var style: Style

    func lines(_ status: StatusDocument) -> [String] {
        var lines = head(status) + [""]
        guard !status.apps.isEmpty else { return lines + ["There are no apps yet."] }
        var table = Table("APP", "SYNC", "HEALTH", "INSTANCES", "ROLLOUT")
        for app in status.apps {
            table.add(
                Table.Cell(app.id),
                Table.Cell(app.sync.rawValue, StatusView.colour(app.sync)),
                Table.Cell(app.health.rawValue, StatusView.colour(app.health)),
                Table.Cell(StatusView.instances(app.instances)),
                Table.Cell(StatusView.rollout(app))
            )
        }
        lines += table.lines(style)
        let problems = status.sources.flatMap(\.problems).map(\.problem)
        if !problems.isEmpty { lines += [""] + problems.flatMap(ProblemView(style: style).lines) }
        let more = status.sources.reduce(0) { $0 + $1.moreProblems }
        if more > 0 { lines.append("and \(more) more problems: `pacer lint` shows them all") }
        return lines + ["", StatusView.sum(status.apps)]
    }

    private func head(_ status: StatusDocument) -> [String] {
        let controller = status.controller
        let place = controller.environment.map { " (\($0))" } ?? ""
        var lines = ["\(controller.name)\(place) is \(controller.role); Mesos: \(controller.mesos)".printable]
        // What hinders a source is told with the source.
        let own = controller.obstacles.filter { !$0.hasPrefix("source ") }
        lines += own.map { style.paint("  ! \($0.printable)", .red) }
        return lines + status.sources.flatMap(source)
    }

    private func source(_ source: StatusDocument.Source) -> [String] {
        let applied = source.applied.map { "at \($0.prefix(12))" } ?? "nothing applied yet"
        var lines = ["source \(source.name) on \(source.group): \(applied)".printable]
        if let seen = source.seen, seen != source.applied {
            lines[0] += ", newest commit \(seen.prefix(12))".printable
        }
        if let failure = source.failure {
            lines.append(style.paint("  ! \(failure.message.printable)", .red))
            lines.append("    since \(failure.since.text); \(failure.hint.printable)")
        }
        if let held = source.held {
            lines.append(style.paint("  ! held: \(held.reason.printable)", .yellow))
            lines += [LetGo.line(source.name, held.planHash, reason: held.reason)].compactMap { $0 }
        }
        return lines
    }

    /// `1/2`, and what is not healthy or still on its way.
    private static func instances(_ instances: StatusDocument.App.Instances) -> String {
        var extras: [String] = []
        if instances.healthy < instances.running { extras.append("\(instances.healthy) healthy") }
        if instances.staged > 0 { extras.append("\(instances.staged) staged") }
        let count = "\(instances.running)/\(instances.desired)"
        return extras.isEmpty ? count : "\(count) (\(extras.joined(separator: ", ")))"
    }

    /// One short phrase, and the file that is broken.
    private static func rollout(_ app: StatusDocument.App) -> String {
        let problem = app.problems.first { $0.severity == .error }.map { problem in
            // What is not about the file's text has no line.
            problem.line > 0 ? "\(problem.file):\(problem.line) is broken" : "\(problem.file) is broken"
        }
        return [app.summary, problem].compactMap { $0 }.joined(separator: "; ")
    }

    /// `3 apps: 1 Synced, 2 OutOfSync; 1 Healthy, 1 Progressing, 1 Missing`.
    static func sum(_ apps: [StatusDocument.App]) -> String {
        let syncs = SyncStatus.allCases.compactMap { sync -> String? in
            let count = apps.count { $0.sync == sync }
            return count == 0 ? nil : "\(count) \(sync.rawValue)"
        }
        let healths = Health.allCases.compactMap { health -> String? in
            let count = apps.count { $0.health == health }
            return count == 0 ? nil : "\(count) \(health.rawValue)"
        }
        let words = [syncs, healths].map { $0.joined(separator: ", ") }.joined(separator: "; ")
        return "\(ProblemView.count(apps.count, "app")): \(words)"
    }

    private static func colour(_ sync: SyncStatus) -> Style.Colour {
        switch sync {
        case .synced: .green
        case .outOfSync: .yellow
        case .unknown: .red
        }
    }

    private static func colour(_ health: Health) -> Style.Colour {
        switch health {
        case .healthy: .green
        case .suspended: .dim
        case .progressing: .yellow
        case .degraded, .missing, .unknown: .red
        }
    }
}
