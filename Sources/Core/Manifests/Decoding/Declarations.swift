import Domain

/// Where something is declared.
struct Place: Hashable, Sendable {
    var file: String
    var line: Int
    var column: Int

    /// `shop/web.yaml:3`
    var words: String { "\(file):\(line)" }
}

/// A path that an app or a group waits for, and where it says so.
struct Dependency: Hashable, Sendable {
    /// Absolute; an app's or a group's.
    var path: String
    var place: Place
}

/// An app as one file declares it, before anything from other files is added. Shared: every commit passes over all.
final class DeclaredApp: Sendable {
    let id: AppID
    /// The path of the group that directly holds it.
    let group: String
    let place: Place
    /// Without the dependencies; linking adds the app's own and its groups'.
    let spec: AppSpec
    let dependencies: [Dependency]
    /// Where it names its role, if it does.
    let rolePlace: Place?

    init(id: AppID, place: Place, spec: AppSpec, dependencies: [Dependency], rolePlace: Place? = nil) {
        (self.id, self.place, self.spec, self.dependencies) = (id, place, spec, dependencies)
        self.rolePlace = rolePlace
        self.group = id.group.path
    }
}

/// A group as one file declares it.
struct DeclaredGroup: Sendable {
    var path: String
    var place: Place
    var dependencies: [Dependency]
    /// Whether its name is the role of all apps in it.
    var enforcesRole = false
}

/// Everything that one file declares, and what is wrong with it by itself.
struct DecodedFile: Sendable {
    var apps: [DeclaredApp] = []
    var groups: [DeclaredGroup] = []
    /// Ids that the file surely or likely declares although they could not be decoded.
    var guesses: [AppID] = []
    /// Whether `apps` and `guesses` are surely all that the file declares.
    var claimsAreComplete = true
    var problems: [Problem] = []
    var hasErrors = false

    /// Whether an app has a volume of a storage provider.
    var hasExternalVolumes: Bool {
        apps.contains { $0.spec.container?.volumes.contains(where: \.isExternal) ?? false }
    }

    /// Whether an app or a group in it waits for another.
    var hasDependencies: Bool {
        apps.contains { !$0.dependencies.isEmpty } || groups.contains { !$0.dependencies.isEmpty }
    }
}
