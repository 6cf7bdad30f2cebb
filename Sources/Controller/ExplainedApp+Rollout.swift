import Domain
import Planning
import Rollout

extension ExplainedApp {
    /// Where its rollout is, and what stands in its way.
    var rolloutSteps: [Step] {
        guard let record = status.record else { return [] }
        guard let rollout = record.rollout else {
            guard status.sync == .synced else { return [] }
            return [step(.rollout, .done, "no rollout is under way")]
        }
        let progress = status.progress ?? rollout.reason
        let failures = failures(of: rollout)
        switch rollout.phase {
        case .waiting: return waiting(rollout, progress)
        case .canary:
            let text = "its canary is out: \(progress)\(failures)\(hindrance(of: rollout))"
            let next = next(of: rollout) ?? canaryNext(rollout)
            return [step(.rollout, .waiting, text, since: rollout.since, next: next)] + turnHolders
        case .rolling:
            let next = next(of: rollout) ?? rollingNext
            let text = "rolls out: \(progress)\(failures)\(hindrance(of: rollout))"
            return [step(.rollout, .waiting, text, since: rollout.since, next: next)] + turnHolders
        case .rollingBack:
            let next = next(of: rollout) ?? "it goes back to the spec that was healthy last, and stays on it"
            let text = "rolls back: \(causeOfRollback(rollout))\(progress)\(hindrance(of: rollout))"
            return [step(.rollout, .waiting, text, since: rollout.since, next: next)] + turnHolders
        case .paused, .aborted: return [stopped(rollout)]
        case .removing:
            let next =
                status.blocker.map { "it goes when \($0) is stopped" } ?? "it goes when its instances are stopped"
            return [step(.rollout, .waiting, "is removed: \(progress)", since: rollout.since, next: next)]
        }
    }

    // MARK: - Before it begins

    private func waiting(_ rollout: RolloutRecord, _ progress: String) -> [Step] {
        let since = rollout.since
        if let blocker = status.blocker {
            return [step(.rollout, .waiting, progress, since: since, next: "it starts when \(blocker) is healthy")]
        }
        if status.record?.suspension != nil {
            let next = "it goes on when the suspension has ended"
            return [step(.rollout, .waiting, "waits for the end of its suspension", since: since, next: next)]
        }
        let text = rollout.reason.hasPrefix("waits") ? rollout.reason : "waits: \(rollout.reason)"
        let next = next(of: rollout) ?? "it starts by itself when that is over"
        return [step(.rollout, .waiting, text, since: since, next: next)] + turnHolders
    }

    // MARK: - Turns

    /// How many of those that have a turn are told.
    private static let mostHolders = 5

    /// Who has what it waits for: those that have it for the longest time first, as they are the ones to look at.
    private var turnHolders: [Step] {
        let turns = snapshot.turns
        switch status.awaitedTurn {
        case nil: return []
        case .apps:
            return holders(turns.apps) { holder in
                "\(holder.id) has a turn: \(holder.record?.rollout?.phase.rawValue ?? ""), \(holder.progress ?? "")"
            }
        case .tasks:
            let counts = Dictionary(turns.tasks.map { ($0.app, $0.tasks) }, uniquingKeysWith: { first, _ in first })
            return holders(turns.tasks.map(\.app).filter { $0 != id }) { holder in
                let count = counts[holder.id] ?? 0
                let instances = count == 1 ? "1 instance" : "\(count) instances"
                return "\(holder.id) has \(instances) on the way to healthy: \(holder.progress ?? "")"
            }
        }
    }

    private func holders(_ apps: [AppID], _ text: (AppStatus) -> String) -> [Step] {
        let holders = apps.compactMap { snapshot.apps[$0] }.sorted { left, right in
            (left.record?.rollout?.since ?? snapshot.at, left.id) < (
                right.record?.rollout?.since ?? snapshot.at, right.id
            )
        }
        let told = holders.prefix(ExplainedApp.mostHolders).map { holder in
            step(.rollout, .waiting, text(holder), since: holder.record?.rollout?.since, next: turnNext ?? "")
        }
        guard holders.count > told.count else { return told }
        let more = "and \(holders.count - told.count) more apps: `pacer rollout list` shows them"
        return told + [step(.rollout, .waiting, more, next: turnNext ?? "")]
    }

    /// When its turn comes, and where it is written how many there are; `nil` where it does not wait for one.
    private var turnNext: String? {
        switch status.awaitedTurn {
        case nil: nil
        case .apps:
            "it starts when one of those that have a turn is done, is paused or stalls: "
                + ExplainedApp.limit(
                    "maxConcurrentApps",
                    snapshot.turns.mostApps
                )
        case .tasks:
            "it goes on when instances of others are healthy, or those are paused: "
                + ExplainedApp.limit(
                    "maxConcurrentTasks",
                    snapshot.turns.mostTasks
                )
        }
    }

