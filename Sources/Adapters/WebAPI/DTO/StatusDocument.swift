package import Controller
package import Domain
package import Planning
import Scheduling

/// All apps at a glance: `{"format_version","revision","apps":[…]}`, and how the controller and its sources are.
package struct StatusDocument: Hashable, Sendable, Codable {
    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// The commit that was applied last; `null` before the first, and where there are several sources (each has its own
    /// in `sources`).
    @Nullable package var revision: String?
    /// The apps, by id.
    package var apps: [App]
    /// The sources, in the configuration's order; then those that are not in it any more and still have apps.
    package var sources: [Source]
    /// The controller.
    package var controller: Process

    enum CodingKeys: String, CodingKey {
        case revision, apps, sources, controller
        case formatVersion = "format_version"
    }

    /// A snapshot's document.
    package init(_ snapshot: Snapshot) {
        let configured = snapshot.sources.filter(\.isConfigured)
        self.revision = configured.count == 1 ? configured[0].record.applied?.rawValue : nil
        let keeping = Keeping(snapshot)
        self.apps = snapshot.sortedApps.map { app in
            App(app, at: snapshot.at, source: keeping.source(of: app), kept: keeping.reason(for: app))
        }
        self.sources = snapshot.sources.map(Source.init)
        self.controller = Process(snapshot)
    }
}

extension StatusDocument {
    /// One app.
    package struct App: Hashable, Sendable, Codable {
        /// How many instances.
        package struct Instances: Hashable, Sendable, Codable {
            /// Are wanted.
            package var desired: Int
            /// Run.
            package var running: Int
            /// Run and pass their checks.
            package var healthy: Int
            /// Are on their way to running.
            package var staged: Int
        }

        /// How far the app's rollout is.
        package struct Rollout: Hashable, Sendable, Codable {
            /// `waiting`, `canary`, `rolling`, `paused`, `rollingBack`, `aborted` or `removing`.
            package var state: String
            /// How far it is, in words.
            package var step: String
            /// What it is about, or what it waits for.
            package var reason: String
            /// Since when it is in this state.
            @Nullable package var since: Timestamp?
            /// How many new tasks have failed.
            @Nullable package var failures: Int?
            /// The last of these failures.
            @Nullable package var lastFailure: String?
            /// The deployment that it belongs to.
            @Nullable package var deployment: String?
            /// The app that it waits for.
            @Nullable package var blocker: String?
            /// Who brought it into this state, where a person did.
            @Nullable package var order: OrderDocument?

            enum CodingKeys: String, CodingKey {
                case state, step, reason, since, failures, deployment, blocker, order
                case lastFailure = "last_failure"
            }
        }

        /// The app's id.
        package var id: String
        /// The source that it is of.
        @Nullable package var source: String?
        /// Whether what runs is what git says.
        package var sync: SyncStatus
        /// How it is.
        package var health: Health
        /// How many instances.
        package var instances: Instances
        /// The spec that it shall run.
        @Nullable package var digest: String?
        /// The commit that brought it.
        @Nullable package var revision: String?
        /// Its rollout, while there is one.
        @Nullable package var rollout: Rollout?
        /// What it waits for, in words: a place, the end of a back-off, a dependency.
        @Nullable package var waiting: String?
        /// All of that as one short phrase for a reader: what its rollout waits for or how far it is, and what holds it.
        @Nullable package var summary: String?
        /// Keeps it on a spec, whatever git says.
        @Nullable package var pin: PinDocument?
        /// Keeps it stopped.
        @Nullable package var suspension: OrderDocument?
        /// Has it run another number of instances than its spec says.
        @Nullable package var scale: ScaleDocument?
        /// The spec of git that is not tried again.
        @Nullable package var heldBack: HeldBackDocument?
        /// Why nothing leads it to what git says before something else happens: its source's plan is held, its removal is
        /// withheld or pruning is off.
        @Nullable package var kept: String?
        /// What is wrong with its file.
        package var problems: [ProblemDocument]
        /// What sources want of it and plans cannot do.
        package var refused: [Refused]

        /// What a source wants of an app and a plan cannot do.
        package struct Refused: Hashable, Sendable, Codable {
            /// The source; the app may belong to another one.
            package var source: String
            /// Why it cannot be done, and what to do.
            package var problem: ProblemDocument

            /// An objection's document.
            package init(_ objection: Objection) {
                self.source = objection.source
                self.problem = ProblemDocument(objection.problem)
            }
        }

        enum CodingKeys: String, CodingKey {
            case id, source, sync, health, instances, digest, revision, rollout, waiting, summary, pin, suspension
            case scale, kept, problems, refused
            case heldBack = "held_back"
        }

        /// An app's document.
        /// - Parameters:
        ///   - now: the time that the snapshot is of.
        ///   - source: its source, where that is known.
        ///   - kept: why nothing leads it to what git says.
        package init(_ app: AppStatus, at now: Instant, source: String?, kept: String?) {
            self.id = app.id.path
            self.source = source
            self.kept = kept
            self.sync = app.sync
            self.health = app.health
            self.instances = Instances(
                desired: app.desiredCount,
                running: app.runningCount,
                healthy: app.healthyCount,
                staged: app.stagedCount
            )
            self.digest = (app.record?.desired ?? app.spec?.digest)?.hex
            self.revision = app.record?.revision.rawValue
            self.rollout = app.record?.rollout.map { rollout in
                // What holds a rollout up right now says more than where it is going.
                let hindrance = app.refusal.map { "waits for a place: \($0.sentence)" }
                return Rollout(
                    state: rollout.phase.rawValue,
                    step: app.progress ?? "",
                    reason: hindrance ?? rollout.reason,
                    since: Timestamp(rollout.since),
                    failures: rollout.failures,
                    lastFailure: rollout.lastFailure,
                    deployment: rollout.deployment.rawValue,
                    blocker: app.blocker?.path,
                    order: rollout.order.map(OrderDocument.init)
                )
            }
            self.waiting = app.waiting(at: now)
            self.summary = app.summary(at: now)
            self.pin = app.record?.pin.map(PinDocument.init)
            self.suspension = app.record?.suspension.map(OrderDocument.init)
            self.scale = app.record?.scale.map { ScaleDocument($0, besides: app.spec) }
            self.heldBack = app.record?.heldBack.map(HeldBackDocument.init)
            self.problems = app.problems.map(ProblemDocument.init)
            self.refused = app.objections.map(Refused.init)
        }
    }

