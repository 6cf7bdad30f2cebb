import Controller
import HTTPTypes
import Hummingbird

/// Sends the client to the leader: only it knows the state and may change it.
struct LeaderMiddleware: RouterMiddleware {
    var controller: any ControllerHandle
    var own: OwnAddress

    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let snapshot = controller.snapshot
        switch snapshot.leadership {
        case .leader: return try await next(request, context)
        case .candidate: throw APIError.notReady(snapshot.obstacles)
        case .following(let leader):
            // A redirection to oneself would go round in a circle.
            guard let leader, !leader.isEmpty, !own.isNamed(by: leader) else {
                throw APIError.notReady(own.obstacles(of: snapshot))
            }
            return try Answer.json(
                ProblemDetails(
                    kind: "not-leader",
                    title: "Another controller leads",
                    status: 307,
                    detail: "the leader answers at \(LeaderMiddleware.base(leader))"
                ),
                status: .temporaryRedirect,
                mediaType: ProblemDetails.mediaType,
                headers: [.location: LeaderMiddleware.base(leader) + request.uri.string]
            )
        }
    }

    /// The leader's address as a URL without a slash at its end; a bare `host:port` is taken for HTTP.
    static func base(_ address: String) -> String {
        let url = address.contains("://") ? address : "http://\(address)"
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }
}
