package import Domain
import OrderedCollections

/// One source's files and what they declare. Takes what git brings, reads what changed, and tells the desired state.
///
/// A file is keyed by its blob and the blobs that are merged with it: an unchanged file is never parsed again, and an
/// app whose definition is unchanged is never digested again. What is done for every commit, whatever its size, is a
/// pass over ids and dependencies.
package struct SourceManifests: Sendable {
    /// The source's name.
    package let source: String
    /// The group that the source is mounted at.
    package let group: GroupID
    /// The environment whose files are merged over the base files, if any.
    package let environment: String?
    /// How many files were parsed so far.
    package private(set) var parsedFiles = 0
    /// How many apps were digested so far.
    package var digestedApps: Int { linker.digestedApps }

    private let parse: YAMLParser
    private let workers: any Workers
    private var linker: Linker
    /// Whether a file is looked at by itself: then every file is a manifest, and dependencies may lie elsewhere.
    private let isAlone: Bool
    /// What is put before a path where a problem tells it: in front, and in its text.
    private let shownBelow: String

    private var files: [String: SourceUpdate.File] = [:]
    private var rules = IgnoreRules()
    private var settings = Settings()
    /// By path, sorted by it: what is told first must not depend on which commit brought a file.
    private var entries: OrderedDictionary<String, Entry> = [:]
    private var ownProblems: [Problem] = []

    /// A source of which nothing is known yet.
    /// - Parameter workers: who reads files where there are many.
    package init(
        source: String,
        group: GroupID,
        environment: String?,
        parse: @escaping YAMLParser,
        sha256: @escaping SHA256,
        workers: any Workers = .caller
    ) {
        self.init(
            source: source,
            group: group,
            environment: environment,
            parse: parse,
            sha256: sha256,
            workers: workers,
            isAlone: false,
            shownBelow: ""
        )
    }

    /// A source of which nothing is known yet.
    /// - Parameters:
    ///   - isAlone: whether dependencies may lie in files that are not seen.
    ///   - shownBelow: what is put before a file's path wherever a problem tells it.
    package init(
        source: String,
        group: GroupID,
        environment: String?,
        parse: @escaping YAMLParser,
        sha256: @escaping SHA256,
        workers: any Workers = .caller,
        isAlone: Bool,
        shownBelow: String
    ) {
        (self.source, self.group, self.environment) = (source, group, environment)
        (self.parse, self.workers) = (parse, workers)
        (self.isAlone, self.shownBelow) = (isAlone, shownBelow)
        self.linker = Linker(
            group: group,
            sha256: sha256,
            workers: workers,
            checksDependencies: !isAlone,
            shownBelow: shownBelow
        )
    }

    /// Takes what a look at the repository brought.
    /// - Returns: what the source declares now, with everything that is wrong.
    package mutating func apply(_ update: SourceUpdate) -> DesiredState {
        take(update.files)
        let linked = linker.link(entries, settingsAreBroken: settings.isBroken)
        var state = DesiredState(source: source, group: group, revision: update.revision, tree: update.tree)
        state.apps = linked.apps
        state.broken = linked.broken
        if settings.isBroken, let file = settings.files.first {
            state.broken.append(BrokenFile(path: file, claims: [], claimsAreComplete: true))
        }
        state.broken.sort { $0.path < $1.path }
        state.problems = sortedAndUnique(settings.problems + ownProblems + linked.problems)
        return state
    }

    /// How many files declare apps, or are meant to.
    var manifestCount: Int { entries.values.count { $0.role == .manifest } }

    /// How many apps the files declare, usable or not.
    var declaredCount: Int { entries.values.reduce(0) { $0 + $1.decoded.apps.count } }

    /// Takes files in and reads those that differ.
    mutating func take(_ update: SourceUpdate.Files) {
        var changed = store(update)
        var isEverythingDue = readRules(changed)
        if readSettings() { isEverythingDue = true }
        if isEverythingDue { changed = Set(files.keys).union(entries.keys) }
        // An environment's file concerns its base file, and the other way round.
        for path in changed {
            guard let environment else { break }
            let folder = "environments/\(environment)/"
            changed.insert(path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : folder + path)
        }
        let due = changed.sorted().compactMap { examine($0) }
        let decoder = FileDecoder(parse: parse, group: group, settings: settings, shownBelow: shownBelow)
        for read in workers.map(due, { $0.read(by: decoder) }) {
            parsedFiles += read.parsedFiles
            entries[read.path] = read.entry
        }
        if !entries.keys.isSorted { entries.sort { $0.key < $1.key } }
        ownProblems = problemsOfTheWhole()
    }

    /// Keeps the files.
    /// - Returns: the paths where something differs.
    private mutating func store(_ update: SourceUpdate.Files) -> Set<String> {
        var changed: Set<String> = []
        switch update {
        case .changed(let new, let removed):
            for path in removed where files.removeValue(forKey: path) != nil { changed.insert(path) }
            for file in new where files.updateValue(file, forKey: file.path)?.blob != file.blob {
                changed.insert(file.path)
            }
        case .all(let all):
            var kept: [String: SourceUpdate.File] = [:]
            kept.reserveCapacity(all.count)
            for file in all {
                kept[file.path] = file
                if files[file.path]?.blob != file.blob { changed.insert(file.path) }
            }
            changed.formUnion(files.keys.filter { kept[$0] == nil })
            files = kept
        }
        return changed
    }

    // MARK: - What concerns all files

    private mutating func readRules(_ changed: Set<String>) -> Bool {
        guard changed.contains(".pacerignore") else { return false }
        let text = files[".pacerignore"]?.content.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let read = IgnoreRules(text)
        defer { rules = read }
        return read != rules
    }

    /// Reads `pacer.yaml` where it changed.
    /// - Returns: whether it did.
    private mutating func readSettings() -> Bool {
        let names = ["pacer.yaml", "pacer.yml", "pacer.json"].filter { files[$0] != nil }
        guard let file = names.first.flatMap({ files[$0] }) else {
            defer { settings = Settings() }
            return !settings.key.isEmpty
        }
        let overlay = overlayFile(of: file.path)
        let key = names + [file.blob, overlay?.path ?? "", overlay?.blob ?? ""]
        guard settings.key != key else { return false }
        var decoder = FileDecoder(parse: parse, group: group, shownBelow: shownBelow)
        settings = decoder.decodeSettings(file, overlay: overlay, environment: environment)
        settings.key = key
        parsedFiles += decoder.parsedFiles
        for other in names.dropFirst() {
            let log = ProblemLog(file: shownBelow + other)
            let message = "The source's settings stand in \(shownBelow + file.path) already"
            log.report(.conflictingKeys, at: .start(), message, hint: "keep one of the two files")
            settings.problems += log.problems
        }
        return true
    }

    private func overlayFile(of path: String) -> SourceUpdate.File? {
        environment.flatMap { files["environments/\($0)/\(path)"] }
    }

    private func problemsOfTheWhole() -> [Problem] {
        guard let environment else { return [] }
        let folder = "environments/\(environment)/"
        let others = files.keys.filter { $0.hasPrefix("environments/") }
        guard !others.isEmpty, !others.contains(where: { $0.hasPrefix(folder) }) else { return [] }
        let log = ProblemLog(file: shownBelow + "environments")
        log.report(
            .environmentWithoutFiles,
            at: Mark(line: 0, column: 0),
            "There is no folder \(shownBelow + folder), so every file holds as it is",
            hint: "check the name of the environment in the controller's configuration"
        )
        return log.problems
    }

    // MARK: - One file

    private func role(of path: String) -> FileRole {
        let role = FileRole(path, environment: environment, ignoring: rules)
        return role == .none && isAlone ? .manifest : role
    }

    /// Brings the entry of one path up to date, as far as nothing has to be read for it.
    /// - Returns: what is to be read.
    private mutating func examine(_ path: String) -> DueFile? {
        guard let file = files[path] else {
            entries.removeValue(forKey: path)
            return nil
        }
        switch role(of: path) {
        case .manifest: return due(file, as: .manifest)
        case .folder: return due(file, as: .folder)
        case .overlay(let base): checkBase(base, of: file)
        case .settings, .ignoreRules, .none: entries.removeValue(forKey: path)
        }
        return nil
    }

    private func due(_ file: SourceUpdate.File, as role: FileRole) -> DueFile? {
        let overlay = overlayFile(of: file.path)
        let key = EntryKey(role: role, blob: file.blob, overlay: overlay?.blob, settings: settings.key)
        return entries[file.path]?.key == key ? nil : DueFile(file: file, overlay: overlay, key: key)
    }

    /// An environment's file needs the file that it is laid over.
    private mutating func checkBase(_ base: String, of file: SourceUpdate.File) {
        guard files[base] == nil else {
            entries.removeValue(forKey: file.path)
            return
        }
        let log = ProblemLog(file: shownBelow + file.path)
        let twin = [".yaml", ".yml", ".json"].map { FilePath.folder(of: base) + FilePath.stem(of: base) + $0 }
            .first { files[$0] != nil }
        log.report(
            .overlayWithoutBase,
            at: .start(),
            "There is no file \(shownBelow + base) that this one could be laid over",
            hint: twin.map { "name it as the base file is named: \(shownBelow + $0)" }
                ?? "remove it, or add \(shownBelow + base)"
        )
        var decoded = DecodedFile()
        decoded.problems = log.problems
        decoded.hasErrors = true
        let role = FileRole.overlay(of: base)
        let key = EntryKey(role: role, blob: file.blob, overlay: nil, settings: [])
        entries[file.path] = Entry(key: key, role: role, decoded: decoded)
    }
}