    /// One source.
    package struct Source: Hashable, Sendable, Codable {
        /// Why it cannot be read.
        package struct Failure: Hashable, Sendable, Codable {
            /// What happened.
            package var message: String
            /// What to do.
            package var hint: String
            /// Since when.
            package var since: Timestamp
        }

        /// A plan that waits for a person.
        package struct Held: Hashable, Sendable, Codable {
            /// The plan's hash.
            package var planHash: String
            /// The commit it would apply.
            package var revision: String
            /// Why, and the command that lets it go.
            package var reason: String

            enum CodingKeys: String, CodingKey {
                case revision, reason
                case planHash = "plan_hash"
            }
        }

        /// Its name.
        package var name: String
        /// Where it is mounted.
        package var group: String
        /// The commit that was applied last.
        @Nullable package var applied: String?
        /// The newest commit seen.
        @Nullable package var seen: String?
        /// When it was looked at last.
        @Nullable package var lookedAt: Timestamp?
        /// Why it cannot be read.
        @Nullable package var failure: Failure?
        /// A plan that waits for a person.
        @Nullable package var held: Held?
        /// What is wrong with the newest commit, also what its plan cannot do; the first of it, where there is very much.
        package var problems: [ProblemDocument]
        /// How many problems are not among them.
        package var moreProblems: Int

        enum CodingKeys: String, CodingKey {
            case name, group, applied, seen, failure, held, problems
            case lookedAt = "looked_at"
            case moreProblems = "more_problems"
        }

        /// A source's document.
        package init(_ source: SourceStatus) {
            self.name = source.name
            self.group = source.group.path
            self.applied = source.record.applied?.rawValue
            self.seen = source.record.seen?.rawValue
            self.lookedAt = source.lookedAt.map(Timestamp.init)
            self.failure = source.failure.map { trouble in
                Failure(message: trouble.message, hint: trouble.hint, since: Timestamp(trouble.since))
            }
            self.held = source.record.held.map { held in
                Held(planHash: held.planHash.hex, revision: held.revision.rawValue, reason: held.reason)
            }
            let refused = Set((source.plan?.objections ?? []).map(\.problem)).subtracting(source.record.problems)
            self.problems = (source.record.problems + refused.sorted()).map(ProblemDocument.init)
            self.moreProblems = source.record.moreProblems ?? 0
        }
    }

    /// The controller.
    package struct Process: Hashable, Sendable, Codable {
        /// The framework's name.
        package var name: String
        /// The environment whose overlays are merged.
        @Nullable package var environment: String?
        /// `leader`, `follower` or `candidate`.
        package var role: String
        /// The connection to Mesos: `disconnected`, `connecting`, `subscribed` or `stopped`.
        package var mesos: String
        /// The framework's id in Mesos.
        @Nullable package var framework: String?
        /// Why it cannot do its work, one sentence each.
        package var obstacles: [String]
        /// What it has written to the store.
        package var written: Written

        /// Commits, and the znodes and bytes that they wrote.
        package struct Written: Hashable, Sendable, Codable {
            /// Acknowledged commits.
            package var commits: Int
            /// Znodes created, written or deleted.
            package var nodes: Int
            /// Bytes of their paths and values.
            package var bytes: Int
        }

        /// A snapshot's process.
        package init(_ snapshot: Snapshot) {
            self.name = snapshot.name
            self.environment = snapshot.environment
            self.role =
                switch snapshot.leadership {
                case .leader: "leader"
                case .following: "follower"
                case .candidate: "candidate"
                }
            self.mesos = snapshot.mesos.phase.rawValue
            self.framework = snapshot.mesos.framework?.rawValue
            self.obstacles = snapshot.obstacles
            let written = snapshot.written
            self.written = Written(commits: written.commits, nodes: written.nodes, bytes: written.bytes)
        }
    }
}
