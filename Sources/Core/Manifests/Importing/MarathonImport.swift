package import Domain
import OrderedCollections

/// What a running Marathon holds, or files made for it, as the files of a Pacer repository: one for each app and pod, in its
/// group's folder, with only what differs from the defaults.
package struct MarathonImport: Sendable {
    /// One file to write.
    package struct File: Hashable, Sendable {
        /// Its path below the repository's root: `shop/web.yaml`.
        package var path: String
        /// What it says.
        package var definition: FieldValue
        /// The app; `nil` for what concerns a group (`_group.yaml`).
        package var app: AppID?
        /// The app's spec; what is read from the file is the same, unless ``concealed`` names something.
        package var spec: AppSpec?
        /// The keys whose values were left out because they look like secrets: `env.DB_PASSWORD`.
        package var concealed: [String] = []
    }

    /// The files, sorted by path.
    package private(set) var files: [File] = []
    /// The apps that could not be carried over: their ids as they are written.
    package private(set) var failed: [String] = []
    /// What is wrong, and what was normalised (the warnings): places are those of what was imported.
    package private(set) var problems: [Problem] = []
    /// How many values that only a running Marathon reports were dropped.
    package private(set) var runtimeValues = 0

    private let file: String
    private let sha256: SHA256

    /// Takes in what a Marathon answered (`/v2/apps`, `/v2/groups`, `/v2/pods`, or one app), or what a file holds.
    /// - Parameters:
    ///   - documents: the parsed answer; JSON is YAML.
    ///   - file: how problems name it.
    package init(_ documents: [YAMLNode], file: String, sha256: @escaping SHA256) {
        self.file = file
        self.sha256 = sha256
        for document in documents where !document.isNull { take(document, in: .root) }
        files.sort { $0.path < $1.path }
        problems.sort()
    }

    /// How many apps and pods were carried over.
    package var count: Int { files.count { $0.app != nil } }

    // MARK: - Groups

    private mutating func take(_ node: YAMLNode, in group: GroupID) {
        switch node.content {
        case .sequence(let items): for item in items { take(item, in: group) }
        case .mapping(let entries):
            let keys = Set(entries.compactMap(\.key.writtenText))
            if !keys.isDisjoint(with: ["apps", "groups", "pods"]) {
                takeGroup(node, entries, in: group)
            } else if let app = node.member("app"), !keys.contains("cmd") {
                // The answer of /v2/apps/ID.
                takeApp(app, in: group)
            } else {
                takeApp(node, in: group)
            }
        case .scalar: takeApp(node, in: group)
        }
    }

    private mutating func takeGroup(_ node: YAMLNode, _ entries: [YAMLNode.Entry], in outer: GroupID) {
        guard let group = groupID(of: node, in: outer) else { return }
        takeGroupsOwn(node, of: group)
        for key in ["apps", "pods"] {
            for item in node.items(of: key) { takeApp(item, in: group) }
        }
        for item in node.items(of: "groups") { take(item, in: group) }
    }

    /// The group's id; `nil`, and a problem, where it is none.
    private mutating func groupID(of node: YAMLNode, in outer: GroupID) -> GroupID? {
        guard let id = node.member("id") else { return outer }
        let log = ProblemLog(file: file)
        defer { problems += log.problems }
        guard let written = log.text(id, path: "id") else { return nil }
        do throws(PathProblem) {
            return GroupID(try resolvePath(written, in: .group(outer)))
        } catch {
            log.report(error.code, at: id.mark, "`id` `\(clipped(written))` \(error.message)", hint: error.hint)
            failed.append(written)
            return nil
        }
    }

    /// Dependencies of a group, and whether it enforces its role.
    private mutating func takeGroupsOwn(_ node: YAMLNode, of group: GroupID) {
        var members: OrderedDictionary<String, FieldValue> = [:]
        let needs = node.items(of: "dependencies").compactMap(\.writtenText)
        if !needs.isEmpty { members["dependencies"] = .list(needs.map(FieldValue.text)) }
        if node.member("enforceRole")?.scalar == .flag(true) { members["enforceRole"] = .flag(true) }
        guard !members.isEmpty else { return }
        let folder = group.path.dropFirst()
        let path = folder.isEmpty ? "_group.yaml" : "\(folder)/_group.yaml"
        files.append(File(path: path, definition: .object(members)))
    }

    // MARK: - Apps

    private mutating func takeApp(_ node: YAMLNode, in group: GroupID) {
        let log = ProblemLog(file: file)
        let clean = node.withoutRuntime(count: &runtimeValues)
        // The file's path says to which group ids are relative.
        let path = group.path.dropFirst()
        var decoder = ManifestDecoder(
            log: log,
            path: path.isEmpty ? "import.yaml" : "\(path)/import.yaml",
            sourceGroup: .root,
            defaults: nil
        )
        if clean.member("id") == nil {
            log.report(.missingID, at: node.mark, "The app has no `id`", hint: "give it one")
        }
        decoder.decode([clean])
        problems += log.problems
        guard let declared = decoder.file.apps.first, !log.hasErrors else {
            failed.append(node.member("id")?.writtenText ?? "without an id, in line \(node.mark.line)")
            return
        }
        var spec = declared.spec
        spec.dependencies = Set(declared.dependencies.map(\.path)).sorted()
        let concealment = Concealment(of: spec)
        let place = MarathonImport.place(of: spec.id)
        files.append(
            File(
                path: place.path,
                definition: DefinitionWriter.definition(of: concealment.spec, id: place.id),
                app: spec.id,
                spec: concealment.spec,
                concealed: concealment.concealed
            )
        )
    }

    /// Where an app's file lies, and the id in it; none where the path says it.
    private static func place(of id: AppID) -> (path: String, id: String?) {
        let path = id.path.dropFirst()
        // What lies in `environments/`, and `pacer.yaml`, is something else to Pacer.
        guard path.hasPrefix("environments/") || path == "pacer" else { return ("\(path).yaml", nil) }
        return ("app-\(path.replacing("/", with: "-")).yaml", id.path)
    }
}

extension YAMLNode {
    /// The value of a key.
    fileprivate func member(_ key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key.writtenText == key && !$0.value.isNull }?.value
    }

    /// The items of a key's list.
    fileprivate func items(of key: String) -> [YAMLNode] {
        guard case .sequence(let items)? = member(key)?.content else { return [] }
        return items
    }

    /// The app without what only a running Marathon reports.
    fileprivate func withoutRuntime(count: inout Int) -> YAMLNode {
        guard case .mapping(let entries) = content else { return self }
        var node = self
        let kept = entries.filter { entry in
            guard let key = entry.key.writtenText else { return true }
            return AppForm.form.keys.skipped[key] == nil && !key.hasPrefix("lastTask")
        }
        count += entries.count - kept.count
        node.content = .mapping(kept)
        return node
    }
}
