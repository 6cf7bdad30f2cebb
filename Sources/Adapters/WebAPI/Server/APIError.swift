import Domain
package import Hummingbird

/// A request that cannot be answered as it was asked. Becomes `application/problem+json`.
package struct APIError: Error, Sendable {
    /// What the client is told.
    package var problem: ProblemDetails
    /// What goes with it.
    package var headers: HTTPFields

    /// An error.
    package init(_ problem: ProblemDetails, headers: HTTPFields = [:]) {
        self.problem = problem
        self.headers = headers
    }

    static func notFound(_ detail: String, hint: String? = nil) -> APIError {
        APIError(ProblemDetails(kind: "not-found", title: "Not found", status: 404, detail: detail, hint: hint))
    }

    static func badRequest(_ detail: String, hint: String? = nil) -> APIError {
        APIError(ProblemDetails(kind: "bad-request", title: "Bad request", status: 400, detail: detail, hint: hint))
    }

    static func conflict(_ detail: String) -> APIError {
        APIError(ProblemDetails(kind: "refused", title: "Refused", status: 409, detail: detail))
    }

    static func notReady(_ obstacles: [String]) -> APIError {
        APIError(
            ProblemDetails(
                kind: "not-ready",
                title: "Not ready",
                status: 503,
                detail: obstacles.joined(separator: "; "),
                hint: "what is not reachable is tried again by itself; see the controller's log",
                obstacles: obstacles
            )
        )
    }
}
