package import Domain

/// The changes that lead from the actual state to the desired one. Pure data: the same object for a preview, the command
/// line, the controller and the API.
package struct Plan: Sendable {
    /// The changes in the order of their dependencies: what an app depends on comes before it.
    package var changes: [Change]
    /// What stands in the way of a full plan: broken files, withheld removals.
    package var problems: [Problem]
    /// The apps that are left as they are because of an error among these problems.
    package var objections: [Objection] = []
    /// SHA-256 over the desired digests, the actual state's digests and the policy.
    package var hash: Digest

    /// A plan.
    package init(changes: [Change], problems: [Problem], hash: Digest) {
        self.changes = changes
        self.problems = problems
        self.hash = hash
    }

    /// What it cannot do, as a sentence; empty where it can do everything.
    package var refusals: String {
        let told = Set(objections.map(\.words)).sorted()
        guard told.count > 3 else { return told.joined(separator: "; ") }
        return told.prefix(3).joined(separator: "; ") + "; and \(told.count - 3) more: `pacer status` shows them"
    }

    /// How many apps this happens to.
    package func count(of action: Change.Action) -> Int { changes.count { $0.action == action } }
}

/// An app that a plan leaves as it is, though its source wants something else of it, because that cannot be done.
package struct Objection: Hashable, Sendable {
    /// The app.
    package var app: AppID
    /// The source that wants it; the app may belong to another one.
    package var source: String
    /// Why it cannot be done, and what to do.
    package var problem: Problem

    /// An objection.
    package init(app: AppID, source: String, problem: Problem) {
        self.app = app
        self.source = source
        self.problem = problem
    }
}

/// One app's part of a plan.
package struct Change: Hashable, Sendable {
    /// What happens to the app.
    package enum Action: String, Hashable, Sendable, CaseIterable {
        /// It is new.
        case create
        /// Its tasks are replaced by new ones.
        case replace
        /// Its record changes; no task restarts.
        case update
        /// Only the number of its instances changes.
        case scale
        /// It goes, with all its tasks.
        case remove
    }

    /// A field's value before and after.
    package struct Field: Hashable, Sendable {
        /// The field's path.
        package var path: String
        /// Its value in what runs; `null` for a new app.
        package var before: FieldValue
        /// Its value in git; `null` for an app that goes.
        package var after: FieldValue
        /// Whether this change needs new tasks.
        package var forcesReplacement: Bool

        /// A change of a field.
        package init(path: String, before: FieldValue, after: FieldValue, forcesReplacement: Bool) {
            self.path = path
            self.before = before
            self.after = after
            self.forcesReplacement = forcesReplacement
        }
    }

    /// How many tasks.
    package struct Tasks: Hashable, Sendable {
        /// Are started.
        package var start: Int
        /// Are stopped.
        package var stop: Int
        /// Go on running.
        package var keep: Int

        /// Counts.
        package init(start: Int, stop: Int, keep: Int) {
            self.start = start
            self.stop = stop
            self.keep = keep
        }
    }

    /// Where new tasks find places now.
    package struct Placement: Hashable, Sendable {
        /// How many agents are known that they could go to: by their offers, since the controller leads.
        package var agents: Int
        /// How many of the new tasks fit there beside what runs now.
        package var fits: Int
        /// What stands in the way of one more; `nil` where all fit, or no agent is known.
        package var missing: String?

        /// A placement.
        package init(agents: Int, fits: Int, missing: String? = nil) {
            self.agents = agents
            self.fits = fits
            self.missing = missing
        }
    }

    /// The app.
    package var app: AppID
    /// What happens.
    package var action: Action
    /// The fields that differ, in the spec's order.
    package var fields: [Field]
    /// Task counts.
    package var tasks: Tasks
    /// The spec that it shall run; `nil` for a removal.
    package var desired: Spec?
    /// The file that declares it; for a removal the file that did.
    package var file: String
    /// Apps of this plan that must be healthy before this one starts; for a removal, the apps of this plan that must be
    /// gone before this one stops.
    package var after: [AppID]
    /// Where its new tasks find places now; `nil` where there are none, or nobody has looked: without a controller, and where
    /// a plan changes very many apps.
    package var placement: Placement?

    /// A change.
    package init(
        app: AppID,
        action: Action,
        fields: [Field],
        tasks: Tasks,
        desired: Spec?,
        file: String,
        after: [AppID]
    ) {
        self.app = app
        self.action = action
        self.fields = fields
        self.tasks = tasks
        self.desired = desired
        self.file = file
        self.after = after
    }
}

/// What there is, as a plan sees it: per app the record, the spec it is to run, and its instances.
package struct ActualState: Sendable {
    /// One app.
    package struct App: Sendable {
        /// Its record.
        package var record: AppRecord
        /// The spec that `record.desired` names; `nil` while the app is being removed.
        package var spec: Spec?
        /// Its instances.
        package var instances: [Instance]

        /// An app.
        package init(record: AppRecord, spec: Spec?, instances: [Instance]) {
            self.record = record
            self.spec = spec
            self.instances = instances
        }
    }

    /// The apps by id.
    package var apps: [AppID: App]
    /// Specs that instances may still run besides their app's own: with them a plan knows that an app which goes back
    /// to an earlier definition keeps the tasks that run it still.
    package var specs: [Digest: Spec]
    /// Apps that their own source declares no more and another one does: they are handed over, not removed.
    package var heirs: [AppID: Heir]

    /// A state.
    package init(apps: [AppID: App], specs: [Digest: Spec] = [:], heirs: [AppID: Heir] = [:]) {
        self.apps = apps
        self.specs = specs
        self.heirs = heirs
    }

    /// The source that an app goes over to.
    package struct Heir: Hashable, Sendable {
        /// Its name.
        package var source: String
        /// Whether the app's own source has let it go: the commit without it is applied.
        package var mayTake: Bool

        /// An heir.
        package init(source: String, mayTake: Bool) {
            self.source = source
            self.mayTake = mayTake
        }
    }
}
