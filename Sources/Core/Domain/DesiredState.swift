package import OrderedCollections

/// What one source declares at one revision.
package struct DesiredState: Sendable {
    /// An app and the file that declares it.
    package struct Declaration: Sendable {
        /// The app's spec.
        package var spec: Spec
        /// The file's path within the source.
        package var file: String

        /// An app of a file.
        package init(spec: Spec, file: String) {
            self.spec = spec
            self.file = file
        }
    }

    /// The source's name.
    package var source: String
    /// The group that the source is mounted at.
    package var group: GroupID
    /// The commit.
    package var revision: Revision
    /// The tree of the commit below the source's path.
    package var tree: String
    /// The apps that can be used, sorted by id.
    package var apps: OrderedDictionary<AppID, Declaration>
    /// Everything that is wrong, sorted; errors and warnings.
    package var problems: [Problem]
    /// The files with an error. The apps that these files declared before keep what they run.
    package var broken: [BrokenFile]

    /// A state.
    package init(
        source: String,
        group: GroupID,
        revision: Revision,
        tree: String,
        apps: OrderedDictionary<AppID, Declaration> = [:],
        problems: [Problem] = [],
        broken: [BrokenFile] = []
    ) {
        self.source = source
        self.group = group
        self.revision = revision
        self.tree = tree
        self.apps = apps
        self.problems = problems
        self.broken = broken
    }
}

/// A file with an error.
package struct BrokenFile: Hashable, Sendable {
    /// Its path within the source.
    package var path: String
    /// The ids that could be read from it all the same.
    package var claims: [AppID]
    /// Whether `claims` is surely everything that the file declares. Where it is not, the source removes no app at all:
    /// the file might declare it.
    package var claimsAreComplete: Bool

    /// A broken file.
    package init(path: String, claims: [AppID], claimsAreComplete: Bool) {
        self.path = path
        self.claims = claims
        self.claimsAreComplete = claimsAreComplete
    }
}
