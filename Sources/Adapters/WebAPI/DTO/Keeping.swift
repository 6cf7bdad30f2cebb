package import Controller
import Domain
import Planning

/// Finds the apps that nothing leads to what git says before something else happens, and why.
package struct Keeping {
    private let sources: [String: SourceStatus]
    private let planned: [AppID: String]
    private let unmanaged: [AppID: DriftEpisode]

    /// Looks at a snapshot once for all of its apps.
    package init(_ snapshot: Snapshot) {
        sources = Dictionary(snapshot.sources.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let changes = snapshot.sources.flatMap { source in
            (source.plan?.changes ?? []).map { ($0.app, source.name) }
        }
        planned = Dictionary(changes, uniquingKeysWith: { first, _ in first })
        let episodes = snapshot.drift.filter { $0.kind == .unmanaged }.compactMap { episode in
            episode.app.map { ($0, episode) }
        }
        unmanaged = Dictionary(episodes, uniquingKeysWith: { first, _ in first })
    }

    /// The source that an app is of; `nil` where nobody can say.
    package func source(of app: AppStatus) -> String? {
        if let name = app.record?.source ?? planned[app.id] { return name }
        guard let problem = app.problems.first else { return nil }
        return sources.values.first { $0.record.problems.contains(problem) }?.name
    }

    /// Why an app stays as it is though git says otherwise; `nil` where it does not, or where a person decided so with an
    /// order about this app.
    package func reason(for app: AppStatus) -> String? {
        guard app.sync == .outOfSync, isStill(app), let name = source(of: app), let source = sources[name] else {
            return nil
        }
        if source.record.held != nil, source.plan == nil || planned[app.id] == name {
            return "the plan of source \(name) is held"
        }
        guard let episode = unmanaged[app.id] else { return nil }
        let errors = source.record.problems.contains { $0.severity == .error }
        // Before the newest commit is applied its removal may still come.
        guard errors || source.record.seen == source.record.applied else { return nil }
        return "\(episode.cause); \(episode.action)" + (errors ? "; source \(name) has errors" : "")
    }

    /// Whether nothing is under way with an app and nobody gave an order about it.
    private func isStill(_ app: AppStatus) -> Bool {
        guard let record = app.record else { return true }
        let isOrdered = record.pin != nil || record.suspension != nil || record.scale != nil || record.heldBack != nil
        return record.rollout == nil && !isOrdered && (app.health == .healthy || app.health == .suspended)
    }
}
