import Domain

/// The specs that are in use, by digest. A spec belongs to one app, since the id is part of what is digested.
struct SpecShelf: Sendable {
    private(set) var specs: [Digest: Spec]
    private var stored: [AppID: Set<Digest>] = [:]

    /// The specs as the store has them.
    init(specs: [Digest: Spec]) {
        self.specs = specs
        for spec in specs.values { stored[spec.id, default: []].insert(spec.digest) }
    }

    /// Puts a spec on the shelf; it is stored when something refers to it.
    mutating func add(_ spec: Spec) { specs[spec.digest] = spec }

    /// A spec by its digest.
    subscript(digest: Digest?) -> Spec? { digest.flatMap { specs[$0] } }

    /// Says what an app's record and instances refer to now.
    /// - Returns: the specs that are to be written, and those that nothing refers to any more.
    mutating func refer(_ app: AppID, to digests: Set<Digest>) -> (write: [Spec], drop: [Digest]) {
        let before = stored[app] ?? []
        let write = digests.subtracting(before).sorted().compactMap { specs[$0] }
        let drop = before.subtracting(digests).sorted()
        stored[app] = digests.isEmpty ? nil : digests
        for digest in drop { specs[digest] = nil }
        return (write, drop)
    }
}