extension Collection where Element: Comparable {
    fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}

/// A file that is to be read, with the one that is laid over it.
private struct DueFile: Sendable {
    let file: SourceUpdate.File
    let overlay: SourceUpdate.File?
    let key: EntryKey

    func read(by decoder: FileDecoder) -> (path: String, entry: Entry, parsedFiles: Int) {
        var decoder = decoder
        let decoded = decoder.decode(file, role: key.role, overlay: overlay)
        return (file.path, Entry(key: key, role: key.role, decoded: decoded), decoder.parsedFiles)
    }
}

/// What a file's declarations were read from.
struct EntryKey: Hashable, Sendable {
    var role: FileRole
    var blob: String
    var overlay: String?
    var settings: [String]
}

/// A file that was read. Immutable and shared, so that a pass over all files copies nothing.
final class Entry: Sendable {
    let key: EntryKey
    let role: FileRole
    let decoded: DecodedFile

    init(key: EntryKey, role: FileRole, decoded: DecodedFile) {
        (self.key, self.role, self.decoded) = (key, role, decoded)
    }
}

/// Problems in their order, without doubles: a bad default would be told once for every app.
func sortedAndUnique(_ problems: [Problem]) -> [Problem] {
    problems.sorted().reduce(into: []) { unique, problem in
        if unique.last != problem { unique.append(problem) }
    }
}
