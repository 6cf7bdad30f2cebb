import Domain
import OrderedCollections

/// Puts files together: ids against ids, dependencies against ids, groups' dependencies into apps, and specs at the end.
struct Linker: Sendable {
    struct Result {
        var apps: OrderedDictionary<AppID, DesiredState.Declaration> = [:]
        var problems: [Problem] = []
        var broken: [BrokenFile] = []
    }

    let group: GroupID
    let sha256: SHA256
    /// Whether a dependency must be found among the files.
    let checksDependencies: Bool
    /// How many apps were digested so far.
    private(set) var digestedApps = 0
    /// The ids that were usable last time, sorted: mostly they are the same again.
    private var lastIDs: [AppID] = []

    init(group: GroupID, sha256: @escaping SHA256, checksDependencies: Bool) {
        (self.group, self.sha256, self.checksDependencies) = (group, sha256, checksDependencies)
    }

    /// Links all files. Specs that are made are kept in their entries.
    mutating func link(_ entries: inout OrderedDictionary<String, Entry>, settingsAreBroken: Bool) -> Result {
        let catalog = Catalog(entries)
        var findings = LinkFindings(entries)
        findings.checkIDs(catalog)
        let needs = GroupNeeds(entries, findings: &findings)
        let dependencies = effectiveDependencies(entries, needs)
        if checksDependencies { findings.checkDependencies(catalog, sourceGroup: group) }
        CycleSearch(entries, catalog, dependencies).report(to: &findings)
        findings.spreadFolderErrors()
        if settingsAreBroken { findings.breakAll() }
        var result = Result()
        result.broken = findings.brokenFiles
        // Without its defaults every app may be wrong: only what is wrong with the defaults is told.
        if !settingsAreBroken { result.problems = findings.allProblems }
        result.apps = specs(&entries, dependencies, findings.broken)
        return result
    }

    /// Each app's own dependencies and those of the groups around it, by position of file and app.
    private func effectiveDependencies(
        _ entries: OrderedDictionary<String, Entry>,
        _ needs: GroupNeeds
    ) -> [Catalog.Reference: [Dependency]] {
        var all: [Catalog.Reference: [Dependency]] = [:]
        for (position, entry) in entries.values.enumerated() {
            for (index, app) in entry.decoded.apps.enumerated() {
                let dependencies = app.dependencies + needs.dependencies(of: app.id.path)
                if !dependencies.isEmpty { all[Catalog.Reference(entry: position, app: index)] = dependencies }
            }
        }
        return all
    }

    /// The usable apps, sorted by id.
    private mutating func specs(
        _ entries: inout OrderedDictionary<String, Entry>,
        _ dependencies: [Catalog.Reference: [Dependency]],
        _ broken: [Bool]
    ) -> OrderedDictionary<AppID, DesiredState.Declaration> {
        var usable: [AppID: DesiredState.Declaration] = [:]
        usable.reserveCapacity(lastIDs.count)
        for position in entries.elements.indices where !broken[position] {
            let file = entries.elements[position].key
            refresh(&entries.values[position], position, dependencies)
            for linked in entries.values[position].specs {
                usable[linked.spec.id] = DesiredState.Declaration(spec: linked.spec, file: file)
            }
        }
        if usable.count != lastIDs.count || !lastIDs.allSatisfy({ usable[$0] != nil }) {
            lastIDs = usable.keys.sorted()
        }
        var apps = OrderedDictionary<AppID, DesiredState.Declaration>(minimumCapacity: lastIDs.count)
        for id in lastIDs { apps[id] = usable[id] }
        return apps
    }

    /// Makes the specs of a file's apps, unless those of last time still hold.
    private mutating func refresh(
        _ entry: inout Entry,
        _ position: Int,
        _ dependencies: [Catalog.Reference: [Dependency]]
    ) {
        let apps = entry.decoded.apps
        if entry.areSpecsCurrent, entry.specs.count == apps.count {
            let isSame = apps.indices.allSatisfy { index in
                let needed = dependencies[Catalog.Reference(entry: position, app: index)]
                return needed.map(Linker.paths) ?? [] == entry.specs[index].app.dependencies
            }
            if isSame { return }
        }
        let old = Dictionary(entry.specs.map { ($0.app.id, $0) }) { first, _ in first }
        entry.specs = apps.indices.map { index in
            var app = apps[index].spec
            app.dependencies = Linker.paths(dependencies[Catalog.Reference(entry: position, app: index)] ?? [])
            if let linked = old[app.id], linked.app == app { return linked }
            digestedApps += 1
            return LinkedSpec(app: app, spec: Spec(app, sha256: sha256))
        }
        entry.areSpecsCurrent = true
    }

    private static func paths(_ dependencies: [Dependency]) -> [String] {
        dependencies.count < 2 ? dependencies.map(\.path) : Set(dependencies.map(\.path)).sorted()
    }
}
