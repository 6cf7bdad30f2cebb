import Controller
import Domain
import Hummingbird

/// `POST /api/v1/sync`: look at the sources now and apply what is new.
struct SyncRoutes {
    var controller: any ControllerHandle

    func add(to router: some RouterMethods<APIContext>) {
        Resource(post: { request, _ in try await synced(request) }).add(to: router, at: "sync")
    }

    private func synced(_ request: Request) async throws -> Response {
        let body = try await request.document(SyncRequest.self, upTo: BodyLimit.command) ?? SyncRequest()
        let source = try body.source.map { try controller.snapshot.source(named: $0).name }
        let confirm = try body.confirm.map { text in
            guard let digest = Digest(hex: text) else {
                throw APIError.badRequest(
                    "confirm is no plan hash: \(text)",
                    hint: "give all 64 digits of the plan_hash that status shows for the held plan"
                )
            }
            return digest
        }
        switch await controller.request(.sync(source: source, confirm: confirm)) {
        case .synced(let outcomes): return try Answer.json(SyncDocument(outcomes))
        case .refused(let why): throw APIError.conflict(why)
        case .plan, .ordered: throw UnexpectedReply()
        }
    }
}
