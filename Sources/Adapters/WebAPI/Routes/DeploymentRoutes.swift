import Controller
import Domain
import Hummingbird

/// `/api/v1/deployments`: the batches; `/api/v1/deployments/{id}`: one of them with its apps.
struct DeploymentRoutes {
    var controller: any ControllerHandle

    func add(to router: some RouterMethods<APIContext>) {
        Resource(
            get: { [controller] request, _ in
                let snapshot = controller.snapshot
                return try Answer.snapshot(snapshot, for: request) { DeploymentsDocument(snapshot) }
            }
        ).add(to: router, at: "deployments")
        Resource(
            get: { [controller] request, context in
                let snapshot = controller.snapshot
                let record = try snapshot.deployment(named: try context.parameters.require("id"))
                return try Answer.snapshot(snapshot, for: request) { DeploymentDocument(record, in: snapshot) }
            }
        ).add(to: router, at: "deployments/:id")
    }
}

extension Snapshot {
    /// The deployment of that name.
    /// - Throws: `APIError` 404.
    func deployment(named name: String) throws -> DeploymentRecord {
        guard let record = deployments.first(where: { $0.id.rawValue == name }) else {
            throw APIError.notFound(
                "there is no deployment \(name.cut(to: 200))",
                hint: "`pacer deployment list` (GET /api/v1/deployments) shows those under way and the last that ended"
            )
        }
        return record
    }
}
