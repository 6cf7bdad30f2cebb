import Controller
import Hummingbird

/// `/api/v1/exceptions`: everything that keeps apps from what git says, on one page.
struct ExceptionRoutes {
    var controller: any ControllerHandle

    func add(to router: some RouterMethods<APIContext>) {
        Resource(
            get: { [controller] request, _ in
                let snapshot = controller.snapshot
                return try Answer.snapshot(snapshot, for: request) { ExceptionsDocument(snapshot) }
            }
        ).add(to: router, at: "exceptions")
    }
}
