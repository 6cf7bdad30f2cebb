/// A spec with its digests. Two specs are equal exactly when their digests are; an app restarts only when its restart
/// digest differs.
package struct Spec: Hashable, Sendable {
    /// The definition.
    package let app: AppSpec
    /// SHA-256 of the whole canonical form.
    package let digest: Digest
    /// SHA-256 of the fields that need new tasks.
    package let restartDigest: Digest

    /// Digests a definition.
    package init(_ app: AppSpec, sha256: SHA256) {
        self.app = app
        self.digest = sha256(app.canonicalForm())
        self.restartDigest = sha256(app.canonicalForm(of: [.restart]))
    }

    /// The app.
    package var id: AppID { app.id }

    /// By digest.
    package static func == (left: Spec, right: Spec) -> Bool { left.digest == right.digest }

    /// By digest.
    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
