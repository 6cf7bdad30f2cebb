package import Domain
import OrderedCollections

/// Compares a source's desired state with what there is.
package struct Planner: Sendable {
    /// What a plan may do.
    package struct Policy: Hashable, Sendable {
        /// Whether apps that git no longer has are removed.
        package var prune: Bool

        /// A policy.
        package init(prune: Bool = true) { self.prune = prune }
    }

    /// The policy of this planner.
    package var policy: Policy
    private let sha256: SHA256

    /// A planner.
    package init(policy: Policy, sha256: @escaping SHA256) {
        self.policy = policy
        self.sha256 = sha256
    }

    /// The plan that leads from `actual` to `desired`, for the apps of the desired state's source.
    ///
    /// Apps that a broken file declares or declared are left alone; where a broken file's claims are not complete, or the
    /// desired state is empty, nothing is removed and a problem says so. An app that another source has is left alone,
    /// with a problem, until that source lets it go; then it is taken over as it runs. The cost follows the number of apps only in looking up digests; fields, order and hash are made
    /// for the changes alone.
    package func plan(desired: DesiredState, actual: ActualState) -> Plan {
        let shield = Shield(desired.broken)
        let declared = declaredChanges(desired, actual, shield)
        let removed = removals(desired, actual, shield)
        let changes =
            inOrderOfDependencies(declared.changes, desired)
            + dependentsFirst(removed.apps.compactMap { removal(of: $0, actual) }, actual)
        let ground: PlanHash.Ground = policy.prune ? .prune : .keep
        let hash = PlanHash(ground, source: desired.source, changes: changes, actual: actual)
        var plan = Plan(
            changes: changes,
            problems: (declared.problems + removed.problems).sorted(),
            hash: sha256(hash.bytes)
        )
        plan.objections = (declared.objections + removed.objections).map { app, problem in
            Objection(app: app, source: desired.source, problem: problem)
        }
        return plan
    }
}

// MARK: - A source that is not there

extension Planner {
    /// The plan that removes all apps of a source that the configuration does not name, whatever the policy says of
    /// pruning. Apps that another source declares are left to it, pinned ones to the end of their pin.
    /// - Parameter broken: The broken files of all sources that are configured: what they may declare is not removed.
    package func plan(withoutSource source: String, broken: [BrokenFile], actual: ActualState) -> Plan {
        let shield = Shield(broken)
        // What a file of another source claims counts; that it has the name of the app's own file does not.
        var gone = gone(from: source, actual) { shield.covers($0.id, record: nil) }
        if !gone.apps.isEmpty, !shield.unreadable.isEmpty {
            gone.problems += withheld(gone.apps.count, by: shield)
            gone.apps = []
        }
        let changes = dependentsFirst(gone.apps.compactMap { removal(of: $0, actual) }, actual)
        let hash = PlanHash(.withoutSource, source: source, changes: changes, actual: actual)
        return Plan(changes: changes, problems: gone.problems.sorted(), hash: sha256(hash.bytes))
    }
}

// MARK: - What changes

extension Planner {
    private func declaredChanges(
        _ desired: DesiredState,
        _ actual: ActualState,
        _ shield: Shield
    ) -> (changes: [Change], problems: [Problem], objections: [(AppID, Problem)]) {
        var changes: [Change] = []
        var problems: [Problem] = []
        var objections: [(AppID, Problem)] = []
        for (id, declaration) in desired.apps {
            let present = actual.apps[id]
            if let scaled = PlanProblem.scaled(present, from: declaration, of: desired.source) {
                problems.append(scaled)
            }
            // Nearly every app of nearly every commit: nothing to do, and nothing else to look at.
            if let record = present?.record, record.desired == declaration.spec.digest,
                record.source == desired.source
            {
                continue
            }
            guard !shield.covers(id, record: ownRecord(present, of: desired.source)) else { continue }
            if let record = present?.record, record.desired != nil, !belongs(record, to: desired.source, actual) {
                let (file, owner) = (declaration.file, record.source)
                objections.append((id, PlanProblem.ownedElsewhere(id, file: file, owner: owner, by: desired.source)))
                continue
            }
            if let kept = PlanProblem.kept(present, from: declaration) {
                problems.append(kept)
                continue
            }
            let differing = reservedDifferences(present, declaration.spec)
            guard differing.isEmpty else {
                let problem = PlanProblem.reservationDiffers(id, file: declaration.file, fields: differing)
                objections.append((id, problem))
                continue
            }
            guard let change = change(to: declaration, from: present, actual) else { continue }
            changes.append(change)
            if let goesOn = PlanProblem.goesOn(present, with: change) { problems.append(goesOn) }
        }
        return (changes, problems + objections.map(\.1), objections)
    }

