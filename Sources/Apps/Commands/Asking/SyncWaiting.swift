import Domain
import Planning
import WebAPI

/// Watches the apps after a sync until there is nothing more to wait for.
struct SyncWaiting {
    /// How it ended.
    struct Result {
        /// The last status seen.
        var status: StatusDocument
        /// Apps that need a person.
        var stuck: [StatusDocument.App]
        /// Apps that are still on their way; empty unless the time is over.
        var pending: [StatusDocument.App]
        /// Sources that need a person.
        var sources: [StatusDocument.Source]

        var isGood: Bool { stuck.isEmpty && pending.isEmpty && sources.isEmpty }
    }

    var client: ControllerClient
    /// What the sync told: a status that has not come to these commits is an old one.
    var outcomes: [SyncDocument.Outcome]
    var limit: Duration
    var interval: Duration = .milliseconds(300)

    func result(progress: (String) -> Void) async throws -> Result {
        let start = ContinuousClock.now
        var told = ""
        while true {
            let isOver = ContinuousClock.now - start >= limit
            let status: StatusDocument
            do {
                status = try await client.status()
            } catch let failure as Failure where failure.isPassing && !isOver {
                // A controller that is restarted or hands over its work is back in a moment.
                if failure.message != told { progress("\(failure.message); trying again") }
                told = failure.message
                try await Task.sleep(for: interval)
                continue
            }
            let result = judge(status)
            let line = SyncWaiting.line(result)
            if line != told, !result.pending.isEmpty { progress(line) }
            told = line
            if isOver || (result.pending.isEmpty && hasArrived(status)) { return result }
            try await Task.sleep(for: interval)
        }
    }

    private func judge(_ status: StatusDocument) -> Result {
        var result = Result(status: status, stuck: [], pending: [], sources: [])
        for app in status.apps {
            if app.problems.contains(where: { $0.severity == .error }) {
                result.stuck.append(app)
            } else if app.rollout != nil || !SyncWaiting.isSettled(app) {
                result.pending.append(app)
            }
        }
        result.sources = status.sources.filter { $0.failure != nil || $0.held != nil }
        return result
    }

    private static func isSettled(_ app: StatusDocument.App) -> Bool {
        app.sync == .synced && (app.health == .healthy || app.health == .suspended)
    }

    private func hasArrived(_ status: StatusDocument) -> Bool {
        outcomes.allSatisfy { outcome in
            guard outcome.result == "applied", let revision = outcome.revision else { return true }
            guard let source = status.sources.first(where: { $0.name == outcome.source }) else { return false }
            // A newer commit may have come in the meantime; then there is a newer one to be at.
            return source.applied == revision || (source.seen != revision && source.applied != nil)
        }
    }

    /// `2 of 9 apps to go: /shop/web waits for …`
    private static func line(_ result: Result) -> String {
        guard let first = result.pending.first else { return "" }
        let reason =
            first.waiting.map { " \($0)" } ?? first.rollout.map { " \($0.step)" } ?? " is \(first.health.rawValue)"
        return
            "\(result.pending.count) of \(ProblemView.count(result.status.apps.count, "app")) to go: \(first.id)\(reason)"
    }
}
