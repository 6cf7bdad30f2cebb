import Controller
import Domain
import Hummingbird
import Planning

/// `/api/v1/plan`: what leads to the newest commits (GET), or what would happen if a tree were the next commit (POST).
struct PlanRoutes {
    var controller: any ControllerHandle
    var preview: PreviewReader
    var sha256: SHA256

    func add(to router: some RouterMethods<APIContext>) {
        Resource(
            get: { [controller, sha256] request, _ in
                let snapshot = controller.snapshot
                let chosen = try request.uri.queryParameters["source"].map { [try snapshot.source(named: String($0))] }
                let sources = chosen ?? snapshot.sources
                guard sources.isEmpty || sources.contains(where: { $0.plan != nil }) else {
                    throw APIError.notReady(sources.map(\.planMissing))
                }
                return try Answer.snapshot(snapshot, for: request) { PlanDocument(of: sources, sha256: sha256) }
            },
            post: { request, _ in try await previewed(request) }
        ).add(to: router, at: "plan")
    }

    private func previewed(_ request: Request) async throws -> Response {
        guard let body = try await request.document(PreviewRequest.self, upTo: BodyLimit.tree) else {
            throw APIError.badRequest(
                "the body is empty",
                hint: #"send {"source": NAME, "files": {PATH: TEXT}}"#
            )
        }
        let snapshot = controller.snapshot
        let source = try source(of: body, in: snapshot)
        let state: DesiredState
        do {
            state = try preview(source, body.files)
        } catch {
            throw APIError.badRequest("the tree cannot be read: \(error)")
        }
        switch await controller.request(.preview(state)) {
        case .plan(let plan): return try Answer.json(PlanDocument(plan, found: state.problems))
        case .refused(let why): throw APIError.conflict(why)
        case .synced, .ordered: throw UnexpectedReply()
        }
    }

    private func source(of body: PreviewRequest, in snapshot: Snapshot) throws -> String {
        if let name = body.source { return try snapshot.source(named: name).name }
        let configured = snapshot.sources.filter(\.isConfigured)
        guard configured.count == 1 else {
            let names = configured.map(\.name).joined(separator: ", ")
            throw APIError.badRequest("the body does not say which source", hint: "set source to one of: \(names)")
        }
        return configured[0].name
    }
}

/// The controller answered another question than was asked: a bug of ours.
struct UnexpectedReply: Error {}

extension SourceStatus {
    /// Why there is no plan for the source: it is made when the source was read for the first time in a term.
    fileprivate var planMissing: String {
        guard isConfigured else {
            return "there is no plan for source \(name), since it is not in the configuration; "
                + "the removal of its apps is planned when every other source was read"
        }
        let why = failure.map { "it cannot be read: \($0.message)" } ?? "it was not read yet by this controller"
        return "there is no plan for source \(name), since \(why)"
    }
}

extension PlanDocument {
    /// The plans of several sources as one: apps belong to one source each, so the changes do not meet.
    init(of sources: [SourceStatus], sha256: SHA256) {
        let plans = sources.compactMap(\.plan)
        let hash = plans.count == 1 ? plans[0].hash : sha256(plans.flatMap { Array($0.hash.hex.utf8) })
        let whole = Plan(
            changes: plans.flatMap(\.changes),
            problems: plans.flatMap(\.problems),
            hash: hash
        )
        self.init(
            whole,
            found: sources.flatMap(\.record.problems),
            sources: sources.map { source in
                Source(
                    source: source.name,
                    revision: source.record.seen?.rawValue,
                    planHash: source.plan?.hash.hex,
                    held: source.record.held?.reason,
                    failure: source.failure?.message ?? (source.plan == nil ? source.planMissing : nil)
                )
            }
        )
    }
}
