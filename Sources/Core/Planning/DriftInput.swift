package import Domain

/// What drift is looked for in: values, no more than the search needs.
package enum DriftInput {
    /// What is done about drift by itself.
    package struct Policy: Hashable, Sendable {
        /// Whether missing instances are started and those too many are stopped.
        package var selfHeal: Bool
        /// Whether apps that git no longer has are removed.
        package var prune: Bool
        /// Whether commits are applied without being asked.
        package var auto: Bool

        /// A policy; everything by itself where nothing else is said.
        package init(selfHeal: Bool = true, prune: Bool = true, auto: Bool = true) {
            self.selfHeal = selfHeal
            self.prune = prune
            self.auto = auto
        }
    }

    /// One app.
    package struct App: Sendable {
        /// Its record.
        package var record: AppRecord
        /// The spec that the record names; `nil` while the app is being removed.
        package var spec: Spec?
        /// What git says of it.
        package var declared: Declared
        /// All of its instances.
        package var instances: [Instance]
        /// What stands in the way of a place for it, while something does: `not enough cpus, constraint ["rack", "UNIQUE"]`.
        package var refusals: String?
        /// What becomes of it, where its source is not in the configuration; `nil` where that is configured.
        package var wayOut: WayOut?
        /// What sources want of it and plans cannot do.
        package var objections: [Objection]
        /// Whether the brake keeps its rollout from moving.
        package var isBraked: Bool

        /// An app.
        package init(
            record: AppRecord,
            spec: Spec?,
            declared: Declared,
            instances: [Instance],
            refusals: String? = nil,
            wayOut: WayOut? = nil,
            objections: [Objection] = [],
            isBraked: Bool = false
        ) {
            self.objections = objections
            self.isBraked = isBraked
            self.record = record
            self.spec = spec
            self.declared = declared
            self.instances = instances
            self.refusals = refusals
            self.wayOut = wayOut
        }
    }

    /// What becomes of an app whose source is not in the configuration.
    package enum WayOut: Hashable, Sendable {
        /// It is removed as soon as a person confirms the plan with this hash.
        case removal(Digest)
        /// This source declares it too, and takes it over.
        case handOver(to: String)
        /// Nothing, for now: why.
        case kept(because: String)
    }

    /// A task of our framework that no record knows.
    package struct Orphan: Hashable, Sendable {
        /// The task.
        package var task: TaskID
        /// Where it runs: a host or an agent's id; empty where nobody knows.
        package var agent: String

        /// An orphan.
        package init(task: TaskID, agent: String) {
            self.task = task
            self.agent = agent
        }
    }

    /// One source.
    package struct Source: Sendable {
        /// What is recorded of it: the commits seen and applied, the problems, a held plan.
        package var record: SourceRecord
        /// Why the last look at the repository failed, if it did.
        package var failure: String?

        /// A source.
        package init(record: SourceRecord, failure: String? = nil) {
            self.record = record
            self.failure = failure
        }
    }
}

/// One difference between what is wanted and what there is, as it is seen now.
package struct DriftFinding: Hashable, Sendable {
    /// The app; absent where a source or the cluster is meant.
    package var app: AppID?
    /// What within the app, the source or the cluster: instances, a file, a task.
    package var subject: String
    /// What is different.
    package var kind: DriftEpisode.Kind
    /// Why, as far as it can be seen now; `nil` where it cannot.
    package var cause: String?
    /// What is wanted.
    package var expected: String
    /// What there is.
    package var actual: String
    /// What is done about it.
    package var action: String

    /// A finding.
    package init(
        app: AppID?,
        subject: String,
        kind: DriftEpisode.Kind,
        cause: String?,
        expected: String,
        actual: String,
        action: String
    ) {
        self.app = app
        self.subject = subject
        self.kind = kind
        self.cause = cause
        self.expected = expected
        self.actual = actual
        self.action = action
    }
}
