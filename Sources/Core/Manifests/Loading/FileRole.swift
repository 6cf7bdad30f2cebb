/// What a file of a source is for, by its path alone.
enum FileRole: Hashable, Sendable {
    /// Declares apps.
    case manifest
    /// `_group.yaml`: concerns the group of its folder.
    case folder
    /// `pacer.yaml` at the root.
    case settings
    /// `.pacerignore` at the root.
    case ignoreRules
    /// Merged over a file, in the configured environment.
    case overlay(of: String)
    /// Nothing that is read.
    case none

    /// The role of the file at `path`.
    init(_ path: String, environment: String?, ignoring rules: IgnoreRules) {
        self = .none
        if path == ".pacerignore" { self = .ignoreRules }
        guard FilePath.isManifest(path) else { return }
        if path.hasPrefix("environments/") {
            guard let environment else { return }
            let folder = "environments/\(environment)/"
            guard path.hasPrefix(folder) else { return }
            let base = String(path.dropFirst(folder.count))
            // An environment within an environment means nothing.
            if FileRole(base, environment: nil, ignoring: rules) != .none { self = .overlay(of: base) }
            return
        }
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return }
        guard !parts.dropLast().contains(where: { $0.first == "." || $0.first == "_" }) else { return }
        if ["pacer.yaml", "pacer.yml", "pacer.json"].contains(path) {
            self = .settings
        } else if ["_group.yaml", "_group.yml", "_group.json"].contains(name) {
            self = .folder
        } else if name.first != ".", name.first != "_", !rules.ignores(path) {
            self = .manifest
        }
    }
}
