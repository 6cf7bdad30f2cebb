import Controller
import Hummingbird

/// `/healthz`: the process is alive. `/readyz`: it can do its work, or why not.
struct ProbeRoutes {
    var controller: any ControllerHandle
    var own: OwnAddress

    private struct Alive: Encodable {
        var alive = true
    }

    private struct Ready: Encodable {
        var ready = true
    }

    func add(to router: some RouterMethods<APIContext>) {
        Resource(get: { _, _ in try Answer.json(Alive()) }).add(to: router, at: "healthz")
        Resource(
            get: { [controller, own] _, _ in
                let obstacles = own.obstacles(of: controller.snapshot)
                guard obstacles.isEmpty else { throw APIError.notReady(obstacles) }
                return try Answer.json(Ready())
            }
        ).add(to: router, at: "readyz")
    }
}
