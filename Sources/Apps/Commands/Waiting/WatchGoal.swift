import Domain
import Planning
import WebAPI

/// What is waited for.
enum WatchGoal {
    /// Every app of these sources (`nil`: of all) is as git says, at the commits that a sync told.
    case sync([SyncDocument.Outcome], of: Set<String>?)
    /// The apps that took an order have come to its end. What was held back before it does not count against it.
    case order(verb: String, apps: Set<String>, heldBefore: [String: HeldBackDocument])

    /// How far an app is.
    enum Verdict: Hashable {
        /// There is nothing to wait for.
        case settled
        /// It is on its way.
        case pending
        /// It will not get there by itself: it was rolled back, is held back, paused or aborted. Why.
        case halted(String)
        /// Its file is broken, or what the file says of it cannot be done.
        case broken
        /// Nothing leads it to what git says before something else happens, or a person keeps it from that. Why.
        case kept(String)
    }

    /// Whether the goal is about an app at all.
    func concerns(_ app: StatusDocument.App) -> Bool {
        switch self {
        case .sync(_, let sources):
            (app.source.map { sources?.contains($0) ?? true } ?? true)
                || app.refused.contains { sources?.contains($0.source) ?? true }
        case .order(_, let apps, _): apps.contains(app.id)
        }
    }

    /// Whether the goal is about a source at all.
    func concerns(_ source: StatusDocument.Source) -> Bool {
        guard case .sync(_, let sources) = self else { return false }
        return sources?.contains(source.name) ?? true
    }

    /// How far an app is.
    func verdict(on app: StatusDocument.App) -> Verdict {
        if case .sync(_, let sources) = self {
            if app.problems.contains(where: { $0.severity == .error }) { return .broken }
            if app.refused.contains(where: { sources?.contains($0.source) ?? true }) { return .broken }
        }
        if case .sync = self, app.suspension != nil { return .kept(WatchResult.state(of: app)) }
        if let rollout = app.rollout {
            let isStuck = rollout.state == "paused" || rollout.state == "aborted"
            return isStuck ? .halted("is \(app.summary ?? rollout.state)") : .pending
        }
        // Its pin may end sooner than it gets there, and then it is led to what it was to leave.
        if case .order("rollback", _, _) = self, app.pin == nil, app.heldBack == nil {
            return .halted("is pinned no more: it follows git again")
        }
        if let held = app.heldBack, let verdict = verdict(on: held, of: app) { return verdict }
        if case .sync = self, let reason = app.kept { return .kept(reason) }
        guard isReached(app) else { return .pending }
        if case .sync = self, app.pin != nil || app.scale != nil { return .kept(WatchResult.state(of: app)) }
        return .settled
    }

    /// What a held-back spec means; `nil` where it is no hindrance.
    private func verdict(on held: HeldBackDocument, of app: StatusDocument.App) -> Verdict? {
        let halted = Verdict.halted("was rolled back; \(held.digest.prefix(12)) is held back: \(held.reason)")
        switch self {
        case .sync: return halted
        case .order("rollback", _, _): return nil
        case .order(let verb, _, let before):
            guard held == before[app.id] else { return halted }
            return verb == "retry" ? .pending : nil
        }
    }

    private func isReached(_ app: StatusDocument.App) -> Bool {
        // A person keeps it from what git says, and knows.
        if app.suspension != nil { return true }
        guard app.health == .healthy || app.health == .suspended else { return false }
        switch self {
        case .sync:
            // What another source wants of it besides is waited for there.
            return app.sync == .synced || app.pin != nil || app.scale != nil || !app.refused.isEmpty
        case .order("restart", _, _), .order("rollback", _, _), .order("scale", _, _): return true
        case .order: return app.sync != .outOfSync || app.pin != nil || app.scale != nil || app.heldBack != nil
        }
    }

    /// Whether a status is from after what was asked for.
    func hasArrived(_ status: StatusDocument) -> Bool {
        guard case .sync(let outcomes, _) = self else { return true }
        return outcomes.allSatisfy { outcome in
            guard outcome.result == "applied", let revision = outcome.revision else { return true }
            guard let source = status.sources.first(where: { $0.name == outcome.source }) else { return false }
            // A newer commit may have come in the meantime; then there is a newer one to be at.
            return source.applied == revision || (source.seen != revision && source.applied != nil)
        }
    }
}
