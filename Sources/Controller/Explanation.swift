package import Domain
import Planning

/// Why an app is as it is: the chain of waits from the commit that was seen to the instance that waits. Made from a
/// snapshot alone, so that a reader never waits for the loop.
///
///     source ─▶ file ─▶ plan ─▶ rollout ─▶ (the same of the app that it waits for) ─▶ instances ─▶ health
package struct Explanation: Hashable, Sendable {
    /// A station on the way from git to health.
    package enum Stage: String, Hashable, Sendable, CaseIterable {
        /// The repository is read.
        case source
        /// The app's file is understood.
        case file
        /// The commit is applied to the app.
        case plan
        /// The app is led to the new spec.
        case rollout
        /// Its instances find places and start.
        case instances
        /// They are healthy.
        case health
    }

    /// How it stands at one station.
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// This is behind the app, or as it is meant to be.
        case done
        /// Something is waited for, and goes on by itself.
        case waiting
        /// It does not go on by itself: a person is needed, or has decided so.
        case stopped
    }

    /// One link of the chain.
    package struct Step: Hashable, Sendable {
        /// The app that it is about: the one asked for, or one that it waits for.
        package var app: AppID
        /// Where on the way.
        package var stage: Stage
        /// How it stands there.
        package var state: State
        /// What happens there and why, without the times.
        package var text: String
        /// Since when, as far as that is known.
        package var since: Instant?
        /// When it ends by itself, where that is known.
        package var until: Instant?
        /// What happens next, or what a person can do; empty where it is done.
        package var next: String

        /// A link.
        package init(
            _ app: AppID,
            _ stage: Stage,
            _ state: State,
            _ text: String,
            since: Instant? = nil,
            until: Instant? = nil,
            next: String = ""
        ) {
            self.app = app
            self.stage = stage
            self.state = state
            self.text = text
            self.since = since
            self.until = until
            self.next = next
        }
    }

    /// The app.
    package var app: AppID
    /// The chain. What the app waits for stands behind the step that waits for it.
    package var steps: [Step]
    /// What happens next, or what a person can do: about the root of the chain.
    package var next: String

    /// Whether nothing is waited for.
    package var isFine: Bool { steps.allSatisfy { $0.state == .done } }

    /// Explains an app.
    /// - Returns: `nil` where the snapshot has no such app.
    package init?(of app: AppID, in snapshot: Snapshot) {
        guard let status = snapshot.apps[app] else { return nil }
        var chain = WaitChain(snapshot: snapshot)
        chain.follow(status)
        self.app = app
        self.steps = chain.steps
        self.next = chain.next
    }
}

/// Goes from app to app along what each of them waits for, and comes to no app twice.
private struct WaitChain {
    let snapshot: Snapshot
    var steps: [Explanation.Step] = []
    private var visited: [AppID] = []
    private var known: Set<AppID> = []

    init(snapshot: Snapshot) { self.snapshot = snapshot }

    /// Down the chain to its root, and up again: chains can be long, so that this is no recursion.
    mutating func follow(_ root: AppStatus) {
        var open: [(explained: ExplainedApp, before: Int)] = []
        var next: AppStatus? = root
        while let status = next {
            visited.append(status.id)
            known.insert(status.id)
            let explained = ExplainedApp(status: status, snapshot: snapshot)
            let before = explained.beforeInstances
            // Of an app in between, only what holds it up matters.
            let told = open.isEmpty ? before : before.filter { $0.state != .done }
            open.append((explained, told.count))
            steps += told
            next = blocker(of: status)
        }
        for (depth, link) in open.enumerated().reversed() {
            let after = link.explained.instanceSteps + [link.explained.health]
            let told = depth == 0 ? after : after.filter { $0.state != .done }
            steps += told
            // It is named at the least: it became healthy just now.
            if told.isEmpty, link.before == 0 { steps.append(link.explained.health) }
        }
    }

    /// The app that another one waits for; `nil` at the end of the chain, with a step where that end is odd.
    private mutating func blocker(of status: AppStatus) -> AppStatus? {
        guard let blocker = status.blocker else { return nil }
        guard !known.contains(blocker) else {
            let circle = (visited.drop { $0 != blocker } + [blocker]).map(\.path).joined(separator: " → ")
            steps.append(
                Explanation.Step(
                    status.id,
                    .rollout,
                    .stopped,
                    "the apps wait for one another: \(circle)",
                    since: status.record?.rollout?.since,
                    next: "take one of these dependencies out of git, or stop one of the apps with"
                        + " `pacer rollout abort \(blocker)`"
                )
            )
            return nil
        }
        if let next = snapshot.apps[blocker] { return next }
        steps.append(
            Explanation.Step(
                status.id,
                .rollout,
                .stopped,
                "\(blocker) is not there",
                next: "add \(blocker) to git, or take the dependency on it out of \(status.id)"
            )
        )
        return nil
    }

    /// What is said last: of the app at the end of the chain, and there of what a person can do before what goes on by
    /// itself. An app's health is only the sum of what stands above it.
    var next: String {
        let open = steps.filter { $0.state != .done }
        guard !open.isEmpty else { return "nothing to do: it is as it is meant to be" }
        for app in visited.reversed() {
            let own = open.filter { $0.app == app }
            let causes = own.filter { $0.stage != .health }
            let pool = causes.isEmpty ? own : causes
            // What keeps the rollout as a whole goes before what its instances wait for.
            let held = isHeld(app) ? pool.first { $0.stage == .rollout } : nil
            guard let step = pool.first(where: { $0.state == .stopped }) ?? held ?? pool.last else { continue }
            return app == visited.first ? step.next : "\(app): \(step.next)"
        }
        return open[open.count - 1].next
    }

    private func isHeld(_ app: AppID) -> Bool {
        guard let status = snapshot.apps[app], let rollout = status.record?.rollout else { return false }
        guard rollout.phase != .waiting, status.awaitedTurn == nil else { return true }
        return rollout.hindrance == .held || rollout.hindrance == .person
    }
}
