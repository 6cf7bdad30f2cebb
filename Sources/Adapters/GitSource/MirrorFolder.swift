internal import FoundationEssentials
internal import Glibc

/// The place on disk where a mirror lies, and whose it is.
///
/// A mirror is made in a folder beside its place and moved there when its first fetch is done: at its place there is a
/// whole mirror or none. A folder that Pacer did not make is never removed.
struct MirrorFolder {
    /// What is found at the mirror's place.
    enum Condition {
        case absent
        case ours
        /// A mirror of another repository or branch.
        case another
        /// Something that Pacer did not make.
        case foreign
    }

    /// A step on the file system that failed.
    struct Failure: Error {
        var message: String
    }

    private static let title = "A copy that Pacer keeps of a git repository. It may be removed: it is made again."
    private static let markerName = "pacer-mirror"

    let path: String
    private let marker: String

    init(path: String, url: String, branch: String) {
        var trimmed = path[...]
        while trimmed.hasSuffix("/"), trimmed.count > 1 { trimmed.removeLast() }
        self.path = String(trimmed)
        self.marker = "\(Self.title)\nurl: \(url)\nbranch: \(branch)\n"
    }

    func condition() throws(Failure) -> Condition {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failed("read", path) }
            return .absent
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return .foreign }
        if let found = FileManager.default.contents(atPath: "\(path)/\(Self.markerName)") {
            if found.elementsEqual(marker.utf8) { return .ours }
            return found.starts(with: Self.title.utf8) ? .another : .foreign
        }
        return try entries(of: path).isEmpty ? .absent : .foreign
    }

    /// A folder beside the mirror's place for making it anew. No two looks get the same one.
    func workplace() throws(Failure) -> String {
        let parent = self.parent
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw Failure(message: "cannot make the folder \(parent): \(error)")
        }
        var template = [CChar]((path + Self.freshSuffix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw failed("make a folder beside", path) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Marks the finished mirror as ours and puts it in its place, instead of what is there.
    func replace(with workplace: String) throws(Failure) {
        do {
            try Data(marker.utf8).write(to: URL(filePath: "\(workplace)/\(Self.markerName)"))
        } catch {
            throw Failure(message: "cannot write to \(workplace): \(error)")
        }
        if try condition() == .absent {
            guard rename(workplace, path) == 0 else { throw failed("make", path) }
            return
        }
        let old = workplace + ".old"
        guard rename(path, old) == 0 else { throw failed("move", path) }
        guard rename(workplace, path) == 0 else { throw failed("make", path) }
        try remove(old)
    }

    func remove(_ folder: String) throws(Failure) {
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            throw Failure(message: "cannot remove \(folder): \(error)")
        }
    }

    /// Removes what a process that ended in the middle left beside the mirror's place.
    func removeLeftovers() throws(Failure) {
        guard FileManager.default.fileExists(atPath: parent) else { return }
        let prefix = (path.split(separator: "/").last ?? "") + Self.freshSuffix
        for name in try entries(of: parent) where name.hasPrefix(prefix) {
            try remove("\(parent)/\(name)")
        }
    }

    private static let freshSuffix = ".making-"

    private var parent: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func entries(of folder: String) throws(Failure) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw Failure(message: "cannot read the folder \(folder): \(error)")
        }
    }

    private func failed(_ verb: String, _ place: String) -> Failure {
        Failure(message: "cannot \(verb) \(place): \(String(cString: strerror(errno)))")
    }
}
