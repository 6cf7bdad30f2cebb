/// Which files of a source can matter to its apps.
enum ManifestFiles {
    /// A file that can hold apps.
    static func isManifest(_ name: some StringProtocol) -> Bool {
        name.hasSuffix(".yaml") || name.hasSuffix(".yml") || name.hasSuffix(".json")
    }

    /// A file that can hold apps, or that says which files do not.
    static func isRelevant(_ name: some StringProtocol) -> Bool { name == ".pacerignore" || isManifest(name) }

    /// The last part of a path.
    static func name(in path: String) -> Substring {
        path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    }
}

/// A folder within a repository, as configuration names it: `.`, `apps`, `./apps/`.
struct FolderPath: Equatable {
    /// Without a slash at either end; empty for the root.
    var text: String

    /// `nil` where the path climbs with `..`.
    init?(_ path: String) {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { return nil }
        text = parts.joined(separator: "/")
    }
}
