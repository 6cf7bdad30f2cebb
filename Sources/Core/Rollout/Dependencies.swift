import Domain
import Planning

/// Who waits for whom.
///
/// Every app that waits is held up by one other at a time, the first that stands in its way. Apps that depend on the same
/// path wait in one queue, and the queue as a whole waits for one app: when the members of a group become healthy one
/// after the other, each costs one look at the group, however many apps depend on it.
struct Dependencies: Sendable {
    private struct Queue {
        var blocker: AppID
        var apps: Set<AppID> = []
    }

    private var order = DependencyOrder(among: [])
    private var ready: Set<AppID> = []
    /// Paths that nothing stands in the way of; emptied when an app ceases to be ready.
    private var clear: Set<String> = []
    private var queues: [String: Queue] = [:]
    /// The paths whose queues wait for an app.
    private var watched: [AppID: Set<String>] = [:]
    /// The apps that wait for an app by themselves.
    private var waiting: [AppID: Set<AppID>] = [:]
    /// Whether those that wait wait for each other; one edge of each cycle then counts for nothing.
    private(set) var hasCycle = false
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
        rank = Dictionary(zip(sorted.apps, sorted.apps.indices), uniquingKeysWith: { first, _ in first })
        hasCycle = sorted.hasCycle
        clear = []
        leaving = [:]
        for app in removed {
            for path in paths(app) { leaving[path, default: []].insert(app) }
        }
    }

    /// Whether `app` is healthy on its desired spec with no rollout in progress.
    func isReady(_ app: AppID) -> Bool { ready.contains(app) }

    mutating func setReady(_ app: AppID, _ isReady: Bool) {
        if isReady {
            ready.insert(app)
        } else if ready.remove(app) != nil {
            clear = []
        }
    }

    /// What stands in an app's way: one app that is not healthy, of those that a path of its dependencies leads to.
    struct Obstacle: Hashable {
        let path: String
        let blocker: AppID
    }

    /// The first obstacle in the app's way.
    /// - Parameter counts: Whether an app is one that can be waited for at all.
    func obstacle(to app: AppID, dependingOn paths: [String], counts: (AppID) -> Bool) -> Obstacle? {
        for path in paths where !clear.contains(path) {
            if let blocker = queues[path]?.blocker, isShared(path, by: app), !ready.contains(blocker), counts(blocker) {
                return Obstacle(path: path, blocker: blocker)
            }
            let blocker = order.members(of: path).first { member in
                member != app && !ready.contains(member) && counts(member) && !closesCycle(from: app, to: member)
            }
            if let blocker { return Obstacle(path: path, blocker: blocker) }
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
    func missing(of paths: [String]) -> [String] { paths.filter { !order.hasMembers(of: $0) } }

    /// Notes that nothing on these paths stands in the app's way, so that the next one need not look again.
    mutating func passed(_ app: AppID, _ paths: [String]) {
        clear.formUnion(paths.filter { isShared($0, by: app) })
    }

    /// Notes that `app` is to be looked at again when `obstacle` is out of its way.
    /// - Returns: the apps that are held up by another one than before.
    mutating func wait(_ app: AppID, for obstacle: Obstacle) -> Set<AppID> {
        guard isShared(obstacle.path, by: app) else {
            wait(app, for: obstacle.blocker)
            return [app]
        }
        let before = queues[obstacle.path]
        queues[obstacle.path, default: Queue(blocker: obstacle.blocker)].blocker = obstacle.blocker
        queues[obstacle.path]?.apps.insert(app)
        watched[obstacle.blocker, default: []].insert(obstacle.path)
        guard let before, before.blocker != obstacle.blocker else { return [app] }
        return before.apps.union([app])
    }

    /// Notes that `app` is to be looked at again when `blocker` has moved on.
    mutating func wait(_ app: AppID, for blocker: AppID) { waiting[blocker, default: []].insert(app) }

    /// The apps that `blocker` holds up.
    func held(by blocker: AppID) -> Set<AppID> {
        let queued = (watched[blocker] ?? []).filter { queues[$0]?.blocker == blocker }.compactMap { queues[$0]?.apps }
        return queued.reduce(into: waiting[blocker] ?? []) { $0.formUnion($1) }
    }

    /// The app that holds `app` up, by what was noted when it was looked at last.
    func holder(of app: AppID, dependingOn paths: [String]) -> AppID? {
        for path in paths {
            if let queue = queues[path], queue.apps.contains(app) { return queue.blocker }
            if let blocker = order.members(of: path).first(where: { waiting[$0]?.contains(app) ?? false }) {
                return blocker
            }
        }
        return nil
    }

    /// The apps that `blocker` no longer holds up. A queue whose path has another obstacle goes on waiting for that one.
    mutating func wake(waitingFor blocker: AppID, counts: (AppID) -> Bool) -> Set<AppID> {
        var woken = waiting.removeValue(forKey: blocker) ?? []
        for path in (watched.removeValue(forKey: blocker) ?? []).sorted() where queues[path]?.blocker == blocker {
            if let next = order.members(of: path).first(where: { !ready.contains($0) && counts($0) }) {
                queues[path]?.blocker = next
                watched[next, default: []].insert(path)
            } else {
                woken.formUnion(queues.removeValue(forKey: path)?.apps ?? [])
            }
        }
        return woken
    }

    /// Whether the path means the same for this app as for every other: not where it leads to the app itself, and not
    /// while cycles make exceptions.
    private func isShared(_ path: String, by app: AppID) -> Bool {
        !hasCycle && path != app.path && !(GroupID(path)?.contains(app) ?? false)
    }

    /// In a cycle, which no manifest can bring but two sources together can, one edge counts for nothing: the one that
    /// the search met last. Else each would wait for the other for ever.
    private func closesCycle(from dependent: AppID, to dependency: AppID) -> Bool {
        guard hasCycle, let from = rank[dependent], let to = rank[dependency] else { return false }
        return to > from
    }
}
