internal import CGit2
internal import Domain

/// Reads manifest files out of a repository's trees.
struct TreeReader: ~Copyable {
    /// Folders within folders beyond this are an attack, not a repository.
    private static let deepest = 500

    private let repository: Repository
    private let objects: ObjectStore
    private let sizeLimit: Int
    private let attempt: Attempt?

    /// - Parameter attempt: kept alive with each file read, and obeyed when it is given up.
    init(_ repository: Repository, sizeLimit: Int, attempt: Attempt? = nil) throws(GitError) {
        self.repository = repository
        self.objects = try ObjectStore(of: repository)
        self.sizeLimit = sizeLimit
        self.attempt = attempt
    }

    /// What a folder path leads to in a tree.
    enum Place: ~Copyable {
        case folder(Tree)
        case file
        case missing
    }

    /// The folder at a path of a tree.
    func place(_ path: FolderPath, in root: consuming Tree) throws(GitError) -> Place {
        guard !path.text.isEmpty else { return .folder(root) }
        guard let entry = try root.entry(at: path.text) else { return .missing }
        guard entry.kind == .folder else { return .file }
        return .folder(try repository.tree(entry.object))
    }

    /// Every relevant file below a folder, in the order of the bytes of their paths.
    func files(in folder: borrowing Tree) throws(GitError) -> [SourceUpdate.File] {
        var files: [SourceUpdate.File] = []
        try walk(folder, prefix: "", depth: 0) { path, entry throws(GitError) in
            files.append(try file(path, entry.kind, entry.object))
            return true
        }
        return files
    }

    /// Whether any file below a folder can hold apps.
    func holdsManifest(_ folder: borrowing Tree) throws(GitError) -> Bool {
        var found = false
        try walk(folder, prefix: "", depth: 0) { path, _ in
            found = ManifestFiles.isManifest(ManifestFiles.name(in: path))
            return !found
        }
        return found
    }

    /// Calls `visit` for each relevant file until it returns false.
    @discardableResult
    private func walk(
        _ folder: borrowing Tree,
        prefix: String,
        depth: Int,
        _ visit: (String, Tree.Entry) throws(GitError) -> Bool
    ) throws(GitError) -> Bool {
        guard depth < Self.deepest else {
            throw Self.problem("folders lie more than \(Self.deepest) deep in each other")
        }
        for index in 0..<folder.count {
            guard let entry = folder[index] else { continue }
            if entry.kind == .folder {
                let inner = try repository.tree(entry.object)
                let goOn = try walk(inner, prefix: "\(prefix)\(entry.name)/", depth: depth + 1, visit)
                guard goOn else { return false }
            } else if ManifestFiles.isRelevant(entry.name) {
                guard try visit(prefix + entry.name, entry) else { return false }
            }
        }
        return true
    }

    /// What differs between two folders, file by file.
    func difference(
        from old: borrowing Tree,
        to new: borrowing Tree
    ) throws(GitError) -> (changed: [SourceUpdate.File], removed: [String]) {
        let diff = try TreeDiff(in: repository, from: old, to: new)
        var changed: [SourceUpdate.File] = []
        var removed: Set<String> = []
        for index in 0..<diff.count {
            guard let delta = diff[index], ManifestFiles.isRelevant(ManifestFiles.name(in: delta.path)) else {
                continue
            }
            switch (delta.old, delta.new) {
            case (_, nil): removed.insert(delta.path)
            case (let old, .some(let new)):
                // A changed mode alone (`chmod`) is no change of the file's bytes.
                if let old, old == new { continue }
                changed.append(try file(delta.path, new.kind, new.object))
            }
        }
        // A file that became a link is told as removed and added: what counts is that the path is still there.
        for file in changed { removed.remove(file.path) }
        return (changed, removed.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    private func file(
        _ path: String,
        _ kind: Tree.Kind,
        _ object: ObjectName
    ) throws(GitError) -> SourceUpdate.File {
        if let attempt, !attempt.signOfLife() { throw Self.problem("nobody waits for this any more") }
        guard kind == .file else { return SourceUpdate.File(path: path, blob: object.hex, content: nil, size: 0) }
        let size = try objects.size(of: object)
        let content = size > sizeLimit ? nil : try objects.bytes(of: object)
        return SourceUpdate.File(path: path, blob: object.hex, content: content, size: size)
    }

    private static func problem(_ message: String) -> GitError {
        GitError(call: "walk", code: GIT_EUSER.rawValue, category: GIT_ERROR_TREE.rawValue, message: message)
    }
}

/// The difference between two trees.
private struct TreeDiff: ~Copyable {
    /// One side of a changed path.
    struct Side: Equatable {
        var kind: Tree.Kind
        var object: ObjectName
    }

    struct Delta {
        var path: String
        var old: Side?
        var new: Side?
    }

    private let raw: OpaquePointer

    init(in repository: Repository, from old: borrowing Tree, to new: borrowing Tree) throws(GitError) {
        var options = git_diff_options()
        try check("git_diff_options_init") { git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)) }
        options.flags = GIT_DIFF_SKIP_BINARY_CHECK.rawValue | GIT_DIFF_INCLUDE_TYPECHANGE.rawValue
        let (oldRaw, newRaw) = (old.raw, new.raw)
        self.raw = try obtain("git_diff_tree_to_tree") {
            git_diff_tree_to_tree(&$0, repository.raw, oldRaw, newRaw, &options)
        }
    }

    deinit { git_diff_free(raw) }

    var count: Int { git_diff_num_deltas(raw) }

    subscript(index: Int) -> Delta? {
        guard let delta = git_diff_get_delta(raw, index)?.pointee else { return nil }
        guard let path = delta.new_file.path ?? delta.old_file.path else { return nil }
        return Delta(path: String(cString: path), old: Self.side(delta.old_file), new: Self.side(delta.new_file))
    }

    private static func side(_ file: git_diff_file) -> Side? {
        guard file.mode != 0, let mode = UInt32(exactly: file.mode) else { return nil }
        return Side(kind: Tree.Kind(git_filemode_t(rawValue: mode)), object: ObjectName(file.id))
    }
}
