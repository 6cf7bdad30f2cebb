package import Domain
package import Planning
package import Rollout
package import Scheduling

/// What the controller knows at the end of a turn, for everybody who only reads: the API, the reports, readiness.
/// A value: readers never wait for the loop, and the loop never for them.
package struct Snapshot: Sendable {
    /// Grows with every publication; the entity tag of what is made from it.
    package var number: Int
    /// When it was made.
    package var at: Instant
    /// The framework's name.
    package var name: String
    /// The environment, where the configuration names one.
    package var environment: String?
    /// Whether this process leads.
    package var leadership: Leadership
    /// The connection to Mesos; meaningful while this process leads.
    package var mesos: MesosConnection
    /// The sources, in the configuration's order; then those that are not in it any more and still have apps.
    package var sources: [SourceStatus]
    /// The apps by id.
    package var apps: [AppID: AppStatus]
    /// Open drift episodes, oldest first.
    package var drift: [DriftEpisode]
    /// Tasks of our framework that no record knows.
    package var orphans: [OrphanTask]
    /// The deployments, newest first: those under way and the last that ended.
    package var deployments: [DeploymentRecord] = []
    /// Who has the turns that others wait for.
    package var turns = Turns()

    /// What was written to the store since the process started.
    package var written = WriteStatistics()

    /// What a process shows before it leads.
    package init(name: String, environment: String?, leadership: Leadership, at: Instant) {
        self.number = 0
        self.at = at
        self.name = name
        self.environment = environment
        self.leadership = leadership
        self.mesos = MesosConnection()
        self.sources = []
        self.apps = [:]
        self.drift = []
        self.orphans = []
    }

    /// Apps in the order of their ids.
    package var sortedApps: [AppStatus] { apps.values.sorted { $0.id < $1.id } }

    /// Why the controller cannot do its work, one sentence each; empty where it can.
    package var obstacles: [String] {
        switch leadership {
        case .candidate(let why): return [why]
        case .following(let leader):
            return ["another controller leads" + (leader.map { ": \($0)" } ?? "")]
        case .leader: break
        }
        var obstacles: [String] = []
        if mesos.phase != .subscribed { obstacles.append("Mesos: \(mesos.reason)") }
        for source in sources {
            if let failure = source.failure { obstacles.append("source \(source.name): \(failure.message)") }
        }
        return obstacles
    }
}

/// Whether a process leads.
package enum Leadership: Hashable, Sendable {
    /// It stands for election, or cannot: why, for a reader.
    case candidate(String)
    /// Another process leads; its API's address where it is known.
    case following(leader: String?)
    /// It leads, in this term.
    case leader(epoch: Int64)
}

/// One source, for a reader.
package struct SourceStatus: Sendable {
    /// Its name.
    package var name: String
    /// Its group.
    package var group: GroupID
    /// Whether it is in the configuration. Of one that is not, the group is unknown and stands as `/`.
    package var isConfigured = true
    /// Its record.
    package var record: SourceRecord
    /// Why it could not be read the last time; `nil` when it could.
    package var failure: SourceTrouble?
    /// How often it was looked at in this term.
    package var looks: Int
    /// When it was looked at last.
    package var lookedAt: Instant?
    /// The plan that leads to its newest good commit; empty right after a sync.
    package var plan: Plan?

    /// A source that was not looked at yet.
    package init(name: String, group: GroupID, record: SourceRecord) {
        self.name = name
        self.group = group
        self.record = record
        self.looks = 0
    }
}

/// Why a source cannot be read.
package struct SourceTrouble: Hashable, Sendable {
    /// What happened.
    package var message: String
    /// What to do.
    package var hint: String
    /// Since when.
    package var since: Instant

    /// A trouble.
    package init(message: String, hint: String, since: Instant) {
        self.message = message
        self.hint = hint
        self.since = since
    }
}

/// One app, for a reader.
package struct AppStatus: Hashable, Sendable {
    /// Its id.
    package var id: AppID
    /// Its record; `nil` for an app that git declares and nothing was done about yet.
    package var record: AppRecord?
    /// The spec it is to run, or in case of a removal the last one.
    package var spec: Spec?
    /// Whether what runs is what git says.
    package var sync: SyncStatus
    /// How it is.
    package var health: Health
    /// Its instances, by number.
    package var instances: [Instance]
    /// How far its rollout is, in words; `nil` without one.
    package var progress: String?
    /// The app whose health, or whose end, its rollout waits for.
    package var blocker: AppID?
    /// Which turn its rollout waits for, where others have it.
    package var awaitedTurn: Turns.Kind?
    /// Why its instances find no place, while they wait for one.
    package var refusal: RefusalReport?
    /// What is wrong with its file.
    package var problems: [Problem]
    /// What sources want of it and plans cannot do.
    package var objections: [Objection]

    /// An app.
    package init(
        id: AppID,
        record: AppRecord?,
        spec: Spec?,
        sync: SyncStatus,
        health: Health,
        instances: [Instance],
        progress: String?,
        blocker: AppID? = nil,
        awaitedTurn: Turns.Kind? = nil,
        refusal: RefusalReport?,
        problems: [Problem],
        objections: [Objection] = []
    ) {
        self.objections = objections
        self.id = id
        self.record = record
        self.spec = spec
        self.sync = sync
        self.health = health
        self.instances = instances
        self.progress = progress
        self.blocker = blocker
        self.awaitedTurn = awaitedTurn
        self.refusal = refusal
        self.problems = problems
    }

    /// How many instances are wanted.
    package var desiredCount: Int {
        guard let record, record.desired != nil, let spec else { return 0 }
        return record.inForce(spec).app.instances
    }

    /// How many tasks run.
    package var runningCount: Int { instances.count { $0.condition == .running } }

    /// How many of them are healthy under the spec that is wanted.
    package var healthyCount: Int {
        guard let spec else { return 0 }
        return instances.count { $0.isHealthy(under: spec.app) }
    }

    /// How many are on their way to running.
    package var stagedCount: Int {
        instances.count { [.launching, .staging, .starting].contains($0.condition) }
    }
}
