package import Domain
package import Planning

/// A plan: `{"format_version","summary","changes","plan_hash","problems"}`; from a controller also its sources.
package struct PlanDocument: Hashable, Sendable, Codable {
    /// How many apps each action concerns.
    package struct Summary: Hashable, Sendable, Codable {
        /// New apps.
        package var create: Int
        /// Apps whose tasks are replaced.
        package var replace: Int
        /// Apps that change without a restart.
        package var update: Int
        /// Apps of which only the number of instances changes.
        package var scale: Int
        /// Apps that go.
        package var remove: Int
    }

    /// One app's change.
    package struct Change: Hashable, Sendable, Codable {
        /// One field's change.
        package struct Field: Hashable, Sendable, Codable {
            /// The field's path.
            package var path: String
            /// Its value now; `null` for a new app.
            package var before: JSONValue
            /// Its value afterwards; `null` for an app that goes.
            package var after: JSONValue
            /// Whether this change needs new tasks.
            package var forcesReplacement: Bool

            enum CodingKeys: String, CodingKey {
                case path, before, after
                case forcesReplacement = "forces_replacement"
            }
        }

        /// How many tasks.
        package struct Tasks: Hashable, Sendable, Codable {
            /// Are started.
            package var start: Int
            /// Are stopped.
            package var stop: Int
            /// Go on running.
            package var keep: Int
        }

        /// The app's id.
        package var app: String
        /// `create`, `replace`, `update`, `scale` or `remove`.
        package var action: String
        /// The fields that differ.
        package var fields: [Field]
        /// Task counts.
        package var tasks: Tasks
        /// The file that declares it.
        package var file: String
        /// Apps of this plan that come first.
        package var after: [String]
        /// Where its new tasks find places now; absent where there are none, or nobody has looked.
        package var placement: Placement?

        /// Where new tasks find places now.
        package struct Placement: Hashable, Sendable, Codable {
            /// How many agents are known that they could go to; with 0 nothing is known.
            package var agents: Int
            /// How many of the new tasks fit there now.
            package var fits: Int
            /// What stands in the way of one more.
            @Nullable package var missing: String?
        }
    }

    /// One source's part of a controller's plan.
    package struct Source: Hashable, Sendable, Codable {
        /// The source's name.
        package var source: String
        /// The newest commit seen.
        @Nullable package var revision: String?
        /// The hash of this source's plan; `null` before it was read.
        @Nullable package var planHash: String?
        /// Why the plan waits for a person.
        @Nullable package var held: String?
        /// Why the source cannot be read.
        @Nullable package var failure: String?

        enum CodingKeys: String, CodingKey {
            case source, revision, held, failure
            case planHash = "plan_hash"
        }

        /// A source's part.
        package init(source: String, revision: String?, planHash: String?, held: String?, failure: String?) {
            self.source = source
            self.revision = revision
            self.planHash = planHash
            self.held = held
            self.failure = failure
        }
    }

    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// Counts.
    package var summary: Summary
    /// The changes, in the order of their dependencies.
    package var changes: [Change]
    /// The plan's hash; over several sources, the hash of their plans' hashes.
    package var planHash: String
    /// What stands in the way of a full plan.
    package var problems: [ProblemDocument]
    /// The sources, where a controller made the plan.
    package var sources: [Source]?

    enum CodingKeys: String, CodingKey {
        case summary, changes, problems, sources
        case formatVersion = "format_version"
        case planHash = "plan_hash"
    }

    /// A plan's document.
    /// - Parameter found: what is wrong with the files that it was made from. A plan itself tells only what it withholds.
    package init(_ plan: Plan, found: [Problem], sources: [Source]? = nil) {
        func count(_ action: Planning.Change.Action) -> Int { plan.changes.count { $0.action == action } }
        self.summary = Summary(
            create: count(.create),
            replace: count(.replace),
            update: count(.update),
            scale: count(.scale),
            remove: count(.remove)
        )
        self.changes = plan.changes.map(Change.init)
        self.planHash = plan.hash.hex
        self.problems = Set(plan.problems + found).sorted().map(ProblemDocument.init)
        self.sources = sources
    }
}

extension PlanDocument.Change {
    /// A change's document.
    package init(_ change: Planning.Change) {
        self.app = change.app.path
        self.action = change.action.rawValue
        self.fields = change.fields.map { field in
            Field(
                path: field.path,
                before: JSONValue(field.before),
                after: JSONValue(field.after),
                forcesReplacement: field.forcesReplacement
            )
        }
        self.tasks = Tasks(start: change.tasks.start, stop: change.tasks.stop, keep: change.tasks.keep)
        self.file = change.file
        self.after = change.after.map(\.path)
        self.placement = change.placement.map { placement in
            Placement(agents: placement.agents, fits: placement.fits, missing: placement.missing)
        }
    }

    /// The change, without the specs; `nil` where the document names an app or an action that there cannot be.
    package var change: Planning.Change? {
        guard let app = AppID(app), let action = Planning.Change.Action(rawValue: action) else { return nil }
        var change = Planning.Change(
            app: app,
            action: action,
            fields: fields.map { field in
                Planning.Change.Field(
                    path: field.path,
                    before: field.before.fieldValue,
                    after: field.after.fieldValue,
                    forcesReplacement: field.forcesReplacement
                )
            },
            tasks: Planning.Change.Tasks(start: tasks.start, stop: tasks.stop, keep: tasks.keep),
            desired: nil,
            file: file,
            after: after.compactMap { AppID($0) }
        )
        change.placement = placement.map { placement in
            Planning.Change.Placement(agents: placement.agents, fits: placement.fits, missing: placement.missing)
        }
        return change
    }
}

extension PlanDocument {
    /// The plan, without the specs, for a reader who renders it.
    /// - Returns: `nil` where the document names an app, an action or a hash that there cannot be.
    package var plan: Plan? {
        guard let hash = Digest(hex: planHash) else { return nil }
        let changes = changes.compactMap(\.change)
        guard changes.count == self.changes.count else { return nil }
        return Plan(changes: changes, problems: problems.map(\.problem), hash: hash)
    }
}
