import OrderedCollections

/// What groups depend on, which every app in them depends on too.
struct GroupNeeds {
    private var needs: [String: [Dependency]] = [:]

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

    /// What the groups around an app add to its dependencies. A group may wait for one of its own members: that holds
    /// for the others in it.
    func dependencies(of app: String) -> [Dependency] {
        guard !needs.isEmpty else { return [] }
        return groupsAround(app).flatMap { needs[$0] ?? [] }.filter { !lies(app, in: $0.path) }
    }
}
