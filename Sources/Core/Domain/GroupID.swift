/// The absolute path of a group of apps: `/shop`, or `/` for the root.
package struct GroupID: Hashable, Sendable, Codable {
    /// The path with its leading slash; `/` alone for the root.
    package let path: String

    /// The group of all groups.
    package static let root = GroupID(unchecked: "/")

    private init(unchecked path: String) { self.path = path }

    /// Takes an absolute path apart and checks it.
    /// - Returns: `nil` where `path` is neither `/` nor made of legal segments (see ``AppID``).
    package init?(_ path: String) {
        guard path != "/" else {
            self = .root
            return
        }
        guard let id = AppID(path) else { return nil }
        self.path = id.path
    }

    /// The group that directly holds `app`.
    package init(enclosing app: AppID) {
        let parents = app.segments.dropLast()
        self.path = "/" + parents.joined(separator: "/")
    }

    /// Whether `app` lies in this group or in one below it.
    package func contains(_ app: AppID) -> Bool {
        path == "/" || app.path.hasPrefix(path + "/")
    }

    /// Whether it lies directly below the root.
    package var isAtTop: Bool { path != "/" && !path.dropFirst().contains("/") }

    /// The path of something directly below this group.
    package func path(of child: String) -> String {
        path == "/" ? "/" + child : path + "/" + child
    }
}

extension GroupID: Comparable {
    /// By bytes of the path.
    package static func < (left: GroupID, right: GroupID) -> Bool {
        left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
    }
}

extension GroupID: CustomStringConvertible {
    /// The path.
    package var description: String { path }
}
