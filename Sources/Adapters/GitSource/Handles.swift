internal import CGit2

/// The name of an object in git: its hash.
struct ObjectName: Equatable {
    var raw: git_oid

    init(_ raw: git_oid) { self.raw = raw }

    /// From 40 hexadecimal digits; `nil` where the text is anything else.
    init?(hex: String) {
        guard hex.utf8.count == Int(GIT_OID_HEXSZ) else { return nil }
        var oid = git_oid()
        guard git_oid_fromstr(&oid, hex) == 0 else { return nil }
        raw = oid
    }

    var hex: String {
        String(unsafeUninitializedCapacity: Int(GIT_OID_HEXSZ)) { buffer in
            withUnsafeBytes(of: raw) { bytes in
                for (index, byte) in bytes.enumerated() {
                    buffer[2 * index] = Self.digit(byte >> 4)
                    buffer[2 * index + 1] = Self.digit(byte & 15)
                }
            }
            return Int(GIT_OID_HEXSZ)
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    static func == (left: ObjectName, right: ObjectName) -> Bool {
        var (one, other) = (left.raw, right.raw)
        return git_oid_equal(&one, &other) != 0
    }

    /// Hands the hash to a call that wants its address.
    func withRaw<R>(_ body: (UnsafePointer<git_oid>) -> R) -> R { withUnsafePointer(to: raw, body) }
}

/// An open repository. It belongs to the thread that opened it; what is read from it keeps it open.
final class Repository {
    let raw: OpaquePointer

    init(adopting raw: OpaquePointer) { self.raw = raw }

    deinit { git_repository_free(raw) }

    /// Opens the repository in exactly this folder, bare or with a working tree.
    convenience init(at path: String) throws(GitError) {
        self.init(adopting: try obtain("git_repository_open") { git_repository_open(&$0, path) })
    }

    /// Opens the bare repository in exactly this folder.
    convenience init(bare path: String) throws(GitError) {
        self.init(adopting: try obtain("git_repository_open_bare") { git_repository_open_bare(&$0, path) })
    }

    /// Opens the repository that `path` lies in.
    convenience init(around path: String) throws(GitError) {
        let flags = GIT_REPOSITORY_OPEN_CROSS_FS.rawValue
        self.init(
            adopting: try obtain("git_repository_open_ext") { git_repository_open_ext(&$0, path, flags, nil) }
        )
    }

    /// Makes an empty bare repository.
    static func create(bare path: String) throws(GitError) -> Repository {
        Repository(adopting: try obtain("git_repository_init") { git_repository_init(&$0, path, 1) })
    }

    /// The folder of the working tree, ending in `/`; `nil` in a bare repository.
    var workingTree: String? { git_repository_workdir(raw).map { String(cString: $0) } }

    /// The folder of the repository itself, ending in `/`.
    var folder: String { String(cString: git_repository_path(raw)) }

    /// What a reference points to; `nil` where there is none of that name.
    func target(of reference: String) throws(GitError) -> ObjectName? {
        try find { () throws(GitError) in
            var oid = git_oid()
            try check("git_reference_name_to_id") { git_reference_name_to_id(&oid, raw, reference) }
            return ObjectName(oid)
        }
    }

    /// Points a reference to an object, whatever it pointed to before.
    func point(_ reference: String, to name: ObjectName) throws(GitError) {
        let handle = try obtain("git_reference_create") { handle in
            name.withRaw { git_reference_create(&handle, raw, reference, $0, 1, nil) }
        }
        git_reference_free(handle)
    }

    /// Whether `tip` has `ancestor` among its ancestors.
    func descends(_ tip: ObjectName, from ancestor: ObjectName) throws(GitError) -> Bool {
        let answer = try check("git_graph_descendant_of") {
            tip.withRaw { tip in ancestor.withRaw { git_graph_descendant_of(raw, tip, $0) } }
        }
        return answer == 1
    }

    /// A commit; `nil` where there is none of that name.
    func commit(_ name: ObjectName) throws(GitError) -> Commit? {
        try find { () throws(GitError) in
            let raw = try obtain("git_commit_lookup") { handle in
                name.withRaw { git_commit_lookup(&handle, self.raw, $0) }
            }
            return Commit(raw: raw, repository: self)
        }
    }

    /// A tree, which must be there.
    func tree(_ name: ObjectName) throws(GitError) -> Tree {
        let raw = try obtain("git_tree_lookup") { handle in name.withRaw { git_tree_lookup(&handle, self.raw, $0) } }
        return Tree(raw: raw, repository: self)
    }
}

/// A commit.
struct Commit: ~Copyable {
    let raw: OpaquePointer
    let repository: Repository

    deinit { git_commit_free(raw) }

    var name: ObjectName { ObjectName(git_commit_id(raw).pointee) }

    /// Seconds since 1970.
    var seconds: Int64 { git_commit_time(raw) }

    /// `Name <address>`.
    var author: String {
        guard let signature = git_commit_author(raw)?.pointee else { return "" }
        let name = signature.name.map { String(cString: $0) } ?? ""
        let address = signature.email.map { String(cString: $0) } ?? ""
        return "\(name) <\(address)>"
    }

    /// The first line of its message.
    var subject: String {
        guard let text = git_commit_message(raw) else { return "" }
        let message = String(cString: text)
        return message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }

    /// The tree of the whole commit.
    func root() throws(GitError) -> Tree { try repository.tree(ObjectName(git_commit_tree_id(raw).pointee)) }
}

/// One folder of a commit.
struct Tree: ~Copyable {
    /// What an entry of a tree is.
    enum Kind { case folder, file, link, submodule }

    /// An entry of a tree.
    struct Entry {
        var name: String
        var kind: Kind
        var object: ObjectName
    }

    let raw: OpaquePointer
    let repository: Repository

    deinit { git_tree_free(raw) }

    var name: ObjectName { ObjectName(git_tree_id(raw).pointee) }

    var count: Int { git_tree_entrycount(raw) }

    /// The entry at an index below ``count``, in git's order: by the bytes of the whole path.
    subscript(index: Int) -> Entry? {
        guard let entry = git_tree_entry_byindex(raw, index) else { return nil }
        return Self.entry(entry)
    }

    /// The entry at a relative path; `nil` where there is none.
    func entry(at path: String) throws(GitError) -> Entry? {
        let entry = try find { () throws(GitError) in
            try obtain("git_tree_entry_bypath") { git_tree_entry_bypath(&$0, raw, path) }
        }
        guard let entry else { return nil }
        defer { git_tree_entry_free(entry) }
        return Self.entry(entry)
    }

    private static func entry(_ entry: OpaquePointer) -> Entry {
        Entry(
            name: String(cString: git_tree_entry_name(entry)),
            kind: Kind(git_tree_entry_filemode(entry)),
            object: ObjectName(git_tree_entry_id(entry).pointee)
        )
    }
}

extension Tree.Kind {
    init(_ mode: git_filemode_t) {
        self =
            switch mode {
            case GIT_FILEMODE_TREE: .folder
            case GIT_FILEMODE_LINK: .link
            case GIT_FILEMODE_COMMIT: .submodule
            default: .file
            }
    }
}

/// A repository's objects.
struct ObjectStore: ~Copyable {
    private let raw: OpaquePointer
    private let repository: Repository

    init(of repository: Repository) throws(GitError) {
        self.repository = repository
        self.raw = try obtain("git_repository_odb") { git_repository_odb(&$0, repository.raw) }
    }

    deinit { git_odb_free(raw) }

    /// An object's size in bytes, without reading it whole.
    func size(of name: ObjectName) throws(GitError) -> Int {
        var size = 0
        var kind = GIT_OBJECT_ANY
        try check("git_odb_read_header") { name.withRaw { git_odb_read_header(&size, &kind, raw, $0) } }
        return size
    }

    /// An object's bytes.
    func bytes(of name: ObjectName) throws(GitError) -> [UInt8] {
        let object = try obtain("git_odb_read") { object in name.withRaw { git_odb_read(&object, raw, $0) } }
        defer { git_odb_object_free(object) }
        return [UInt8](UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
    }

    /// The name that git gives a file of these bytes.
    static func name(ofFile bytes: [UInt8]) throws(GitError) -> ObjectName {
        var oid = git_oid()
        try check("git_odb_hash") {
            bytes.withUnsafeBytes { git_odb_hash(&oid, $0.baseAddress, $0.count, GIT_OBJECT_BLOB) }
        }
        return ObjectName(oid)
    }

    /// The name that git gives the file at a path, which is read piece by piece.
    static func name(ofFileAt path: String) throws(GitError) -> ObjectName {
        var oid = git_oid()
        try check("git_odb_hashfile") { git_odb_hashfile(&oid, path, GIT_OBJECT_BLOB) }
        return ObjectName(oid)
    }
}
