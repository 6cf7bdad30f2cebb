/// Which of the offered resources a spec's tasks use (Marathon's `acceptedResourceRoles`).
struct AcceptedRoles: Hashable, Sendable {
    /// Whether what is reserved for our role is used.
    let reserved: Bool
    /// Whether what nobody has reserved is used.
    let unreserved: Bool

    /// Everything that is offered.
    static let any = AcceptedRoles(reserved: true, unreserved: true)

    init(reserved: Bool, unreserved: Bool) {
        self.reserved = reserved
        self.unreserved = unreserved
    }

    /// What a definition's roles mean to a framework of `role`; no roles accept everything (Marathon's flag
    /// `--accepted_resource_roles_default_behavior any`).
    init(_ roles: [String]?, role: String) {
        guard let roles else {
            self = .any
            return
        }
        let unreserved = roles.contains("*")
        // Nothing can be reserved for `*`: whoever is of that role gets all that is offered by accepting it.
        let reserved = role == "*" ? unreserved : roles.contains(role)
        self.init(reserved: reserved, unreserved: unreserved)
    }
}
