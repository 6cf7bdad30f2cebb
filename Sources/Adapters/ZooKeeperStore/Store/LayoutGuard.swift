/// Makes sure that the root is Pacer's and of a version that this program knows, before anything is read or written.
struct LayoutGuard {
    let session: ZooKeeperSession
    let layout: Layout

    /// Creates the layout where there is none, checks it where there is one.
    /// - Throws: `StoreError.newerLayout`, `StoreError.foreignPath`, or what ZooKeeper says.
    func ensure() async throws {
        try await createRoot()
        while true {
            if let version = try await version() {
                try check(version)
                return
            }
            let children = try await session.children(layout.root)
            guard children.isEmpty || children.contains("version") else {
                throw StoreError.foreignPath(layout.root, children: children.sorted())
            }
            do {
                // All at once: either the whole layout is there or nothing of it.
                try await session.transaction(
                    [ZNodeWrite(layout.version, .create(Array(String(Layout.version).utf8)))]
                        + [ZNodeWrite(layout.epoch, .create(Array("0".utf8)))]
                        + layout.directories.map { ZNodeWrite($0, .create([])) }
                )
            } catch {
                guard error.code == .nodeExists else { throw error }
                // Another candidate was quicker; look again.
            }
        }
    }

    /// The version that stands there; `nil` where none does.
    func version() async throws(ZooKeeperError) -> String? {
        do {
            return String(decoding: try await session.get(layout.version).value, as: UTF8.self)
        } catch {
            guard error.code == .noNode else { throw error }
            return nil
        }
    }

    /// Compares a version with the one that this program knows. There is no older one yet to be migrated.
    func check(_ version: String) throws(StoreError) {
        guard Int(version) == Layout.version else {
            throw .newerLayout(path: layout.version, found: version, supported: Layout.version)
        }
    }

    private func createRoot() async throws(ZooKeeperError) {
        guard try await session.exists(layout.root) == nil else { return }
        var path = ""
        for segment in layout.root.split(separator: "/") {
            path += "/" + segment
            do {
                try await session.create(path)
            } catch {
                guard error.code == .nodeExists else { throw error }
                continue
            }
        }
    }
}