    /// The fields that a spec changes although something is reserved for them (Marathon's rule for resident apps).
    private func reservedDifferences(_ present: ActualState.App?, _ spec: Spec) -> [String] {
        guard let present, present.record.desired != nil, let inForce = present.spec?.app, inForce.isResident,
            present.instances.contains(where: { $0.goal == .running && $0.reservation != nil })
        else { return [] }
        let wanted = spec.app.reservedFields
        return inForce.reservedFields.filter { wanted[$0.key] != $0.value }.map(\.key)
    }

    /// Whether an app is the source's own, or comes to it from another one that has let it go.
    private func belongs(_ record: AppRecord, to source: String, _ actual: ActualState) -> Bool {
        record.source == source || actual.heirs[record.id] == ActualState.Heir(source: source, mayTake: true)
    }

    /// The record, where it is this source's: a file of the same name in another source says nothing about the app.
    private func ownRecord(_ present: ActualState.App?, of source: String) -> AppRecord? {
        present?.record.source == source ? present?.record : nil
    }

    private func change(
        to declaration: DesiredState.Declaration,
        from present: ActualState.App?,
        _ actual: ActualState
    ) -> Change? {
        let spec = declaration.spec
        guard present?.record.desired != spec.digest else { return nil }
        let inForce = present?.record.desired == nil ? nil : present?.spec
        let fields = Change.Field.differences(from: inForce?.app, to: spec.app)
        return Change(
            app: spec.id,
            action: action(from: inForce, to: spec, isNew: present?.record.desired == nil, fields),
            fields: fields,
            tasks: tasks(to: spec, from: present, actual),
            desired: spec,
            file: declaration.file,
            after: []
        )
    }

    private func action(from inForce: Spec?, to spec: Spec, isNew: Bool, _ fields: [Change.Field]) -> Change.Action {
        guard !isNew else { return .create }
        // A record whose spec is lost says nothing about its tasks: they are replaced.
        guard let inForce, inForce.restartDigest == spec.restartDigest else { return .replace }
        return fields.map(\.path) == [spec.app.instancesPath] ? .scale : .update
    }

    private func tasks(to spec: Spec?, from present: ActualState.App?, _ actual: ActualState) -> Change.Tasks {
        let wanted = spec.map { present?.record.inForce($0) ?? $0 }
        return Change.Tasks.counting(present?.instances ?? [], toReach: wanted) { digest in
            present?.spec?.digest == digest ? present?.spec : actual.specs[digest]
        }
    }
}

// MARK: - What goes

extension Planner {
    /// The apps that go, sorted, and what is said where apps would go but must not.
    private func removals(
        _ desired: DesiredState,
        _ actual: ActualState,
        _ shield: Shield
    ) -> (apps: [AppID], problems: [Problem], objections: [(AppID, Problem)]) {
        guard policy.prune else { return ([], [], []) }
        let gone = gone(from: desired.source, actual) { record in
            desired.apps[record.id] != nil || shield.covers(record.id, record: record)
        }
        guard !gone.apps.isEmpty else { return ([], gone.problems, []) }
        guard shield.unreadable.isEmpty else {
            return ([], gone.problems + withheld(gone.apps.count, by: shield), [])
        }
        guard !desired.apps.isEmpty else {
            let empty = PlanProblem.emptyDesiredState(source: desired.source, withheld: gone.apps.count)
            return ([], gone.problems + [empty], gone.apps.map { ($0, empty) })
        }
        return (gone.apps, gone.problems, [])
    }

