import FoundationEssentials
import WebAPI

/// Asks a controller over its API.
struct ControllerClient: Sendable {
    /// The address without a slash at its end.
    let server: String
    private let exchange: APIExchange

    private static let mostRedirections = 4

    /// - Throws: where the address is no URL.
    init(server: String, exchange: @escaping APIExchange) throws {
        guard server.hasPrefix("http://") || server.hasPrefix("https://") else {
            throw Failure("“\(server)” is no controller's address", hint: "write it as http://host:port")
        }
        var trimmed = server[...]
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        self.server = String(trimmed)
        self.exchange = exchange
    }

    func status() async throws -> StatusDocument { try await ask("GET", "/api/v1/status") }

    /// The plan of all sources, or of one.
    func plan(of source: String?) async throws -> PlanDocument {
        try await ask("GET", "/api/v1/plan" + (source.map { "?source=\($0.inURI())" } ?? ""))
    }

    func preview(_ request: PreviewRequest) async throws -> PlanDocument {
        try await ask("POST", "/api/v1/plan", body: try JSON.encode(request))
    }

    func drift() async throws -> DriftDocument { try await ask("GET", "/api/v1/drift") }

    func exceptions() async throws -> ExceptionsDocument { try await ask("GET", "/api/v1/exceptions") }

    func sync(_ request: SyncRequest) async throws -> SyncDocument {
        try await ask("POST", "/api/v1/sync", body: try JSON.encode(request))
    }

    func app(_ id: String) async throws -> AppDocument { try await ask("GET", "/api/v1/apps\(id)") }

    func explanation(of id: String) async throws -> ExplanationDocument {
        try await ask("GET", "/api/v1/apps\(id)/explain")
    }

    func rollouts() async throws -> RolloutsDocument { try await ask("GET", "/api/v1/rollouts") }

    func deployments() async throws -> DeploymentsDocument { try await ask("GET", "/api/v1/deployments") }

    func deployment(_ id: String) async throws -> DeploymentDocument {
        try await ask("GET", "/api/v1/deployments/\(id)")
    }

    /// What came of an order for each app, also where none of them took it.
    func order(_ request: OrderRequest) async throws -> OrderAnswersDocument {
        do {
            return try await ask("POST", "/api/v1/rollouts", body: try JSON.encode(request))
        } catch let refusal as OrderRefusal {
            return OrderAnswersDocument(verb: request.verb, answers: refusal.answers)
        }
    }

    /// No app took an order.
    private struct OrderRefusal: Error {
        var answers: [OrderAnswersDocument.Answer]
    }

    private func ask<Document: Decodable>(
        _ method: String,
        _ path: String,
        body: Data = Data()
    ) async throws -> Document {
        var call = APICall(method: method, url: server + path, body: Array(body))
        for _ in 0...ControllerClient.mostRedirections {
            let answer = try await answer(to: call)
            if answer.status == 307 || answer.status == 308, let location = answer.location {
                call.url = location
                continue
            }
            return try read(answer, from: call.url)
        }
        // While the lead changes hands, each may take the other for the leader for a moment.
        throw Failure(
            "the controllers at \(server) send one another the request",
            hint: "look at their logs",
            isPassing: true
        )
    }

    private func answer(to call: APICall) async throws -> APIAnswer {
        do {
            return try await exchange(call)
        } catch let error as NoAnswer {
            let place = call.url.hasPrefix(server) ? server : call.url
            if error.mayHaveArrived, call.asksForAction {
                throw Failure(
                    "the answer of \(place) did not come (\(error))",
                    hint:
                        "what was asked may have been done all the same: look with `pacer status` and `pacer rollout list`"
                        + " before it is asked again"
                )
            }
            throw Failure(
                "no controller answers at \(place) (\(error))",
                hint: "start one with `pacer controller --config FILE`, or give --server or PACER_SERVER",
                isPassing: true
            )
        }
    }

    private func read<Document: Decodable>(_ answer: APIAnswer, from url: String) throws -> Document {
        guard (200..<300).contains(answer.status) else {
            guard let problem = try? JSON.decode(ProblemDetails.self, from: answer.body) else {
                throw Failure(
                    "\(url) answered with status \(answer.status), not as a controller does",
                    hint: "check --server"
                )
            }
            if let answers = problem.answers, !answers.isEmpty { throw OrderRefusal(answers: answers) }
            throw Failure(problem.detail, hint: problem.hint, isPassing: answer.status == 503)
        }
        do {
            return try JSON.decode(Document.self, from: answer.body)
        } catch let error as DecodingError {
            throw Failure(
                "the answer of \(url) cannot be read: \(JSON.explain(error))",
                hint: "check that --server names a controller of this version"
            )
        }
    }
}
