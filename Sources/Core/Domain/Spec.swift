/// A spec with its digests. Two specs are equal exactly when their digests are; an app restarts only when its restart
/// digest differs.
package struct Spec: Hashable, Sendable {
    /// What a spec is made of, behind one reference: specs are copied by the thousand and never change.
    private final class Contents: Sendable {
        let app: AppSpec
        let digest: Digest
        let restartDigest: Digest

        init(app: AppSpec, digest: Digest, restartDigest: Digest) {
            (self.app, self.digest, self.restartDigest) = (app, digest, restartDigest)
        }
    }

    private let contents: Contents

    /// Digests a definition.
    package init(_ app: AppSpec, sha256: SHA256) {
        let forms = app.canonicalForms()
        self.contents = Contents(app: app, digest: sha256(forms.whole), restartDigest: sha256(forms.restart))
    }

    private init(_ contents: Contents) { self.contents = contents }

    /// The spec with another number of instances in force; its digests stay what they are. Never stored.
    func scaled(to instances: Int) -> Spec {
        guard instances != app.instances else { return self }
        var app = app
        app.instances = instances
        return Spec(Contents(app: app, digest: digest, restartDigest: restartDigest))
    }

    /// The definition.
    package var app: AppSpec { contents.app }

    /// SHA-256 of the whole canonical form.
    package var digest: Digest { contents.digest }

    /// SHA-256 of the fields that need new tasks.
    package var restartDigest: Digest { contents.restartDigest }

    /// The app.
    package var id: AppID { app.id }

    /// By digest.
    package static func == (left: Spec, right: Spec) -> Bool { left.digest == right.digest }

    /// By digest.
    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
