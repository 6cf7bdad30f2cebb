package import Domain
import OrderedCollections

/// One git repository of the simulated world: one source, a line of commits, now and then a rewritten one.
package struct SimulatedGit: Sendable {
    /// One commit.
    package struct Commit: Sendable {
        /// Its hash.
        package var revision: Revision
        /// The commit before it.
        package var parent: Revision?
        /// What it declares.
        package var apps: [AppID: AppSpec]
        /// Apps whose file is broken in it: the file declares them, but cannot be used.
        package var broken: Set<AppID>
    }

    /// The source's name.
    package let source: String
    /// Where it is mounted.
    package let group: GroupID
    /// Every commit there ever was.
    package private(set) var commits: [Revision: Commit] = [:]
    /// The branch's tip.
    package private(set) var tip: Commit

    /// What the tip declares, worked out once for each commit.
    package private(set) var desired: DesiredState

    /// A repository with one commit.
    package init(source: String, group: GroupID, apps: [AppID: AppSpec]) {
        self.source = source
        self.group = group
        tip = Commit(revision: Revision("\(source)1"), parent: nil, apps: apps, broken: [])
        commits[tip.revision] = tip
        desired = DesiredState(source: source, group: group, revision: tip.revision, tree: "")
        desired = declared
    }

    /// Adds a commit on the tip, or (a rewrite) beside it.
    package mutating func push(apps: [AppID: AppSpec], broken: Set<AppID> = [], rewrite: Bool = false) {
        let parent = rewrite ? tip.parent : tip.revision
        tip = Commit(
            revision: Revision("\(source)\(commits.count + 1)"),
            parent: parent,
            apps: apps,
            broken: broken
        )
        commits[tip.revision] = tip
        desired = declared
    }

    /// Whether a commit is `ancestor` or comes after it.
    package func descends(_ revision: Revision, from ancestor: Revision) -> Bool {
        var open: Revision? = revision
        while let commit = open {
            if commit == ancestor { return true }
            open = commits[commit]?.parent
        }
        return false
    }

    /// What the tip declares, as the manifests' reader would say it. One app stands in one file.
    private var declared: DesiredState {
        var state = DesiredState(
            source: source,
            group: group,
            revision: tip.revision,
            tree: "t" + tip.revision.rawValue
        )
        for id in tip.apps.keys.sorted() where !tip.broken.contains(id) {
            guard let app = tip.apps[id] else { continue }
            state.apps[id] = DesiredState.Declaration(
                spec: Spec(app, sha256: fakeSHA256),
                file: SimulatedGit.file(of: id)
            )
        }
        for id in tip.broken.sorted() {
            let file = SimulatedGit.file(of: id)
            state.broken.append(BrokenFile(path: file, claims: [id], claimsAreComplete: true))
            state.problems.append(
                Problem(code: "PACER-E000", file: file, line: 1, column: 1, message: "broken", hint: "mend it")
            )
        }
        return state
    }

    private static func file(of app: AppID) -> String { app.path.dropFirst() + ".yaml" }
}
