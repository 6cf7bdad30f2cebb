import Domain

/// The apps of which at least one instance may be launched now, and the roles that they want offers for.
struct WaitingApps: Sendable {
    private var apps = AscendingList<AppID>()
    private var rolesByApp: [AppID: [String]] = [:]
    private var counts: [String: Int] = [:]

    /// The apps, sorted.
    var elements: ArraySlice<AppID> { apps.elements }

    /// Whether an app waits.
    func contains(_ app: AppID) -> Bool { rolesByApp[app] != nil }

    /// The roles that an app wants offers for.
    func roles(of app: AppID) -> [String] { rolesByApp[app] ?? [] }

    /// Whether any app wants offers for a role.
    func wants(_ role: String) -> Bool { counts[role] != nil }

    /// Notes the roles that an app wants offers for; without any it waits no more.
    mutating func set(_ app: AppID, wanting roles: [String]) {
        let before = rolesByApp[app] ?? []
        guard roles != before else { return }
        for role in before { count(role, by: -1) }
        for role in roles { count(role, by: 1) }
        rolesByApp[app] = roles.isEmpty ? nil : roles
        if roles.isEmpty { apps.remove(app) } else if before.isEmpty { apps.insert(app) }
    }

    private mutating func count(_ role: String, by step: Int) {
        let count = (counts[role] ?? 0) + step
        counts[role] = count > 0 ? count : nil
    }
}
