import Domain
import OrderedCollections

/// What groups depend on, which every app in them depends on too.
struct GroupNeeds: Hashable, Sendable {
    private var needs: [String: [Dependency]] = [:]

    /// No group depends on anything.
    init() {}

    /// Collects the groups' dependencies; a group that waits for itself is reported.
    init(_ entries: OrderedDictionary<String, Entry>, findings: inout LinkFindings) {
        for (position, entry) in entries.values.enumerated() {
            for group in entry.decoded.groups {
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

    /// What the groups around an app add to its dependencies. A group may wait for one of its own members: that holds
    /// for the others in it.
    private func dependencies(of app: String) -> [Dependency] {
        groupsAround(app).flatMap { needs[$0] ?? [] }.filter { !lies(app, in: $0.path) }
    }
}
