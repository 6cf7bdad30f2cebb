import Domain

/// Turns the documents of one file into what they declare: an app, a list of apps, or a group of apps and groups.
///
/// Ids and dependencies that are relative belong to the group around them: the folder's, or the group document's. A
/// single app without an id takes the file's name; a group without an id is the folder's group itself. So the answer of
/// a running Marathon to `/v2/apps` or `/v2/groups` can be put into a file as it is.
struct ManifestDecoder {
    let log: ProblemLog
    /// The file's path within the source.
    let path: String
    /// The group that the source is mounted at: no id leads out of it.
    let sourceGroup: GroupID
    /// The group of the file's folder.
    let folder: FolderGroup
    /// Merged under every app; on a layer of its own.
    let defaults: YAMLNode?

    private(set) var file = DecodedFile()

    init(log: ProblemLog, path: String, sourceGroup: GroupID, defaults: YAMLNode?) {
        (self.log, self.path, self.sourceGroup, self.defaults) = (log, path, sourceGroup, defaults)
        self.folder = FolderGroup(ofFile: path, in: sourceGroup)
    }

    /// The id that the file's name gives, where it gives one.
    static func idByName(of path: String, in group: GroupID) -> AppID? {
        guard case .group(let folder) = FolderGroup(ofFile: path, in: group) else { return nil }
        return AppID(folder.path(of: FilePath.stem(of: path)))
    }

    /// Reads all documents. The problems are in the log.
    mutating func decode(_ documents: [YAMLNode]) {
        let filled = documents.filter { !$0.isNull }
        guard !filled.isEmpty else {
            let mark = documents.first?.mark ?? Mark(line: 1, column: 1)
            log.report(
                .declaresNothing,
                at: mark,
                "The file declares nothing",
                hint: "delete the file to remove its apps, or begin its name with _ to keep it aside"
            )
            return
        }
        for document in filled { decodeDocument(document, isAlone: filled.count == 1) }
    }

    private mutating func decodeDocument(_ node: YAMLNode, isAlone: Bool) {
        switch node.content {
        case .sequence(let items):
            for (index, item) in items.enumerated() { decodeApp(item, path: "[\(index)]", in: folder) }
        case .mapping(let entries):
            if entries.contains(where: { ["apps", "groups", "pods"].contains($0.key.writtenText) }) {
                decodeGroup(node, path: "", in: folder, isDocument: true)
            } else {
                decodeApp(node, path: "", in: folder, nameGivesID: isAlone)
            }
        case .scalar:
            file.claimsAreComplete = false
            log.report(
                .wrongType,
                at: node.mark,
                "A document must be an app, a pod, a list of them or a group, but this one is \(node.kindInWords)",
                hint: "write an app as lines of `key: value`"
            )
        }
    }

    // MARK: - Apps and pods

    private mutating func decodeApp(
        _ written: YAMLNode,
        path: String,
        in folder: FolderGroup,
        within group: GroupID? = nil,
        nameGivesID: Bool = false,
        isPod isListedAsPod: Bool = false
    ) {
        let isPod = isListedAsPod || self.isPod(written, within: group)
        var node = written
        // The defaults are an app's keys; a pod has others.
        if !isPod, case .mapping = written.content, let defaults { node = defaults.merged(with: written) }
        node.mark = written.mark
        guard let table = MappingReader(node, path: path, form: isPod ? PodForm.form : AppForm.form, log: log) else {
            file.claimsAreComplete = false
            return
        }
        let id = appID(table, in: folder, within: group, nameGivesID: nameGivesID)
        // Every field is read even where the id is wrong: all problems at once.
        let known = id ?? ManifestDecoder.nameless
        let spec = isPod ? PodReader(table: table).spec(id: known) : AppReader(table: table).spec(id: known)
        // A pod has none of its own; that the key is refused is told already.
        let dependencies = isPod ? [] : dependencies(table, in: folder)
        guard let id else {
            file.claimsAreComplete = false
            return
        }
        file.apps.append(
            DeclaredApp(
                id: id,
                place: place(table.has("id") ? table.mark(of: "id") : table.mark),
                spec: spec,
                dependencies: dependencies,
                rolePlace: table.has("role") ? place(table.mark(of: "role")) : nil
            )
        )
    }

