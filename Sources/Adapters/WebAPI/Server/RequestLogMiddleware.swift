import HTTPTypes
import Hummingbird
import Logging

/// Logs every request with its id, and tells the client the id.
struct RequestLogMiddleware: RouterMiddleware {
    private static let requestID = HTTPField.Name("X-Request-Id")

    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        if let name = RequestLogMiddleware.requestID { response.headers[name] = context.requestID }
        let took = start.duration(to: .now)
        // Probes and readers come all the time; who changes something is worth a line.
        let level: Logger.Level = request.method == .get || request.method == .head ? .debug : .info
        context.logger.log(
            level: level,
            "request",
            metadata: [
                "http.method": "\(request.method.rawValue)",
                "http.path": "\(request.uri.path)",
                "http.status": "\(response.status.code)",
                "took_us": "\(took / .microseconds(1))",
            ]
        )
        return response
    }
}
