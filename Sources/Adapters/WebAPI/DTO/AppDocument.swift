package import Controller
package import Domain
package import Planning
package import Scheduling

/// Everything about one app.
package struct AppDocument: Hashable, Sendable, Codable {
    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// The app's id.
    package var id: String
    /// The source that declares it.
    @Nullable package var source: String?
    /// The file that declares it.
    @Nullable package var file: String?
    /// The commit that brought its spec.
    @Nullable package var revision: String?
    /// The digest of its spec.
    @Nullable package var digest: String?
    /// The digest of the spec that last was healthy as a whole.
    @Nullable package var lastHealthyDigest: String?
    /// Whether what runs is what git says.
    package var sync: SyncStatus
    /// How it is.
    package var health: Health
    /// How many instances.
    package var instances: StatusDocument.App.Instances
    /// The instances, by number.
    package var instanceList: [InstanceEntry]
    /// Its rollout, while there is one.
    @Nullable package var rollout: StatusDocument.App.Rollout?
    /// What it waits for, in words.
    @Nullable package var waiting: String?
    /// All of that as one short phrase for a reader.
    @Nullable package var summary: String?
    /// Keeps it on a spec, whatever git says.
    @Nullable package var pin: PinDocument?
    /// Keeps it stopped.
    @Nullable package var suspension: OrderDocument?
    /// Has it run another number of instances than its spec says.
    @Nullable package var scale: ScaleDocument?
    /// The spec of git that is not tried again.
    @Nullable package var heldBack: HeldBackDocument?
    /// The last specs that it was healthy on, newest first: where a rollback can lead.
    @Nullable package var history: [HealthySpecDocument]?
    /// What is missing for its instances to be placed.
    @Nullable package var refusal: Shortage?
    /// How its failing tasks are slowed down.
    @Nullable package var backoff: Backoff?
    /// What is wrong with its file.
    package var problems: [ProblemDocument]
    /// What sources want of it and plans cannot do.
    package var refused: [StatusDocument.App.Refused]
    /// The definition, as Marathon's JSON has it, with all defaults.
    @Nullable package var spec: JSONValue?

    enum CodingKeys: String, CodingKey {
        case id, source, file, revision, digest, sync, health, instances, rollout, waiting, summary, pin, suspension,
            scale, history, refusal, backoff, problems, refused, spec
        case heldBack = "held_back"
        case formatVersion = "format_version"
        case lastHealthyDigest = "last_healthy_digest"
        case instanceList = "instance_list"
    }

    /// An app's document, of a snapshot's time.
    package init(_ app: AppStatus, at now: Instant) {
        let summary = StatusDocument.App(app, at: now, source: app.record?.source, kept: nil)
        self.id = summary.id
        self.source = app.record?.source
        self.file = app.record?.file
        self.revision = summary.revision
        self.digest = summary.digest
        self.lastHealthyDigest = app.record?.lastHealthy?.hex
        self.sync = summary.sync
        self.health = summary.health
        self.instances = summary.instances
        self.instanceList = app.instances.sorted { $0.id < $1.id }.map { InstanceEntry($0, spec: app.spec) }
        self.rollout = summary.rollout
        self.waiting = summary.waiting
        self.summary = summary.summary
        self.pin = summary.pin
        self.suspension = summary.suspension
        self.scale = summary.scale
        self.heldBack = summary.heldBack
        self.history = app.record.map { ($0.history ?? []).map(HealthySpecDocument.init) }
        self.refusal = app.refusal.map(Shortage.init)
        self.backoff = app.record?.backoff.map(Backoff.init)
        self.problems = summary.problems
        self.refused = summary.refused
        self.spec = app.spec?.app.document
    }
}