    /// What has `containers` is a pod. Among a group's `apps` there is none, as in Marathon.
    private func isPod(_ node: YAMLNode, within group: GroupID?) -> Bool {
        guard case .mapping(let entries) = node.content else { return false }
        guard let containers = entries.first(where: { $0.key.writtenText == "containers" }) else { return false }
        if group != nil {
            log.report(
                .notSupported,
                at: containers.key.mark,
                "`containers` makes this a pod, and `apps` holds apps only",
                hint: "move it to `pods`, or give it a document of its own"
            )
        }
        return true
    }

    /// Stands for an app whose id is wrong while its other fields are checked; no spec with it leaves this file.
    private static let nameless: AppID = {
        guard let id = AppID("/nameless") else { preconditionFailure("the grammar of ids refuses /nameless") }
        return id
    }()

    private func appID(
        _ table: MappingReader,
        in folder: FolderGroup,
        within group: GroupID?,
        nameGivesID: Bool
    ) -> AppID? {
        guard table.has("id") || nameGivesID else {
            log.report(.missingID, at: table.mark, "The app has no `id`", hint: "an app beside others needs an `id`")
            return nil
        }
        if table.has("id"), table.mark(of: "id").layer >= FileLayer.settings {
            table.report(.badID, at: "id", "`defaults` cannot hold an `id`", hint: "give each app its own")
            return nil
        }
        let stem = FilePath.stem(of: path)
        guard let written = table.has("id") ? table.text("id") : stem else { return nil }
        let source = table.has("id") ? "`id`" : "The file's name, which stands for the missing `id`,"
        guard let path = resolve(written, in: folder, at: table.mark(of: "id"), what: source) else { return nil }
        guard let id = AppID(path) else {
            log.report(
                .badID,
                at: table.mark(of: "id"),
                "\(source) names the root, which is a group",
                hint: "name an app"
            )
            return nil
        }
        return checked(id, at: table.mark(of: "id"), within: group)
    }

    /// The longest id: a task's id is the flattened id, a dot, the epoch, a hyphen and a number, in 200 bytes.
    private static let longestID = 160

    private func checked(_ id: AppID, at mark: Mark, within group: GroupID?) -> AppID? {
        guard id.path.utf8.count <= ManifestDecoder.longestID else {
            let message = "The id has \(id.path.utf8.count) bytes; at most \(ManifestDecoder.longestID) are allowed"
            log.report(.badID, at: mark, message, hint: "shorten the names of the app or its groups")
            return nil
        }
        guard !["restart", "tasks", "versions"].contains(id.name) else {
            log.report(.badID, at: mark, "An app cannot be named `\(id.name)`", hint: "Marathon reserves this name")
            return nil
        }
        guard sourceGroup.contains(id) else {
            let hint = "write the id without a leading / to mean the source's group"
            log.report(.outsideGroup, at: mark, "\(id) lies outside of the source's group \(sourceGroup)", hint: hint)
            return nil
        }
        if let group, !group.contains(id) {
            let hint = "write the id relative to the group, or move the app"
            log.report(.outsideGroup, at: mark, "\(id) lies outside of the group \(group) that holds it", hint: hint)
            return nil
        }
        return id
    }

    // MARK: - Groups

    private mutating func decodeGroup(
        _ node: YAMLNode,
        path: String,
        in folder: FolderGroup,
        within outer: GroupID? = nil,
        isDocument: Bool = false
    ) {
        guard let table = MappingReader(node, path: path, form: GroupForm.form, log: log) else {
            file.claimsAreComplete = false
            return
        }
        if table.hasMisspeltKeys { file.claimsAreComplete = false }
        guard let group = groupID(table, in: folder, within: outer, isDocument: isDocument) else {
            file.claimsAreComplete = false
            return
        }
        let inner = FolderGroup.group(group)
        file.groups.append(
            DeclaredGroup(
                path: group.path,
                place: place(table.mark),
                dependencies: dependencies(table, in: inner),
                enforcesRole: enforcesRole(table, of: group)
            )
        )
        for item in members("apps", of: table) {
            decodeApp(item.node, path: item.path, in: inner, within: group)
        }
        for item in members("pods", of: table) {
            decodeApp(item.node, path: item.path, in: inner, within: group, isPod: true)
        }
        for item in members("groups", of: table) {
            decodeGroup(item.node, path: item.path, in: inner, within: group)
        }
    }

