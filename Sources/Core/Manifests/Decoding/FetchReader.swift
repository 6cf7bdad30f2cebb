import Domain

/// Reads `fetch`, and `uris`, its deprecated form.
struct FetchReader {
    let table: MappingReader

    /// The files to fetch, in order.
    func files() -> [FetchURI] {
        let written = table[AppForm.fetch]?.compactMap(file)
        let legacy = table.items("uris")?.compactMap { item in
            table.log.text(item.node, path: item.path).map { uri in
                FetchURI(uri: uri, extract: FetchReader.isArchive(uri))
            }
        }
        guard let legacy, !legacy.isEmpty else { return written ?? [] }
        if let written, !written.isEmpty, written.map(\.uri) == legacy.map(\.uri) {
            // What Marathons before 1.5 answered had both.
            table.reportDeprecated(AppForm.uris, readAs: "what `fetch` says already")
            return written
        }
        if let written, !written.isEmpty {
            table.log.report(
                .conflictingKeys,
                at: table.keyMark(of: "uris"),
                "`uris` cannot stand beside `fetch` at \(table.log.words(for: table.keyMark(of: "fetch")))",
                hint: "move its entries to `fetch`"
            )
            return written
        }
        table.reportDeprecated(AppForm.uris, readAs: "`fetch`")
        return legacy
    }

    /// A pod's container calls its files `artifacts`.
    func artifacts() -> [FetchURI] { table[ContainersForm.artifacts]?.compactMap(file) ?? [] }

    private func file(_ item: MappingReader) -> FetchURI? {
        guard let uri = item.requiredText("uri", hint: "say where the file comes from") else { return nil }
        if uri.isEmpty || uri.utf8.count > 1024 {
            let message = "`\(item.path(of: "uri"))` has \(uri.utf8.count) bytes; 1 to 1024 are allowed"
            item.report(.badValue, at: "uri", message, hint: "use a shorter address")
        }
        return FetchURI(
            uri: uri,
            extract: item[FetchForm.extract],
            executable: item[FetchForm.executable],
            cache: item[FetchForm.cache],
            destPath: item[FetchForm.destPath]
        )
    }

    /// Whether Marathon unpacks what `uris` names: by the name's ending, without its query.
    private static func isArchive(_ uri: String) -> Bool {
        let name = uri.prefix { $0 != "?" }
        let endings = [".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".gz", ".tgz", ".tbz2", ".txz", ".zip"]
        return endings.contains { name.hasSuffix($0) }
    }
}
