import Foundation

/// A cluster whose controllers are killed at random moments while commits come in, and what must hold of it.
final class Chaos {
    /// When a controller is killed: after that much has happened since the round began, as Mesos and the log show it.
    enum Moment: CaseIterable {
        /// As the commit is pushed.
        case atOnce
        /// So many log lines later.
        case lines
        /// So many tasks launched later.
        case launches
        /// So many tasks killed later.
        case kills
        /// As it leads and is connected to Mesos.
        case leading
        /// As it decides on a launch or a kill: what it decided may be written, sent, both or neither.
        case deciding
    }

    let cluster: Cluster
    let watch: BoundsWatch
    private var stream: CommitStream
    private var story: [String] = []

    init(_ cluster: Cluster, seed: UInt64) {
        self.cluster = cluster
        watch = BoundsWatch(cluster: cluster)
        stream = CommitStream(seed: seed)
    }

    /// What was done, by us and by the controllers, for whoever reads a failure.
    var report: String {
        let words = ["leading", "task.", "rollout.", "brake.", "mesos.", "applied"]
        let log = cluster.controllers.enumerated().flatMap { number, controller in
            controller.process.text.split(separator: "\n")
                .filter { line in words.contains { line.contains($0) } }
                .map { "controller \(number + 1): \($0)" }
        }
        return (story + log.suffix(400) + [cluster.report()]).joined(separator: "\n")
    }

    /// The first commit: three apps.
    func begin() async throws {
        for _ in 0..<3 { try push() }
        try await cluster.startController()
        try await converged()
    }

    /// A commit, a moment, a kill.
    func round(_ number: Int) async throws {
        let before = try watch.look()
        if stream.random.below(5) > 0 { try push() }
        // A standby has its place in the queue already: it leads as soon as the session of the other one is over.
        if stream.random.below(3) == 0 { try await cluster.startController() }
        try await wait(before)
        let alive = cluster.controllers.filter(\.process.isRunning)
        let victim = try cluster.leader(among: alive) ?? alive.first
        victim?.process.kill()
        let place = cluster.controllers.firstIndex { $0.process.pid == victim?.process.pid } ?? -1
        tell("round \(number): killed controller \(place + 1)")
        if alive.count < 2 { try await cluster.startController() }
        if stream.random.below(4) == 0 { try await converged() }
    }

    private func push() throws {
        let commit = stream.next()
        watch.allow(commit.name, CommitStream.bounds(of: commit.name, commit.app))
        try cluster.push(
            ["\(commit.name).yaml": commit.app.map { CommitStream.file(of: commit.name, $0) }],
            message: commit.title
        )
        tell("commit: \(commit.title)")
    }

    /// Waits for the moment of the kill. A moment that cannot come, since there is nothing left to do, is over with that.
    private func wait(_ before: [MesosTask]) async throws {
        let moment = Moment.allCases[stream.random.below(Moment.allCases.count)]
        let count = stream.random.below(4) + 1
        let lines = log().count
        let known = Set(before.map(\.id))
        let living = Set(before.filter { $0.isAlive && $0.state != "TASK_KILLING" }.map(\.id))
        tell("the moment: \(moment) \(count)")
        if moment == .deciding { return try await waitForDecision() }
        try await eventually("the moment \(moment) \(count) comes", details: { self.report }) {
            let tasks = try watch.look()
            guard moment == .atOnce || !isConverged(tasks) else { return true }
            switch moment {
            case .atOnce: return true
            case .lines: return log().count >= lines + count * 4
            case .launches: return tasks.count { !known.contains($0.id) } >= count
            case .kills: return tasks.count { living.contains($0.id) && $0.state != "TASK_RUNNING" } >= count
            case .deciding: return false
            case .leading: return try cluster.leader(among: cluster.controllers.suffix(2)) != nil
            }
        }
        // The random moment itself, within what was waited for.
        let end = ContinuousClock.now + .milliseconds(stream.random.below(200))
        try await eventually("the moment of the kill") { ContinuousClock.now >= end }
    }

    /// The time from a decision to its calls is a few milliseconds, so this looks at nothing but the log meanwhile.
    private func waitForDecision() async throws {
        let decisions = { self.log().count { $0.contains("task.launched") || $0.contains("task.killing") } }
        let before = decisions()
        var looks = 0
        try await eventually("a decision is made", every: .milliseconds(1), details: { self.report }) {
            looks += 1
            guard decisions() == before else { return true }
            return try looks.isMultiple(of: 200) && isConverged(watch.look())
        }
    }

    private func log() -> [Substring] {
        cluster.controllers.suffix(2).flatMap { $0.process.text.split(separator: "\n") }
    }

    /// Whether what Mesos runs is what the last commit says, no more and no less.
    private func isConverged(_ tasks: [MesosTask]) -> Bool {
        let alive = tasks.filter(\.isAlive)
        let wanted = stream.apps.reduce(into: [String: Int]()) { $0["\($1.value.version)"] = $1.value.instances }
        let running = alive.filter { $0.state == "TASK_RUNNING" }.reduce(into: [String: Int]()) {
            $0[$1.version, default: 0] += 1
        }
        return running == wanted && alive.count == running.values.reduce(0, +)
    }

    /// Waits until what runs is what the last commit says; from then on only its bounds hold.
    func converged() async throws {
        try await eventually("what runs is the last commit", within: .seconds(150), details: { self.report }) {
            isConverged(try watch.look())
        }
        for (name, _, _) in CommitStream.strategies {
            watch.hold(name, CommitStream.bounds(of: name, stream.apps[name]))
        }
        tell("converged")
    }

    private func tell(_ what: String) { story.append("\(Date().timeIntervalSince1970) \(what)") }

    // MARK: - What must hold

    /// Everything that is wrong after the last round, by Mesos's own history.
    func violations() async throws -> [String] {
        try await converged()
        try await cluster.settled(stream.apps.keys.sorted().map { "/\($0)" })
        try watch.judgeHistory()
        return try watch.violations + launchedTooOften() + unrecorded() + orphans()
    }

    /// Versions that were launched more often than they have instances, and tasks that ran twice.
    private func launchedTooOften() throws -> [String] {
        let launches = try cluster.launches()
        let twice = launches.filter { $0.value > 1 }.map { "the task \($0.key) was launched \($0.value) times" }
        let versions = Dictionary(grouping: try cluster.everyTask(), by: \.version)
        let often = versions.compactMap { version, tasks -> String? in
            let allowed = stream.launchesAllowed[version] ?? 0
            guard tasks.count > allowed else { return nil }
            let story = tasks.map { "\($0.id) \($0.state)" }.sorted()
            return "\(tasks.count) tasks of version \(version), which \(allowed) are enough for: \(story)"
        }
        return (twice + often).sorted()
    }

    /// Tasks that run and that no record names, or the other way round.
    private func unrecorded() throws -> [String] {
        let alive = Set(try cluster.everyTask().filter(\.isAlive).map(\.id))
        let recorded = try stream.apps.keys.reduce(into: Set<String>()) {
            try $0.formUnion(cluster.recordedTasks(of: "/\($1)"))
        }
        return alive.symmetricDifference(recorded).sorted().map { "\($0) is either not recorded or does not run" }
    }

    /// A leader that finds a task without a record found a launch that was not persisted first.
    private func orphans() -> [String] {
        cluster.controllers.flatMap { $0.process.text.split(separator: "\n") }
            .filter { $0.contains("orphan.found") }.map(String.init)
    }
}
