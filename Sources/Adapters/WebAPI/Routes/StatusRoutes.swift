import Controller
import Hummingbird

/// `/api/v1/status`: all apps at a glance.
struct StatusRoutes {
    var controller: any ControllerHandle

    func add(to router: some RouterMethods<APIContext>) {
        Resource(
            get: { [controller] request, _ in
                let snapshot = controller.snapshot
                return try Answer.snapshot(snapshot, for: request) { StatusDocument(snapshot) }
            }
        ).add(to: router, at: "status")
    }
}
