package import Boundary
package import Domain
package import Manifests
import OrderedCollections

/// Reads one source: asks the repository what is new and makes a desired state of it. Keeps what it parsed across terms
/// of leadership, so that an unchanged file is never parsed again.
package actor SourceReader {
    /// The source's name.
    package nonisolated let name: String
    private let repository: any SourceRepository
    private var manifests: SourceManifests
    private var desired: DesiredState?

    /// A reader.
    package init(name: String, repository: any SourceRepository, manifests: SourceManifests) {
        self.name = name
        self.repository = repository
        self.manifests = manifests
    }

    /// Looks at the branch.
    /// - Parameters:
    ///   - anchor: the revision that was applied last.
    ///   - known: the revision that the asking term has been told of already; it gets news only.
    package func look(anchor: Revision?, known: Revision?) async -> SourceLook {
        do throws(SourceFailure) {
            let desired = try await newest()
            // As bad as a tree without a file, and looked at before anything else: it stays a failure at each look.
            guard !desired.apps.isEmpty || !desired.broken.isEmpty else { throw desired.declaresNothing }
            guard desired.revision != known else { return .unchanged }
            guard let anchor else { return .found(desired, anchor: nil, descends: true) }
            let descends = try await repository.descends(desired.revision, from: anchor)
            return .found(desired, anchor: anchor, descends: descends)
        } catch {
            return .failed(error)
        }
    }

    private func newest() async throws(SourceFailure) -> DesiredState {
        while true {
            let since = desired?.revision
            let update = try await repository.update(since: since)
            // Another look may have finished while this one waited: what was told is relative to `since`.
            guard since == desired?.revision else { continue }
            if let update {
                let state = manifests.apply(update)
                desired = state
                return state
            }
            guard let desired else {
                throw SourceFailure(
                    kind: .mirror,
                    message: "the repository said that nothing is new although nothing was known",
                    hint: "this is a defect of Pacer; restart the controller"
                )
            }
            return desired
        }
    }
}

extension DesiredState {
    /// The failure of a commit that has files, none of which declares an app.
    fileprivate var declaresNothing: SourceFailure {
        SourceFailure(
            kind: .empty,
            message: "commit \(revision.rawValue.prefix(12)) declares no app",
            hint:
                "to remove the last app on purpose, remove the source from the configuration, restart the controller, "
                + "and confirm the plan that it then holds: `pacer status` shows it"
        )
    }
}
