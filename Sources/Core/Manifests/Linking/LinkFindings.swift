import Domain
import OrderedCollections

/// What is wrong between files, and which files that breaks.
struct LinkFindings {
    /// Whether each file, by its position, has an error.
    private(set) var broken: [Bool]
    private let entries: OrderedDictionary<String, Entry>
    private let shownBelow: String
    private var problems: [Problem] = []

    /// - Parameter shownBelow: what is put before a path where a problem tells it.
    init(_ entries: OrderedDictionary<String, Entry>, shownBelow: String) {
        (self.entries, self.shownBelow) = (entries, shownBelow)
        self.broken = entries.values.map(\.decoded.hasErrors)
    }

    /// The problems of the files by themselves and of their links.
    var allProblems: [Problem] {
        entries.values.reduce(into: problems) { $0 += $1.decoded.problems }
    }

    /// The files with an error, and what they claim.
    var brokenFiles: [BrokenFile] {
        entries.elements.indices.filter { broken[$0] }.map { position in
            let (path, entry) = entries.elements[position]
            let claims = Set(entry.decoded.apps.map(\.id) + entry.decoded.guesses).sorted()
            return BrokenFile(path: path, claims: claims, claimsAreComplete: entry.decoded.claimsAreComplete)
        }
    }

    /// Notes a problem; an error breaks the file at `position`.
    mutating func report(_ code: ProblemCode, in position: Int, _ place: Place, _ message: String, hint: String) {
        if code.severity == .error { broken[position] = true }
        problems.append(
            Problem(
                code: code.rawValue,
                severity: code.severity,
                file: place.file,
                line: place.line,
                column: place.column,
                message: message,
                hint: hint
            )
        )
    }

    /// An error in a folder's file breaks all files below the folder: what they depend on is not known.
    mutating func spreadFolderErrors() {
        let folders = entries.elements.indices.filter { broken[$0] && entries.elements[$0].value.role == .folder }
            .map { FilePath.folder(of: entries.elements[$0].key) }
        guard !folders.isEmpty else { return }
        for position in entries.elements.indices {
            let path = entries.elements[position].key
            if folders.contains(where: { path.hasPrefix($0) }) { broken[position] = true }
        }
    }

    /// An error in the source's settings breaks all files.
    mutating func breakAll() { broken = broken.map { _ in true } }

    // MARK: - Ids

    /// Ids that are declared twice, or that are an app's and a group's.
    mutating func checkIDs(_ catalog: Catalog) {
        for (id, references) in catalog.duplicates.sorted(by: { $0.key < $1.key }) {
            let places = references.map { app($0).place }
            for (index, reference) in references.enumerated() {
                let other = places[index == 0 ? 1 : 0]
                let more = places.count > 2 ? " and \(places.count - 2) more" : ""
                let hint = "rename one of them; until then none of their files is used"
                let message = "\(id) is declared here and at \(other.words)\(more)"
                report(.duplicateID, in: reference.entry, places[index], message, hint: hint)
            }
        }
        checkFolderFiles()
        let both = catalog.groups.compactMap { group in catalog.owners[group].map { (group, $0) } }
        for (id, reference) in both.sorted(by: { $0.0 < $1.0 }) {
            let member = firstMember(of: id).map { ": \($0.id) lies in it, see \($0.place.words)" } ?? ""
            let message = "\(id) is an app here and a group elsewhere\(member)"
            report(.appIsGroup, in: reference.entry, app(reference).place, message, hint: "rename the app or the group")
        }
    }

    /// A folder has one file about itself.
    private mutating func checkFolderFiles() {
        var first: [String: String] = [:]
        for (position, (path, entry)) in entries.elements.enumerated() where entry.role == .folder {
            let folder = FilePath.folder(of: path)
            guard let other = first[folder] else {
                first[folder] = path
                continue
            }
            let place = Place(file: shownBelow + path, line: 1, column: 1)
            let message = "What concerns the folder stands in \(shownBelow + other) already"
            report(.conflictingKeys, in: position, place, message, hint: "keep one of the two files")
        }
    }