    /// The apps of a source that go, sorted: those that nothing keeps, no other source takes over and no person pinned.
    private func gone(
        from source: String,
        _ actual: ActualState,
        unless isKept: (AppRecord) -> Bool
    ) -> (apps: [AppID], problems: [Problem]) {
        var gone: [AppID] = []
        var pinned: [Problem] = []
        for (id, app) in actual.apps where app.record.source == source && app.record.desired != nil {
            guard actual.heirs[id] == nil, !isKept(app.record) else { continue }
            if let pin = app.record.pin {
                pinned.append(PlanProblem.pinned(id, to: pin, file: app.record.file, instead: "its removal"))
            } else {
                gone.append(id)
            }
        }
        return (gone.sorted(), pinned)
    }

    private func withheld(_ count: Int, by shield: Shield) -> [Problem] {
        shield.unreadable.map { PlanProblem.removalsWithheld(by: $0, withheld: count) }
    }

    private func removal(of id: AppID, _ actual: ActualState) -> Change? {
        guard let present = actual.apps[id] else { return nil }
        return Change(
            app: id,
            action: .remove,
            fields: Change.Field.differences(from: present.spec?.app, to: nil),
            tasks: tasks(to: nil, from: present, actual),
            desired: nil,
            file: present.record.file,
            after: []
        )
    }
}

// MARK: - In which order

extension Planner {
    /// What an app depends on comes before it, also where the way from one change to the other leads through apps that
    /// do not change.
    private func inOrderOfDependencies(_ changes: [Change], _ desired: DesiredState) -> [Change] {
        guard changes.count > 1 else { return changes }
        let all = DependencyOrder(among: desired.apps.keys)
        let order = all.sorted(from: changes.map(\.app)) { desired.apps[$0]?.spec.app.dependencies ?? [] }
        let byApp = Dictionary(changes.map { ($0.app, $0) }, uniquingKeysWith: { first, _ in first })
        let changed = DependencyOrder(among: byApp.keys)
        var earlier: Set<AppID> = []
        var result: [Change] = []
        // Apps that depend on the same large group share one list.
        var lists: [[String]: [AppID]] = [:]
        for app in order.apps {
            guard var change = byApp[app] else { continue }
            let dependencies = change.desired?.app.dependencies ?? []
            let holdItself = dependencies.contains { $0 == app.path || GroupID($0)?.contains(app) ?? false }
            if let list = lists[dependencies], !holdItself {
                change.after = list
            } else {
                let members = changed.members(of: dependencies, without: app)
                change.after = members.filter(earlier.contains)
                if change.after == members && !holdItself { lists[dependencies] = members }
            }
            // What starts nothing waits for nothing.
            if change.tasks.start == 0 { change.after = [] }
            earlier.insert(app)
            result.append(change)
        }
        return result
    }

    /// What depends on an app goes before the app itself.
    private func dependentsFirst(_ removals: [Change], _ actual: ActualState) -> [Change] {
        guard removals.count > 1 else { return removals }
        func dependencies(of app: AppID) -> [String] { actual.apps[app]?.spec?.app.dependencies ?? [] }
        let byApp = Dictionary(removals.map { ($0.app, $0) }, uniquingKeysWith: { first, _ in first })
        let removed = DependencyOrder(among: byApp.keys)
        var dependents: [AppID: [AppID]] = [:]
        var result: [Change] = []
        for app in removed.sorted(from: byApp.keys, dependencies: dependencies).apps.reversed() {
            guard var change = byApp[app] else { continue }
            change.after = (dependents[app] ?? []).sorted()
            for dependency in removed.members(of: dependencies(of: app), without: app) {
                dependents[dependency, default: []].append(app)
            }
            result.append(change)
        }
        return result
    }
}
