/// The keys that a mapping may have, and what is done about others.
package struct KnownKeys: Sendable {
    /// The keys that are read.
    package let accepted: Set<String>
    /// Keys that are errors, unless their value says nothing (`null`, `""`, `[]`, `{}`): key to the reason.
    package let refused: [String: String]
    /// What to do about a refused key.
    package let refusedHint: String
    /// Keys that are skipped with a warning: key to the reason.
    package let skipped: [String: String]

    /// A table of keys. `$schema` is always allowed and never read.
    package init(
        _ accepted: Set<String>,
        refused: [String: String] = [:],
        refusedHint: String = "remove it",
        skipped: [String: String] = [:]
    ) {
        self.accepted = accepted
        self.refused = refused
        self.refusedHint = refusedHint
        self.skipped = skipped
    }

    /// The known key that `key` most likely was meant to be.
    package func nearest(to key: String) -> String? {
        Spelling.nearest(to: key, among: accepted.union(refused.keys))
    }
}
