import Hummingbird

/// What may be done with a path. Every other method is answered with 405 and the list of those that may.
struct Resource {
    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    var get: Handler?
    var post: Handler?

    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    /// Adds the resource to a router.
    func add(to router: some RouterMethods<APIContext>, at path: RouterPath) {
        var allowed: [HTTPRequest.Method] = []
        if let get {
            router.on(path, method: .get, use: get)
            router.on(path, method: .head) { request, context in
                try await get(request, context).createHeadResponse()
            }
            allowed += [.get, .head]
        }
        if let post {
            router.on(path, method: .post, use: post)
            allowed.append(.post)
        }
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        for method in Resource.methods where !allowed.contains(method) {
            router.on(path, method: method) { request, _ -> Response in
                throw APIError(
                    ProblemDetails(
                        kind: "method-not-allowed",
                        title: "Method not allowed",
                        status: 405,
                        detail: "\(request.method.rawValue) is not possible here",
                        hint: "use \(list)"
                    ),
                    headers: [.allow: list]
                )
            }
        }
    }
}
