import Domain

/// Reads what apps and pods say alike about where their instances may be, and what becomes of them there.
struct PlacementReader {
    let table: MappingReader

    /// Any role that Mesos knows the form of. Marathon allows the framework's own and the name of the group at the top
    /// only; what a framework may have is for Mesos's access control to say.
    func role() -> String? {
        guard let role = table[AppForm.role] else { return nil }
        guard let fault = RoleName.fault(role) else { return role }
        let hint = "use a name, names with / between them, or *"
        table.report(.badValue, at: "role", "`\(table.path(of: "role"))` \(fault)", hint: hint)
        return nil
    }

    /// A set: sorted, without doubles. Which role the framework has is not known here; a foreign one is never offered.
    func acceptedResourceRoles() -> [String]? {
        let field = AppForm.acceptedResourceRoles
        guard table.has(field) else { return nil }
        let roles = Set(table[field] ?? []).sorted()
        guard !roles.isEmpty, !roles.contains("") else {
            table.report(
                .badValue,
                at: field.key,
                "`\(table.path(of: field.key))` accepts nothing",
                hint: "name `*` or the framework's role, or remove it to accept everything"
            )
            return nil
        }
        warnOfForeign(roles)
        return roles
    }

    /// What is set aside for another role is never offered to the app's own. Which one that is, is known only where the
    /// definition says it.
    private func warnOfForeign(_ roles: [String]) {
        guard let own = table.value(AppForm.role.key)?.writtenText else { return }
        for role in roles where role != "*" && role != own {
            let key = AppForm.acceptedResourceRoles.key
            let message =
                "What is set aside for the role `\(clipped(role))` is never offered to an app of the role `\(clipped(own))`"
            table.report(.withoutEffect, at: key, message, hint: "remove `\(clipped(role))` from the list")
        }
    }

    /// Marathon's rule: `"disabled"`, or two times of which the first is not the longer one. Its defaults, 0 and 0, are
    /// what an app has that says nothing.
    func unreachableStrategy() -> UnreachableStrategy? {
        let field = AppForm.unreachableStrategy
        guard let node = table[field] else { return nil }
        guard case .mapping = node.content else {
            return table.choice(field.key, among: ["disabled"]).map { _ in .disabled }
        }
        guard let strategy = table.mapping(field.key, keys: UnreachableForm.form.keys) else { return nil }
        let inactive = strategy[UnreachableForm.inactiveAfterSeconds]
        let expunge = strategy[UnreachableForm.expungeAfterSeconds]
        guard inactive <= expunge else {
            let (lost, replaced) = (expunge.count / 1000, inactive.count / 1000)
            table.report(
                .badValue,
                at: field.key,
                "An instance is lost for good (\(lost) s) before it is replaced (\(replaced) s)",
                hint: "give an expungeAfterSeconds of at least \(replaced)"
            )
            return nil
        }
        guard inactive > .zero || expunge > .zero else { return nil }
        return .replace(inactiveAfter: inactive, expungeAfter: expunge)
    }
}
