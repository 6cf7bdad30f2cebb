import Boundary
import Domain
import Foundation
import GitSource
import Logging

/// One origin and one mirror in a folder of their own.
struct Scene {
    let folder: TemporaryFolder
    let origin: OriginRepository
    var mirror: String { folder.path + "/mirrors/shop" }

    init() async throws {
        folder = try TemporaryFolder()
        origin = try await OriginRepository(at: folder.path + "/origin")
        try origin.write("web.yaml", "id: web")
        try origin.write("db/main.yaml", "id: main")
        try await origin.commit("first")
    }

    /// A configuration for a URL; the origin's path where none is given.
    func configuration(_ url: String? = nil) -> GitSourceConfiguration {
        GitSourceConfiguration(name: "shop", url: url ?? origin.folder, branch: "main", mirror: mirror)
    }

    func repository(_ change: (inout GitSourceConfiguration) -> Void = { _ in }) -> GitRepository {
        var configuration = configuration()
        change(&configuration)
        return GitRepository(configuration, logger: .quiet)
    }
}

/// The failure of a look; `nil` where it does not fail.
func failure(of repository: any SourceRepository, since: Revision? = nil) async -> SourceFailure? {
    do throws(SourceFailure) {
        _ = try await repository.update(since: since)
        return nil
    } catch {
        return error
    }
}
