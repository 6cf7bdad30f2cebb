import Domain

/// A file with what other files add to it. Immutable and shared: while nothing of it changes it is the same object.
final class LinkedFile: Sendable {
    let entry: Entry
    /// For each app its own dependencies and those of the groups around it.
    let dependencies: [[Dependency]]
    /// For each app the role that its group at the top enforces.
    let enforcedRoles: [String?]
    /// Whether any of the dependencies is there.
    let hasDependencies: Bool
    /// The apps' specs. Of a broken file: those that were made before it broke, so that a mended file is not digested
    /// again.
    let specs: [Spec]
    /// Whether `specs` are those of the file as it is.
    let isCurrent: Bool

    /// A file as it was read, without specs of its own yet.
    init(_ entry: Entry, needs: GroupNeeds, before: LinkedFile?) {
        self.entry = entry
        self.dependencies = entry.decoded.apps.map { needs.all(of: $0) }
        self.enforcedRoles = entry.decoded.apps.map { needs.enforcedRole(of: $0.id) }
        self.hasDependencies = dependencies.contains { !$0.isEmpty }
        self.specs = before?.specs ?? []
        self.isCurrent = false
    }

    private init(_ file: LinkedFile, specs: [Spec]) {
        (entry, dependencies, hasDependencies) = (file.entry, file.dependencies, file.hasDependencies)
        enforcedRoles = file.enforcedRoles
        self.specs = specs
        self.isCurrent = true
    }

    /// Whether other files add the same to it.
    func isLinked(like other: LinkedFile) -> Bool {
        dependencies == other.dependencies && enforcedRoles == other.enforcedRoles
    }

    /// The file with specs of its own, and how many of them were digested: those of before that still hold are taken over.
    func current(_ sha256: SHA256) -> (file: LinkedFile, digested: Int) {
        let old = Dictionary(specs.map { ($0.id, $0) }) { first, _ in first }
        var digested = 0
        let new = entry.decoded.apps.indices.map { index in
            var app = entry.decoded.apps[index].spec
            let needed = dependencies[index]
            if let role = enforcedRoles[index] { (app.role, app.enforcesGroupRole) = (role, true) }
            app.dependencies = needed.count < 2 ? needed.map(\.path) : Set(needed.map(\.path)).sorted()
            if let spec = old[app.id], spec.app == app { return spec }
            digested += 1
            return Spec(app, sha256: sha256)
        }
        return (LinkedFile(self, specs: new), digested)
    }
}
