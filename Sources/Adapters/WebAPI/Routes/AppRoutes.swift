import Controller
import Domain
import Hummingbird

/// `/api/v1/apps/{id}`: everything about one app; the id is its path, `/api/v1/apps/shop/web`.
struct AppRoutes {
    var controller: any ControllerHandle

    func add(to router: some RouterMethods<APIContext>) {
        Resource(
            get: { [controller] request, context in
                let path = "/" + context.parameters.getCatchAll().joined(separator: "/")
                guard let id = AppID(path) else {
                    throw APIError.badRequest("\(path) is no app id", hint: "an id is a path: /shop/web")
                }
                let snapshot = controller.snapshot
                guard let app = snapshot.apps[id] else {
                    throw APIError.notFound("there is no app \(id)", hint: "/api/v1/status lists the apps")
                }
                return try Answer.snapshot(snapshot, for: request) { AppDocument(app) }
            }
        ).add(to: router, at: "apps/**")
    }
}