    private static func limit(_ key: String, _ most: Int?) -> String {
        "`rollouts.\(key)` of the controller's configuration" + (most.map { " allows \($0)" } ?? " says how many")
    }

    // MARK: - On its way

    /// What keeps it from moving, where something does.
    private func hindrance(of rollout: RolloutRecord) -> String {
        rollout.hindrance == nil ? "" : "; \(rollout.reason)"
    }

    /// What ends that; `nil` where nothing is in its way, or a person.
    private func next(of rollout: RolloutRecord) -> String? {
        if let turnNext { return turnNext }
        return switch rollout.hindrance {
        case nil, .person: nil
        case .held, .turn: "it goes on by itself when that is over"
        case .stalled: "it goes on by itself as soon as its instances can; see what they wait for"
        }
    }

    private var rollingNext: String {
        let isReplacing =
            status.record?.restart != nil
            || status.instances.contains { $0.goal == .running && $0.digest != status.spec?.digest }
        return isReplacing
            ? "old instances are replaced as new ones become healthy"
            : "it is done when all of its instances have been healthy for long enough"
    }

    private func canaryNext(_ rollout: RolloutRecord) -> String {
        let promote = "`pacer rollout promote \(id)`"
        guard rollout.hindrance != .person else {
            return "let the others follow with \(promote)" + (rollback.map { ", or \($0)" } ?? "")
        }
        guard status.spec?.app.rollout?.promotion == .manual else {
            return "the others follow when the canary has been healthy for long enough, or with \(promote)"
        }
        return "once the canary is healthy, let the others follow with \(promote)"
    }

    // MARK: - Stopped

    private func stopped(_ rollout: RolloutRecord) -> Step {
        let text = "is \(rollout.phase.rawValue): \(cause(of: rollout))\(toldFailures(of: rollout))"
        let next = "\(goingOn(rollout)), \(rollback.map { "\($0), " } ?? "")or change it in git"
        return step(.rollout, .stopped, text, since: rollout.since, until: rollout.order?.until, next: next)
    }

    /// How a person takes it back; `nil` where it was never healthy on anything else.
    private var rollback: String? {
        guard let record = status.record else { return nil }
        let isThere = (record.history ?? []).contains { $0.digest != record.desired }
        return isThere ? "go back with `pacer rollout rollback \(id)`" : nil
    }

    /// How a person lets it go on.
    private func goingOn(_ rollout: RolloutRecord) -> String {
        let again = "try again with `pacer rollout retry \(id)`"
        guard rollout.phase == .paused, !hasGivenUp(rollout) else { return again }
        if let order = rollout.order {
            guard order.until == nil else {
                return "it goes on by itself when its time is over; or go on at once with `pacer rollout resume \(id)`"
            }
            return "go on with `pacer rollout resume \(id)`"
        }
        return "go on with `pacer deployment resume \(rollout.deployment)`, or with this app alone:"
            + " `pacer rollout resume \(id)`"
    }

    /// Whether it was paused since it failed by itself: then it is not merely gone on with. What the brake has paused had
    /// failures left.
    private func hasGivenUp(_ rollout: RolloutRecord) -> Bool {
        guard rollout.order == nil, rollout.failures > 0 else { return false }
        let strategy = status.spec?.app.strategy ?? RolloutStrategy()
        return rollout.failures >= strategy.maxFailures && strategy.onFailure != .continue
    }

    /// Who ordered it and why, or what brought it there by itself.
    private func cause(of rollout: RolloutRecord) -> String {
        rollout.order.map { "by \($0.who)\(because($0))" } ?? rollout.reason
    }

    /// Who ordered it; what failed is told with what is held back since then.
    private func causeOfRollback(_ rollout: RolloutRecord) -> String {
        guard let order = rollout.order else {
            return status.record?.heldBack == nil ? "\(rollout.reason); " : ""
        }
        return "by \(order.who)\(because(order)); "
    }

    /// Its failures, where the reason does not consist of them.
    private func toldFailures(of rollout: RolloutRecord) -> String {
        hasGivenUp(rollout) ? "" : failures(of: rollout)
    }

    private func failures(of rollout: RolloutRecord) -> String {
        guard rollout.failures > 0 else { return "" }
        let tasks = rollout.failures == 1 ? "1 new task" : "\(rollout.failures) new tasks"
        return "; \(tasks) failed" + (rollout.lastFailure.map { ", the last: \($0)" } ?? "")
    }
}
