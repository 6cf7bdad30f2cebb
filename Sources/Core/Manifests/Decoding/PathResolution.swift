import Domain

/// The group that a folder stands for, against which relative ids are resolved.
enum FolderGroup: Hashable, Sendable {
    case group(GroupID)
    /// A folder's name is not a legal segment, so only absolute ids can be used below it.
    case illegal(folder: String)

    /// The group of a file's folder: the source's group, and a segment for each folder.
    init(ofFile path: String, in group: GroupID) {
        var current = group
        for folder in path.split(separator: "/").dropLast() {
            guard let next = GroupID(current.path(of: String(folder))) else {
                self = .illegal(folder: String(folder))
                return
            }
            current = next
        }
        self = .group(current)
    }
}

/// Why a written path names nothing.
enum PathProblem: Error {
    case illegalFolder(String)
    case aboveRoot
    case illegalSegment(String)

    var code: ProblemCode {
        if case .illegalFolder = self { return .badFolderName }
        return .badID
    }

    var message: String {
        switch self {
        case .illegalFolder(let folder): "is relative, but the folder `\(clipped(folder))` cannot be a group"
        case .aboveRoot: "climbs above the root with `..`"
        case .illegalSegment(""): "has an empty part"
        case .illegalSegment(let segment): "has the part `\(clipped(segment))`, which is not a legal name"
        }
    }

    var hint: String {
        switch self {
        case .illegalFolder: "write an absolute id, or rename the folder: \(PathProblem.grammar)"
        case .aboveRoot: "remove a `..`"
        case .illegalSegment: PathProblem.grammar
        }
    }

    private static let grammar =
        "names are lower-case letters, digits, - and ., and begin and end with a letter or digit"
}

/// Resolves a path as it is written: absolute, or relative to a group, with `.` and `..`; a slash at the end is allowed
/// (Marathon's path rules).
/// - Returns: the absolute path, `/` for the root.
func resolvePath(_ written: String, in folder: FolderGroup) throws(PathProblem) -> String {
    var segments: [Substring]
    var rest = written[...]
    if rest.hasPrefix("/") {
        segments = []
        rest = rest.dropFirst()
    } else {
        switch folder {
        case .illegal(let name): throw .illegalFolder(name)
        case .group(let group): segments = group.path.split(separator: "/")
        }
    }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard !rest.isEmpty || written == "/" else { throw .illegalSegment("") }
    for segment in rest.split(separator: "/", omittingEmptySubsequences: false) where !rest.isEmpty {
        switch segment {
        case ".": continue
        case "..":
            guard segments.popLast() != nil else { throw .aboveRoot }
        default:
            guard AppID.isSegment(segment) else { throw .illegalSegment(String(segment)) }
            segments.append(segment)
        }
    }
    return "/" + segments.joined(separator: "/")
}