    private mutating func members(_ key: String, of table: MappingReader) -> [ListItem] {
        guard table.has(key) else { return [] }
        guard let items = table.items(key) else {
            file.claimsAreComplete = false
            return []
        }
        return items
    }

    private func groupID(
        _ table: MappingReader,
        in folder: FolderGroup,
        within outer: GroupID?,
        isDocument: Bool
    ) -> GroupID? {
        guard table.has("id") || isDocument else {
            log.report(.missingID, at: table.mark, "The group has no `id`", hint: "a group in a group needs an `id`")
            return nil
        }
        guard let written = table.has("id") ? table.text("id") : "." else { return nil }
        let what = table.has("id") ? "`\(table.path(of: "id"))`" : "The group of the file's folder"
        guard let path = resolve(written, in: folder, at: table.mark(of: "id"), what: what) else { return nil }
        guard let group = GroupID(path) else { return nil }
        let around = outer ?? sourceGroup
        guard group == around || around == .root || group.path.hasPrefix(around.path + "/") else {
            let hint = "write the id without a leading /"
            let message = "The group \(group) lies outside of \(around)"
            log.report(.outsideGroup, at: table.mark(of: "id"), message, hint: hint)
            return nil
        }
        return group
    }

    /// Only a group directly below the root can make its name the role of all its apps (Marathon's rule).
    private func enforcesRole(_ table: MappingReader, of group: GroupID) -> Bool {
        guard table.flag("enforceRole") == true else { return false }
        guard !group.isAtTop else { return true }
        let message = "Only a group directly below the root can enforce its role, and this is \(group)"
        log.report(
            .badValue,
            at: table.keyMark(of: "enforceRole"),
            message,
            hint: "say it of the group at the top, or give each app its `role`"
        )
        return false
    }

    /// Reads `_group.yaml`: what concerns the group of the file's folder.
    mutating func decodeFolderFile(_ documents: [YAMLNode]) {
        let filled = documents.filter { !$0.isNull }
        if filled.count > 1 {
            let hint = "keep one document"
            log.report(.wrongType, at: filled[1].mark, "A folder's file has one document, this is a second", hint: hint)
        }
        guard case .group(let group) = folder else {
            if case .illegal(let name) = folder {
                let message = "The folder `\(clipped(name))` cannot be a group, so nothing can be said about it"
                log.report(.badFolderName, at: Mark(line: 1, column: 1), message, hint: "rename the folder")
            }
            return
        }
        let mark = filled.first?.mark ?? Mark(line: 1, column: 1)
        var declared = DeclaredGroup(path: group.path, place: place(mark), dependencies: [])
        if let first = filled.first, let table = MappingReader(first, form: GroupForm.folder, log: log) {
            declared.enforcesRole = enforcesRole(table, of: group)
            declared.dependencies = dependencies(table, in: folder)
        }
        file.groups.append(declared)
    }

    // MARK: - Paths

    private func dependencies(_ table: MappingReader, in folder: FolderGroup) -> [Dependency] {
        (table.items("dependencies") ?? []).compactMap { item in
            guard let written = log.text(item.node, path: item.path) else { return nil }
            return resolve(written, in: folder, at: item.node.mark, what: "`\(item.path)`").map {
                Dependency(path: $0, place: place(item.node.mark))
            }
        }
    }

    private func resolve(_ written: String, in folder: FolderGroup, at mark: Mark, what: String) -> String? {
        do {
            return try resolvePath(written, in: folder)
        } catch {
            log.report(error.code, at: mark, "\(what) `\(clipped(written))` \(error.message)", hint: error.hint)
            return nil
        }
    }

    private func place(_ mark: Mark) -> Place {
        Place(file: log.file(of: mark), line: mark.line, column: mark.column)
    }
}