extension AppDocument {
    /// One instance.
    package struct InstanceEntry: Hashable, Sendable, Codable {
        /// One task.
        package struct TaskEntry: Hashable, Sendable, Codable {
            /// Its id in Mesos.
            package var id: String
            /// The agent's id.
            package var agent: String
            /// The agent's host.
            package var host: String
            /// Its host ports, in the order of `portDefinitions`; of a pod its containers' endpoints.
            package var ports: [Int]
            /// When its launch was decided.
            package var launched: Timestamp
            /// What Mesos's health check last said; `null` before the first answer or without a check.
            @Nullable package var healthy: Bool?
            /// The tasks of a pod's group; there for pods only.
            package var members: [MemberEntry]?
        }

        /// One task of a pod's task group.
        package struct MemberEntry: Hashable, Sendable, Codable {
            /// Its id in Mesos.
            package var id: String
            /// The container's name.
            package var container: String
            /// What Mesos last said of it: a condition while it lives, `TASK_FINISHED` and the like once it ended.
            package var state: String
            /// What its health check last said; `null` before the first answer or without a check.
            @Nullable package var healthy: Bool?

            /// A member's entry.
            package init(_ member: TaskMember) {
                self.id = member.id.rawValue
                self.container = member.container
                self.state = member.endState ?? member.condition.rawValue
                self.healthy = member.healthy
            }
        }

        /// How the task before ended.
        package struct End: Hashable, Sendable, Codable {
            /// The task's id.
            package var task: String
            /// The state's name as Mesos writes it.
            package var state: String
            /// Mesos's message.
            package var message: String
            /// The reason's name as Mesos writes it.
            @Nullable package var reason: String?
            /// When it was noticed.
            package var at: Timestamp
            /// The host it ran on.
            package var host: String
        }

        /// The instance's number.
        package var number: Int
        /// `running` or `stopped`.
        package var goal: String
        /// What Mesos says of it: `scheduled`, `launching`, `staging`, `starting`, `running`, `killing`, `unreachable`.
        package var condition: String
        /// Since when.
        package var since: Timestamp
        /// The digest of the spec that its task runs.
        package var digest: String
        /// Whether that is the spec that the app shall run.
        package var current: Bool
        /// Its task.
        @Nullable package var task: TaskEntry?
        /// How the task before ended.
        @Nullable package var lastEnd: End?

        enum CodingKeys: String, CodingKey {
            case number, goal, condition, since, digest, current, task
            case lastEnd = "last_end"
        }

        /// An instance's entry.
        package init(_ instance: Instance, spec: Spec?) {
            self.number = instance.id.number
            self.goal = instance.goal.rawValue
            self.condition = instance.condition.rawValue
            self.since = Timestamp(instance.since)
            self.digest = instance.digest.hex
            self.current = instance.digest == spec?.digest
            self.task = instance.task.map { task in
                TaskEntry(
                    id: task.id.rawValue,
                    agent: task.agent.id.rawValue,
                    host: task.agent.hostname,
                    ports: task.ports,
                    launched: Timestamp(task.launched),
                    healthy: task.healthy,
                    members: task.members.map { $0.map(MemberEntry.init) }
                )
            }
            self.lastEnd = instance.lastEnd.map { end in
                End(
                    task: end.task.rawValue,
                    state: end.state,
                    message: end.message,
                    reason: end.reason,
                    at: Timestamp(end.at),
                    host: end.host
                )
            }
        }
    }

    /// What is missing for an app's instances to be placed.
    package struct Shortage: Hashable, Sendable, Codable {
        /// One reason why offers were not taken.
        package struct Reason: Hashable, Sendable, Codable {
            /// `cpus`, `ports`, `constraint [...]`.
            package var missing: String
            /// How many offers it stood in the way of.
            package var offers: Int
            /// What the app asks for, where it is a resource.
            @Nullable package var asked: String?
            /// The most that any offer had, where it is a resource.
            @Nullable package var best: String?
        }

        /// Since when the app waits for a place.
        package var since: Timestamp
        /// Offers looked at.
        package var offers: Int
        /// The reasons, most frequent first.
        package var reasons: [Reason]

        /// A report's document.
        package init(_ report: RefusalReport) {
            self.since = Timestamp(report.since)
            self.offers = report.offers
            self.reasons = report.ranked.map { entry in
                let amounts = report.amounts(of: entry.reason)
                return Reason(
                    missing: entry.reason.description,
                    offers: entry.offers,
                    asked: amounts?.asked,
                    best: amounts?.best
                )
            }
        }
    }

    /// How an app's failing tasks are slowed down.
    package struct Backoff: Hashable, Sendable, Codable {
        /// No task is launched before this moment.
        package var until: Timestamp
        /// Failures in a row.
        package var failures: Int

        /// A state's document.
        package init(_ state: BackoffState) {
            self.until = Timestamp(state.until)
            self.failures = state.failures
        }
    }
}
