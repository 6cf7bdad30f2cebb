internal import Boundary
internal import Domain
internal import Glibc

/// Reads the manifest files below a folder on disk.
struct FolderWalk {
    /// What a walk brought.
    struct Found {
        var files: [SourceUpdate.File]
        /// When the newest of them was written.
        var newest: Instant
    }

    let root: String
    let sizeLimit: Int

    func read() throws(SourceFailure) -> Found {
        var status = stat()
        guard stat(root, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw Self.unreadable(root) }
            throw SourceFailure.nothing(at: root)
        }
        var found = Found(files: [], newest: Instant(milliseconds: 0))
        guard status.st_mode & S_IFMT == S_IFDIR else {
            let name = String(ManifestFiles.name(in: root))
            let file = try file(at: root, named: name, followingLinks: true, &found.newest)
            guard let file else { throw SourceFailure.notAFile(root) }
            found.files = [file]
            return found
        }
        try walk(&found)
        guard found.files.contains(where: { ManifestFiles.isManifest($0.path) }) else {
            throw SourceFailure.noManifests(in: root)
        }
        found.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        return found
    }

    private func walk(_ found: inout Found) throws(SourceFailure) {
        var open = [""]
        while let folder = open.popLast() {
            let names = try entries(of: folder.isEmpty ? root : "\(root)/\(folder)")
            // A repository within: a submodule, or a clone that happens to lie here. A commit does not hold its files.
            if !folder.isEmpty, names.contains(".git") { continue }
            for name in names where name != ".git" {
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                let full = "\(root)/\(path)"
                var status = stat()
                guard lstat(full, &status) == 0 else { throw Self.unreadable(full) }
                if status.st_mode & S_IFMT == S_IFDIR {
                    open.append(path)
                } else if ManifestFiles.isRelevant(name) {
                    let file = try file(at: full, named: path, followingLinks: false, &found.newest)
                    if let file { found.files.append(file) }
                }
            }
        }
    }

    private func entries(of folder: String) throws(SourceFailure) -> [String] {
        guard let stream = opendir(folder) else { throw Self.unreadable(folder) }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
                start.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw Self.unreadable(folder) }
        return names
    }

    /// One file; `nil` for what git does not keep (sockets, pipes, devices).
    private func file(
        at full: String,
        named path: String,
        followingLinks: Bool,
        _ newest: inout Instant
    ) throws(SourceFailure) -> SourceUpdate.File? {
        let descriptor = Glibc.open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else {
            if errno == ELOOP, !followingLinks { return try link(at: full, named: path) }
            if errno == ENXIO { return nil }
            throw Self.unreadable(full)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(full) }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        let written = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
        newest = max(newest, Instant(milliseconds: written))
        let size = Int(status.st_size)
        guard size <= sizeLimit else {
            return SourceUpdate.File(path: path, blob: try hash(full), content: nil, size: size)
        }
        let bytes = try contents(of: descriptor, expecting: size, full)
        return SourceUpdate.File(path: path, blob: try Self.name(of: bytes), content: bytes, size: bytes.count)
    }

    /// A link is kept by git as a file that holds where it leads.
    private func link(at full: String, named path: String) throws(SourceFailure) -> SourceUpdate.File {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(full, &target, target.count)
        guard length >= 0 else { throw Self.unreadable(full) }
        let bytes = target.prefix(length).map { UInt8(bitPattern: $0) }
        return SourceUpdate.File(path: path, blob: try Self.name(of: bytes), content: nil, size: 0)
    }

    /// Reads to the end, however the file grew since its size was asked.
    private func contents(of descriptor: Int32, expecting size: Int, _ full: String) throws(SourceFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size + 1)
        var filled = 0
        while true {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            guard count >= 0 else { throw Self.unreadable(full) }
            if count == 0 { break }
            filled += count
            if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    private func hash(_ full: String) throws(SourceFailure) -> String {
        do throws(GitError) {
            return try ObjectStore.name(ofFileAt: full).hex
        } catch {
            throw .unreachable(full, error)
        }
    }

    private static func name(of bytes: [UInt8]) throws(SourceFailure) -> String {
        do throws(GitError) {
            return try ObjectStore.name(ofFile: bytes).hex
        } catch {
            throw .library(error)
        }
    }

    /// The path without links and dots; `nil` where it does not exist.
    static func absolute(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// What the system says to the last call.
    static func unreadable(_ path: String) -> SourceFailure {
        SourceFailure(
            kind: .unreachable,
            message: "cannot read \(path): \(String(cString: strerror(errno)))",
            hint: "see that it exists and that you may read it"
        )
    }
}

extension SourceFailure {
    fileprivate static func nothing(at path: String) -> SourceFailure {
        SourceFailure(kind: .pathMissing, message: "there is no \(path)", hint: "give a folder or a file")
    }

    fileprivate static func notAFile(_ path: String) -> SourceFailure {
        SourceFailure(
            kind: .pathMissing,
            message: "\(path) is neither a folder nor a regular file",
            hint: "give a folder or a file"
        )
    }

    fileprivate static func noManifests(in folder: String) -> SourceFailure {
        SourceFailure(
            kind: .empty,
            message: "\(folder) holds no .yaml, .yml or .json file",
            hint: "name the folder that holds the manifests"
        )
    }
}
