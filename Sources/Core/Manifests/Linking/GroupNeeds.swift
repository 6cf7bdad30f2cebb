import Domain
import OrderedCollections

/// What groups say for every app in them: what they depend on, and the role that those at the top enforce.
struct GroupNeeds: Hashable, Sendable {
    private var needs: [String: [Dependency]] = [:]
    private var enforcing: Set<String> = []

    /// No group depends on anything.
    init() {}

    /// Collects the groups' dependencies; a group that waits for itself is reported.
    init(_ entries: OrderedDictionary<String, Entry>, findings: inout LinkFindings) {
        for (position, entry) in entries.values.enumerated() {
            for group in entry.decoded.groups {
                if group.enforcesRole { enforcing.insert(group.path) }
                for dependency in group.dependencies {
                    guard lies(group.path, in: dependency.path) else {
                        needs[group.path, default: []].append(dependency)
                        continue
                    }
                    let message = "The group \(group.path) waits for \(dependency.path), which it is part of"
                    findings.report(
                        .dependencyCycle,
                        in: position,
                        dependency.place,
                        message,
                        hint: "remove the dependency"
                    )
                }
            }
        }
    }

    /// An app's own dependencies and those of the groups around it.
    func all(of app: DeclaredApp) -> [Dependency] {
        needs.isEmpty ? app.dependencies : app.dependencies + dependencies(of: app.id.path)
    }

    /// The role that an app has because the group at the top enforces its name; `nil` where it may have its own.
    func enforcedRole(of app: AppID) -> String? {
        guard !enforcing.isEmpty, let top = groupsAround(app.path).last, enforcing.contains(top) else { return nil }
        return String(top.dropFirst())
    }

    /// What the groups around an app add to its dependencies. A group may wait for one of its own members: that holds
    /// for the others in it.
    private func dependencies(of app: String) -> [Dependency] {
        groupsAround(app).flatMap { needs[$0] ?? [] }.filter { !lies(app, in: $0.path) }
    }
}
