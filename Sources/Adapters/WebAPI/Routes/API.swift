import Controller
package import Domain
import Hummingbird

/// Reads a tree that was posted for a plan: the source's name, and the text of every file by path.
/// - Throws: where the source is not known or the tree cannot be read at all; what is wrong within files is in the state's
///   problems.
package typealias PreviewReader = @Sendable (_ source: String, _ files: [String: String]) throws -> DesiredState

/// All routes.
struct API: Sendable {
    var controller: any ControllerHandle
    var own: OwnAddress
    var preview: PreviewReader
    var sha256: SHA256

    func router() -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: RequestLogMiddleware())
        router.add(middleware: ProblemMiddleware())
        ProbeRoutes(controller: controller, own: own).add(to: router)
        SchemaRoutes().add(to: router)
        let group = router.group("api/v1").add(middleware: LeaderMiddleware(controller: controller, own: own))
        StatusRoutes(controller: controller).add(to: group)
        AppRoutes(controller: controller).add(to: group)
        PlanRoutes(controller: controller, preview: preview, sha256: sha256).add(to: group)
        DriftRoutes(controller: controller).add(to: group)
        ExceptionRoutes(controller: controller).add(to: group)
        SyncRoutes(controller: controller).add(to: group)
        RolloutRoutes(controller: controller).add(to: group)
        DeploymentRoutes(controller: controller).add(to: group)
        return router
    }
}

extension Snapshot {
    /// The source of that name.
    /// - Throws: `APIError` 404, with the names that there are.
    func source(named name: String) throws -> SourceStatus {
        guard let source = sources.first(where: { $0.name == name }) else {
            let names = sources.map(\.name).joined(separator: ", ")
            throw APIError.notFound("there is no source \(name)", hint: "the sources are: \(names)")
        }
        return source
    }
}
