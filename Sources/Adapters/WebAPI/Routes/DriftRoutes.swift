import Controller
import Hummingbird

/// `/api/v1/drift`: what deviates from git and no rollout explains.
struct DriftRoutes {
    var controller: any ControllerHandle

    func add(to router: some RouterMethods<APIContext>) {
        Resource(
            get: { [controller] request, _ in
                let snapshot = controller.snapshot
                return try Answer.snapshot(snapshot, for: request) { DriftDocument(snapshot.drift) }
            }
        ).add(to: router, at: "drift")
    }
}
