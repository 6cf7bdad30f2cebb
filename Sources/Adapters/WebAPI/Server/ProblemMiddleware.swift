import HTTPTypes
import Hummingbird
import Logging

/// Turns every error into problem+json, so that a client has one shape to read.
struct ProblemMiddleware: RouterMiddleware {
    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as APIError {
            return try response(to: request, error.problem, headers: error.headers)
        } catch let error as any HTTPResponseError {
            return try response(to: request, ProblemMiddleware.problem(error, request))
        } catch {
            context.logger.error("request failed", metadata: ["error": "\(error)", "http.path": "\(request.uri.path)"])
            let problem = ProblemDetails(
                kind: "internal",
                title: "Internal error",
                status: 500,
                detail: "the request could not be answered",
                hint: "the controller's log has request \(context.requestID)"
            )
            return try response(to: request, problem)
        }
    }

    private func response(to request: Request, _ problem: ProblemDetails, headers: HTTPFields = [:]) throws -> Response
    {
        var problem = problem
        problem.instance = request.uri.path
        let status = HTTPResponse.Status(code: problem.status)
        let response = try Answer.json(problem, status: status, mediaType: ProblemDetails.mediaType, headers: headers)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func problem(_ error: any HTTPResponseError, _ request: Request) -> ProblemDetails {
        guard error.status != .notFound else {
            return ProblemDetails(
                kind: "not-found",
                title: "Not found",
                status: 404,
                detail: "there is nothing at \(request.uri.path)",
                hint: "the API is below /api/v1: status, apps/{id}, apps/{id}/explain, plan, drift, sync, rollouts,"
                    + " deployments"
            )
        }
        let phrase = error.status.reasonPhrase
        return ProblemDetails(
            kind: "http-\(error.status.code)",
            title: phrase,
            status: error.status.code,
            detail: (error as? HTTPError)?.body ?? phrase
        )
    }
}
