import Domain
import Planning
import WebAPI

/// How far everything is that is waited for.
struct WatchResult {
    /// An app that does not get there.
    struct Halt {
        var app: String
        var reason: String
    }

    /// The last status seen.
    var status: StatusDocument
    /// How many apps are waited for.
    var count: Int
    /// Apps that are where they shall be.
    var settled: [StatusDocument.App] = []
    /// Apps that are on their way.
    var pending: [StatusDocument.App] = []
    /// Apps that were rolled back, are held back, paused or aborted, or wait for such a one.
    var halted: [Halt] = []
    /// Apps whose file is broken, or of which something cannot be done.
    var broken: [StatusDocument.App] = []
    /// Apps that stay as they are, since something else must happen first. That is no failure of theirs: what stands in the
    /// way is told with their source, or wanted by the configuration.
    var kept: [Halt] = []
    /// Apps that are not there any more.
    var gone: [String] = []
    /// Sources that need a person.
    var sources: [StatusDocument.Source] = []

    /// Judges a status.
    init(_ status: StatusDocument, for goal: WatchGoal) {
        self.status = status
        let apps = status.apps.filter { goal.concerns($0) }
        for app in apps {
            switch goal.verdict(on: app) {
            case .settled: settled.append(app)
            case .pending: pending.append(app)
            case .halted(let reason): halted.append(Halt(app: app.id, reason: reason))
            case .broken: broken.append(app)
            case .kept(let reason): kept.append(Halt(app: app.id, reason: reason))
            }
        }
        switch goal {
        case .sync: sources = status.sources.filter { goal.concerns($0) && $0.needsPerson }
        case .order(_, let wanted, _): gone = wanted.subtracting(apps.map(\.id)).sorted()
        }
        count = apps.count + gone.count
        haltDependents()
    }

    var exitStatus: ExitStatus {
        if !broken.isEmpty || !sources.isEmpty || !gone.isEmpty { return .failure }
        if !halted.isEmpty { return .halted }
        return pending.isEmpty ? .success : .late
    }

    /// `2 of 9 apps to go: /shop/web waiting for /shop/db`
    var line: String {
        guard let first = pending.first else { return "" }
        return
            "\(pending.count) of \(ProblemView.count(count, "app")) to go: \(first.id) \(WatchResult.state(of: first))"
    }

    /// What will not come about while the others are on their way, a line for each app: nobody should wait to hear of it.
    var news: [String] {
        broken.map { app in
            "! \(app.id) needs a person: \(app.allProblems.first { $0.severity == .error }?.message ?? "")"
        } + halted.map { "! \($0.app) \($0.reason)" } + kept.map { "\($0.app) is not waited for: \($0.reason)" }
    }

    /// What an app is doing.
    static func state(of app: StatusDocument.App) -> String { app.summary ?? "is \(app.health.rawValue)" }

    /// What waits for an app that is paused, aborted or suspended waits for the same person.
    private mutating func haltDependents() {
        let isStuck = { (app: StatusDocument.App) in
            app.suspension != nil || ["paused", "aborted"].contains(app.rollout?.state)
        }
        let stuck = Set(status.apps.filter(isStuck).map(\.id))
        var blocked: [String: String] = [:]
        for app in status.apps {
            if let blocker = app.rollout?.blocker, app.rollout?.state == "waiting" { blocked[app.id] = blocker }
        }
        var waiting: [StatusDocument.App] = []
        for app in pending {
            var seen: Set<String> = []
            var next = blocked[app.id]
            while let blocker = next, !stuck.contains(blocker), seen.insert(blocker).inserted {
                next = blocked[blocker]
            }
            if let root = next, stuck.contains(root) {
                halted.append(Halt(app: app.id, reason: "waits for \(root), which does not go on by itself"))
            } else {
                waiting.append(app)
            }
        }
        pending = waiting
    }
}

extension StatusDocument.App {
    /// What is wrong with its file, and what of it cannot be done.
    var allProblems: [ProblemDocument] { problems + refused.map(\.problem) }
}

extension StatusDocument.Source {
    /// What is wrong with files so that they cannot be used.
    var errors: [ProblemDocument] { problems.filter { $0.severity == .error } }

    /// Whether it cannot be read, waits for somebody, or has files that cannot be used: also of apps that there are not yet.
    var needsPerson: Bool { failure != nil || held != nil || !errors.isEmpty }
}
