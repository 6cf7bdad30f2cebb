import Domain
import Planning

/// Who waits for whom. Every app that waits is woken by exactly one other at a time: the first that stands in its way.
struct Dependencies: Sendable {
    private var order = DependencyOrder(among: [])
    private var ready: Set<AppID> = []
    private var waiting: [AppID: Set<AppID>] = [:]
    /// The place of an app that waits in the order of dependencies: what it depends on has a smaller one.
    private var rank: [AppID: Int] = [:]
    /// Apps that are being removed, by the paths that they depend on.
    private var leaving: [String: Set<AppID>] = [:]

    /// Learns which apps there are.
    mutating func learn(apps: some Sequence<AppID>) { order = DependencyOrder(among: apps) }

    /// Learns what the apps that wait or go depend on.
    /// - Parameters:
    ///   - unsettled: Apps that wait for their dependencies, or are being removed.
    ///   - removed: Those of them that are being removed.
    mutating func learn(
        unsettled: [AppID],
        removed: [AppID],
        paths: (AppID) -> [String]
    ) {
        let sorted = order.sorted(from: unsettled, dependencies: paths)
        rank = Dictionary(zip(sorted, sorted.indices), uniquingKeysWith: { first, _ in first })
        leaving = [:]
        for app in removed {
            for path in paths(app) { leaving[path, default: []].insert(app) }
        }
    }

    /// Whether `app` is healthy on its desired spec with no rollout in progress.
    func isReady(_ app: AppID) -> Bool { ready.contains(app) }

    mutating func setReady(_ app: AppID, _ isReady: Bool) {
        if isReady { ready.insert(app) } else { ready.remove(app) }
    }

    /// The first app, by path, that `app` has to wait for.
    /// - Parameter counts: Whether an app is one that can be waited for at all.
    func blocker(of app: AppID, dependingOn paths: [String], counts: (AppID) -> Bool) -> AppID? {
        for path in paths {
            for member in order.members(of: path) where member != app && !ready.contains(member) {
                if counts(member) && !closesCycle(from: app, to: member) { return member }
            }
        }
        return nil
    }

    /// The first app that is being removed, depends on `app`, and is not stopped yet.
    func dependent(on app: AppID, isStopped: (AppID) -> Bool) -> AppID? {
        var paths = [app.path, "/"]
        for (index, byte) in zip(app.path.utf8.indices, app.path.utf8) where byte == UInt8(ascii: "/") {
            paths.append(String(app.path[..<index]))
        }
        let candidates = paths.compactMap { leaving[$0] }.reduce(into: Set()) { $0.formUnion($1) }
        return candidates.sorted().first { $0 != app && !isStopped($0) && !closesCycle(from: $0, to: app) }
    }

    /// The paths that lead to no app.
    func missing(of paths: [String]) -> [String] { paths.filter { order.members(of: $0).isEmpty } }

    /// Notes that `app` is to be looked at again when `blocker` has moved on.
    mutating func wait(_ app: AppID, for blocker: AppID) { waiting[blocker, default: []].insert(app) }

    /// Everything that waited for `app`, which is told now.
    mutating func wake(waitingFor app: AppID) -> Set<AppID> { waiting.removeValue(forKey: app) ?? [] }

    /// In a cycle, which no manifest can bring but two sources together can, one edge counts for nothing: the one that
    /// the search met last. Else each would wait for the other for ever.
    private func closesCycle(from dependent: AppID, to dependency: AppID) -> Bool {
        guard let from = rank[dependent], let to = rank[dependency] else { return false }
        return to > from
    }
}