    private func app(_ reference: Catalog.Reference) -> DeclaredApp {
        entries.values[reference.entry].decoded.apps[reference.app]
    }

    private func firstMember(of group: String) -> DeclaredApp? {
        let members = entries.values.lazy.flatMap(\.decoded.apps).filter {
            $0.group == group || lies($0.group, in: group)
        }
        return members.min { $0.id < $1.id }
    }

    // MARK: - Roles

    /// Apps that name another role than the one that their group enforces.
    mutating func checkRoles(_ files: [LinkedFile]) {
        for (position, file) in files.enumerated() {
            for (app, enforced) in zip(file.entry.decoded.apps, file.enforcedRoles) {
                guard let enforced, let own = app.spec.role, own != enforced, let place = app.rolePlace else {
                    continue
                }
                let message = "\(app.id) has the role \(own), but the group /\(enforced) enforces its name as the role"
                report(.roleNotEnforced, in: position, place, message, hint: "remove the app's `role`")
            }
        }
    }

    // MARK: - Volumes

    /// Volumes of a provider that several apps name, though none but one can have them at once (Marathon's rule).
    mutating func checkExternalVolumes(_ entries: OrderedDictionary<String, Entry>) {
        var owners: [String: (app: AppID, place: Place)] = [:]
        for (position, entry) in entries.values.enumerated() where entry.decoded.hasExternalVolumes {
            for app in entry.decoded.apps {
                for case .driver(let volume) in app.spec.container?.volumes.map(\.source) ?? [] where !volume.isShared {
                    let key = "\(volume.driver)/\(volume.name)"
                    guard let owner = owners[key], owner.app != app.id else {
                        owners[key] = (app.id, app.place)
                        continue
                    }
                    let message =
                        "The external volume \(volume.name) is that of \(owner.app) too, at \(owner.place.words)"
                    let hint = "give each app a volume of its own, or write `shared: true` in both"
                    report(.volumeTaken, in: position, app.place, message, hint: hint)
                }
            }
        }
    }

    // MARK: - Dependencies

    /// How many misspelt dependencies get a suggestion, which costs a look at every id.
    private static let mostSuggestions = 20

    /// Dependencies that are neither an app nor a group.
    mutating func checkDependencies(_ catalog: Catalog, sourceGroup: GroupID) {
        var suggestions = LinkFindings.mostSuggestions
        for (position, entry) in entries.values.enumerated() where entry.decoded.hasDependencies {
            let declared = entry.decoded.apps.flatMap(\.dependencies)
            for dependency in declared + entry.decoded.groups.flatMap(\.dependencies)
            where !catalog.knows(dependency.path) {
                if dependency.path == "/" {
                    let message = "Nothing can depend on the root, which holds everything"
                    report(.unknownDependency, in: position, dependency.place, message, hint: "name an app or a group")
                } else if !lies(dependency.path, in: sourceGroup.path) {
                    reportUnchecked(dependency, in: position, "lies outside of the source's group \(sourceGroup)")
                } else if catalog.isIncomplete {
                    reportUnchecked(
                        dependency,
                        in: position,
                        "is in no file that can be read; others cannot be read now"
                    )
                } else {
                    suggestions -= 1
                    reportUnknown(dependency, in: position, suggestions >= 0 ? catalog : nil)
                }
            }
        }
    }

    private mutating func reportUnchecked(_ dependency: Dependency, in position: Int, _ reason: String) {
        let message = "\(dependency.path) \(reason), so this dependency cannot be checked"
        report(.uncheckedDependency, in: position, dependency.place, message, hint: "make sure that it exists")
    }

    private mutating func reportUnknown(_ dependency: Dependency, in position: Int, _ catalog: Catalog?) {
        let candidates = catalog.map { Array($0.owners.keys) + Array($0.groups) } ?? []
        let near = Spelling.nearest(to: dependency.path, among: candidates)
        let hint = near.map { "did you mean \($0)?" } ?? "name an app or a group of this source, or remove it"
        let message = "\(dependency.path) is neither an app nor a group"
        report(.unknownDependency, in: position, dependency.place, message, hint: hint)
    }
}
