/// The parts of a file's path within a source.
enum FilePath {
    /// `shop/web.prod.yaml` is `web.prod`.
    static func stem(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return String(name) }
        return String(name[..<dot])
    }

    /// The folder of a path with a slash at its end; empty at the source's root.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[...slash])
    }

    /// Whether the name ends as manifests do.
    static func isManifest(_ path: String) -> Bool {
        [".yaml", ".yml", ".json"].contains { path.hasSuffix($0) }
    }
}

/// The layers that a manifest is made of, lowest number last to give way.
enum FileLayer {
    /// The file itself.
    static let base = 0
    /// The environment's file over it.
    static let overlay = 1
    /// `pacer.yaml` with the defaults under it.
    static let settings = 2
    /// The environment's `pacer.yaml`.
    static let settingsOverlay = 3
}
