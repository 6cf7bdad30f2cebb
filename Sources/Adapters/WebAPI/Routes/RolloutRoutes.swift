import Controller
import Domain
import Hummingbird
import Manifests
import Rollout

/// `/api/v1/rollouts`: what is on its way or kept from git (GET), and a person's orders about it (POST).
struct RolloutRoutes {
    var controller: any ControllerHandle

    func add(to router: some RouterMethods<APIContext>) {
        Resource(
            get: { [controller] request, _ in
                let snapshot = controller.snapshot
                return try Answer.snapshot(snapshot, for: request) { RolloutsDocument(snapshot) }
            },
            post: { request, _ in try await ordered(request) }
        ).add(to: router, at: "rollouts")
    }

    private func ordered(_ request: Request) async throws -> Response {
        guard let body = try await request.document(OrderRequest.self, upTo: BodyLimit.command) else {
            throw APIError.badRequest(
                "the body is empty",
                hint: #"send {"verb": "pause", "apps": ["/shop/web"], "who": "ada@desk", "reason": "…"}"#
            )
        }
        let order = try RolloutOrder(body, in: controller.snapshot)
        switch await controller.request(.rollout(order)) {
        case .ordered(let answers): return try RolloutRoutes.response(to: order, answers)
        case .refused(let why): throw APIError.conflict(why)
        case .plan, .synced: throw UnexpectedReply()
        }
    }

    /// 200 where any app took the order, or any of a deployment is so already; 409 with all reasons otherwise.
    private static func response(to order: RolloutOrder, _ answers: [RolloutAnswer]) throws -> Response {
        let document = OrderAnswersDocument(order.verb, answers)
        let isFulfilled = answers.contains { $0.isDone || (order.isAboutDeployment && $0.outcome == .unchanged) }
        guard !isFulfilled else { return try Answer.json(document) }
        let reasons = document.answers.prefix(3).map { "\($0.app): \($0.message)" }.joined(separator: "; ")
        let more = answers.count > 3 ? "; and \(answers.count - 3) more" : ""
        let none = answers.isEmpty ? "there is no app whose rollout it is about" : reasons + more
        throw APIError(
            ProblemDetails(
                kind: "refused",
                title: "Refused",
                status: 409,
                detail: "no app took the order to \(order.verb.rawValue): \(none)",
                answers: document.answers
            )
        )
    }
}

extension RolloutOrder {
    /// Checks a posted order.
    /// - Throws: `APIError` 400 where it makes no sense, 404 where there is no such deployment.
    init(_ body: OrderRequest, in snapshot: Snapshot) throws {
        guard let verb = RolloutVerb(rawValue: body.verb) else {
            let verbs = RolloutVerb.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError.badRequest("there is no verb \(body.verb.cut(to: 60))", hint: "the verbs are: \(verbs)")
        }
        guard body.who.contains(where: { !$0.isWhitespace }) else {
            throw APIError.badRequest("who is empty", hint: "say who orders it: who becomes part of the record")
        }
        self.init(
            verb,
            try RolloutOrder.target(of: body, in: snapshot),
            who: body.who,
            why: body.reason ?? "",
            duration: try RolloutOrder.duration(of: body, verb),
            to: try RolloutOrder.destination(of: body, verb),
            instances: try RolloutOrder.instances(of: body, verb)
        )
    }

    private static func target(of body: OrderRequest, in snapshot: Snapshot) throws -> Target {
        switch (body.apps, body.deployment) {
        case (let apps?, nil):
            guard !apps.isEmpty else {
                throw APIError.badRequest("apps is empty", hint: "name at least one app: /shop/web")
            }
            var ids: [AppID] = []
            for path in apps {
                guard let id = AppID(path) else {
                    throw APIError.badRequest("\(path.cut(to: 200)) is no app id", hint: "an id is a path: /shop/web")
                }
                if !ids.contains(id) { ids.append(id) }
            }
            return .apps(ids)
        case (nil, let name?): return .deployment(try snapshot.deployment(named: name).id)
        case (nil, nil), (.some, .some):
            throw APIError.badRequest(
                "the body must say what it is about: either apps or deployment",
                hint: "set apps to a list of ids, or deployment to an id of /api/v1/deployments"
            )
        }
    }

    private static func duration(of body: OrderRequest, _ verb: RolloutVerb) throws -> Milliseconds? {
        guard let text = body.duration else { return nil }
        guard verb.hasDuration else {
            throw APIError.badRequest(
                "\(verb.rawValue) has no duration",
                hint: "for belongs to pause, rollback, suspend and scale"
            )
        }
        guard let duration = Milliseconds(written: text), duration > .zero else {
            throw APIError.badRequest(
                "for is no length of time: \(text.cut(to: 60))",
                hint: "write a number and its unit: 90s, 30m, 2h, 7d"
            )
        }
        return duration
    }

    /// One number for all apps of a deployment would be no order that anybody means.
    private static func instances(of body: OrderRequest, _ verb: RolloutVerb) throws -> Int? {
        guard verb == .scale else {
            guard body.instances == nil else {
                throw APIError.badRequest("\(verb.rawValue) sets no number", hint: "instances belongs to scale")
            }
            return nil
        }
        guard body.deployment == nil else {
            throw APIError.badRequest("a deployment cannot be scaled", hint: "name the apps, in apps")
        }
        guard let instances = body.instances, (0...ScaleOverride.most).contains(instances) else {
            throw APIError.badRequest(
                body.instances.map { "\($0) is no number of instances" } ?? "scale must be told how many",
                hint: "set instances to a number from 0 to \(ScaleOverride.most)"
            )
        }
        return instances
    }

    private static func destination(of body: OrderRequest, _ verb: RolloutVerb) throws -> String? {
        guard let text = body.to else { return nil }
        guard verb == .rollback else {
            throw APIError.badRequest("\(verb.rawValue) leads nowhere else", hint: "to belongs to rollback")
        }
        let isHexadecimal = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        guard isHexadecimal, (4...64).contains(text.utf8.count) else {
            throw APIError.badRequest(
                "to is neither a digest nor a revision: \(text.cut(to: 80))",
                hint:
                    "give at least its first 4 digits, in lower case; `pacer rollout show APP` (history of the app) lists them"
            )
        }
        return text
    }
}
