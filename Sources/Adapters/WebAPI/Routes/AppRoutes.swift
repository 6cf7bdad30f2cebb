import Controller
import Domain
import Hummingbird

/// `/api/v1/apps/{id}`: everything about one app; the id is its path, `/api/v1/apps/shop/web`.
/// `/api/v1/apps/{id}/explain`: why it is as it is.
struct AppRoutes {
    var controller: any ControllerHandle

    /// What a path below `apps` is about.
    private enum Subject {
        case app(AppStatus)
        case explanation(Explanation)
    }

    func add(to router: some RouterMethods<APIContext>) {
        Resource(
            get: { [controller] request, context in
                let snapshot = controller.snapshot
                switch try AppRoutes.subject(of: context.parameters.getCatchAll(), in: snapshot) {
                case .app(let app):
                    return try Answer.snapshot(snapshot, for: request) { AppDocument(app, at: snapshot.at) }
                case .explanation(let explanation):
                    return try Answer.snapshot(snapshot, for: request) { ExplanationDocument(explanation) }
                }
            }
        ).add(to: router, at: "apps/**")
    }

    /// An app may be called `explain`: where there is such an app, the path means it. No app is a group, so that nothing
    /// else can be meant.
    private static func subject(of segments: [Substring], in snapshot: Snapshot) throws -> Subject {
        let whole = try id(segments)
        if let app = snapshot.apps[whole] { return .app(app) }
        guard segments.count > 1, segments.last == "explain" else { throw unknown(whole) }
        let id = try id(segments.dropLast())
        guard let explanation = Explanation(of: id, in: snapshot) else { throw unknown(id) }
        return .explanation(explanation)
    }

    private static func id(_ segments: some Sequence<Substring>) throws -> AppID {
        let path = "/" + segments.joined(separator: "/")
        guard let id = AppID(path) else {
            throw APIError.badRequest("\(path) is no app id", hint: "an id is a path: /shop/web")
        }
        return id
    }

    private static func unknown(_ id: AppID) -> APIError {
        APIError.notFound("there is no app \(id)", hint: "`pacer status` (GET /api/v1/status) lists the apps")
    }
}
