import Domain
import OrderedCollections

/// Puts files together: ids against ids, dependencies against ids, groups' dependencies into apps, specs at the end.
struct Linker: Sendable {
    struct Result {
        var apps: OrderedDictionary<AppID, DesiredState.Declaration> = [:]
        var problems: [Problem] = []
        var broken: [BrokenFile] = []
    }

    let group: GroupID
    let sha256: SHA256
    let workers: any Workers
    /// Whether a dependency must be found among the files.
    let checksDependencies: Bool
    /// What is put before a path where a problem tells it.
    let shownBelow: String
    /// How many apps were digested so far.
    private(set) var digestedApps = 0

    /// The files as they were linked last.
    private var files: [String: LinkedFile] = [:]
    /// What they were linked with.
    private var needs = GroupNeeds()
    private var publication = Publication()

    init(
        group: GroupID,
        sha256: @escaping SHA256,
        workers: any Workers,
        checksDependencies: Bool,
        shownBelow: String
    ) {
        (self.group, self.sha256, self.workers) = (group, sha256, workers)
        (self.checksDependencies, self.shownBelow) = (checksDependencies, shownBelow)
    }

    /// Links all files.
    mutating func link(_ entries: OrderedDictionary<String, Entry>, settingsAreBroken: Bool) -> Result {
        let catalog = Catalog(entries)
        var findings = LinkFindings(entries, shownBelow: shownBelow)
        findings.checkIDs(catalog)
        let linked = refresh(entries, GroupNeeds(entries, findings: &findings))
        findings.checkRoles(linked)
        findings.checkExternalVolumes(entries)
        if checksDependencies { findings.checkDependencies(catalog, sourceGroup: group) }
        CycleSearch(linked, catalog).report(to: &findings)
        findings.spreadFolderErrors()
        if settingsAreBroken { findings.breakAll() }
        var result = Result()
        result.broken = findings.brokenFiles
        // Without its defaults every app may be wrong: only what is wrong with the defaults is told.
        if !settingsAreBroken { result.problems = findings.allProblems }
        publication.publish(usable(entries, linked, findings.broken))
        result.apps = publication.apps
        return result
    }

    /// The files in their order, each with its apps' dependencies. What did not change is the same object as before.
    private mutating func refresh(_ entries: OrderedDictionary<String, Entry>, _ new: GroupNeeds) -> [LinkedFile] {
        let areNeedsSame = new == needs
        needs = new
        if files.count > entries.count { files = files.filter { entries[$0.key] != nil } }
        return entries.elements.map { path, entry in
            let before = files[path]
            if areNeedsSame, let before, before.entry === entry { return before }
            let linked = LinkedFile(entry, needs: new, before: before)
            if let before, before.entry === entry, before.isLinked(like: linked) { return before }
            files[path] = linked
            return linked
        }
    }

    /// The files that are not broken, with specs.
    private mutating func usable(
        _ entries: OrderedDictionary<String, Entry>,
        _ linked: [LinkedFile],
        _ broken: [Bool]
    ) -> [(path: String, file: LinkedFile)] {
        let sound = zip(entries.keys, linked).enumerated().filter { !broken[$0.offset] }.map(\.element)
        let due = sound.map(\.1).filter { !$0.isCurrent }
        let sha256 = self.sha256
        var made = workers.map(due) { $0.current(sha256) }.makeIterator()
        var usable: [(path: String, file: LinkedFile)] = []
        usable.reserveCapacity(sound.count)
        for (path, file) in sound {
            guard !file.isCurrent, let current = made.next() else {
                usable.append((path, file))
                continue
            }
            digestedApps += current.digested
            files[path] = current.file
            usable.append((path, current.file))
        }
        return usable
    }
}

/// The apps that the files declare, sorted by id, kept from commit to commit: mostly the ids are the same again.
private struct Publication: Sendable {
    private(set) var apps: OrderedDictionary<AppID, DesiredState.Declaration> = [:]
    private var files: [String: LinkedFile] = [:]

    /// Makes `apps` those of `usable`; ids are unique among them.
    mutating func publish(_ usable: [(path: String, file: LinkedFile)]) {
        let changed = usable.filter { files[$0.path] !== $0.file }
        guard !changed.isEmpty || usable.count != files.count else { return }
        let areIDsSame =
            usable.count == files.count && changed.allSatisfy { ids(files[$0.path]) == ids($0.file) }
        if areIDsSame {
            for (path, file) in changed {
                files[path] = file
                for spec in file.specs { apps[spec.id] = DesiredState.Declaration(spec: spec, file: path) }
            }
        } else {
            files = Dictionary(uniqueKeysWithValues: usable.map { ($0.path, $0.file) })
            var all: [(AppID, DesiredState.Declaration)] = []
            for (path, file) in usable {
                for spec in file.specs { all.append((spec.id, DesiredState.Declaration(spec: spec, file: path))) }
            }
            all.sort { $0.0 < $1.0 }
            apps = OrderedDictionary(uniqueKeysWithValues: all)
        }
    }

    private func ids(_ file: LinkedFile?) -> [AppID]? { file.map { $0.specs.map(\.id) } }
}
