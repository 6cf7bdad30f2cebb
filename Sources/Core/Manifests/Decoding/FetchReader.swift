import Domain

/// Reads `fetch`, and `uris`, its deprecated form.
struct FetchReader {
    let table: MappingReader

    /// The files to fetch, in order.
    func files() -> [FetchURI] {
        let written = table.items("fetch")?.compactMap { file($0.node, $0.path) }
        let legacy = table.items("uris")?.compactMap { item in
            table.log.text(item.node, path: item.path).map { uri in
                FetchURI(uri: uri, extract: FetchReader.isArchive(uri))
            }
        }
        guard let legacy, !legacy.isEmpty else { return written ?? [] }
        if let written, !written.isEmpty {
            table.log.report(
                .conflictingKeys,
                at: table.keyMark(of: "uris"),
                "`uris` cannot stand beside `fetch` at \(table.log.words(for: table.keyMark(of: "fetch")))",
                hint: "move its entries to `fetch`"
            )
            return written
        }
        let message = "`\(table.path(of: "uris"))` is deprecated; it is read as `fetch`"
        table.log.report(.deprecated, at: table.keyMark(of: "uris"), message, hint: "write `fetch: [{uri: …}]`")
        return legacy
    }

    /// A pod's container calls its files `artifacts`.
    func artifacts() -> [FetchURI] { table.items("artifacts")?.compactMap { file($0.node, $0.path) } ?? [] }

    private func file(_ node: YAMLNode, _ path: String) -> FetchURI? {
        guard let item = MappingReader(node, path: path, keys: AppKeys.fetch, log: table.log) else { return nil }
        guard let uri = item.requiredText("uri", hint: "say where the file comes from") else { return nil }
        if uri.isEmpty || uri.utf8.count > 1024 {
            let message = "`\(item.path(of: "uri"))` has \(uri.utf8.count) bytes; 1 to 1024 are allowed"
            item.report(.badValue, at: "uri", message, hint: "use a shorter address")
        }
        return FetchURI(
            uri: uri,
            extract: item.flag("extract") ?? true,
            executable: item.flag("executable") ?? false,
            cache: item.flag("cache") ?? false,
            destPath: item.text("destPath")
        )
    }

    /// Whether Marathon unpacks what `uris` names: by the name's ending, without its query.
    private static func isArchive(_ uri: String) -> Bool {
        let name = uri.prefix { $0 != "?" }
        let endings = [".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".gz", ".tgz", ".tbz2", ".txz", ".zip"]
        return endings.contains { name.hasSuffix($0) }
    }
}
