import Boundary
import Controller
import Domain
import OrderedCollections
import Scheduling
import Simulation

/// An engine with a store of its own, fed by hand.
struct EngineBench {
    static let source = "shop"
    var now = Instant(milliseconds: 1_000_000)
    var engine: Engine
    var store = SimulatedStore()
    private(set) var last = Turn(number: 0)
    private var requests = 0

    init(sync: ControllerSettings.Sync = ControllerSettings.Sync(), sources: [String] = [Self.source]) {
        store.stand(0)
        let epoch = store.elect()?.epoch ?? 0
        engine = Self.engine(sync, sources, epoch, store, at: now)
        turn([.tick])
    }

    /// The controller is started anew, maybe with another configuration, and goes on from what the store has.
    mutating func restart(sync: ControllerSettings.Sync? = nil, sources: [String]? = nil) {
        let settings = engine.settings
        store.expire(0)
        store.stand(0)
        let epoch = store.elect()?.epoch ?? 0
        let names = sources ?? settings.sources.map(\.name)
        engine = Self.engine(sync ?? settings.sync, names, epoch, store, at: now)
        turn([.tick])
    }

    private static func engine(
        _ sync: ControllerSettings.Sync,
        _ sources: [String],
        _ epoch: Int64,
        _ store: SimulatedStore,
        at now: Instant
    ) -> Engine {
        Engine(
            settings: ControllerSettings(
                name: "pacer",
                environment: nil,
                sources: sources.map { ControllerSettings.Source(name: $0, group: .root, poll: .seconds(10)) },
                sync: sync
            ),
            scheduling: SchedulerSettings(),
            epoch: epoch,
            image: store.image,
            sha256: fakeSHA256,
            now: now
        )
    }

    /// One turn, its batch applied at once.
    mutating func turn(_ inputs: [Input]) {
        now = now + .seconds(1)
        last = engine.turn(inputs, at: now)
        _ = store.apply(last.batch, epoch: engine.epoch)
    }

    /// A look that finds these apps at a revision.
    mutating func find(
        _ apps: [AppSpec],
        revision: String,
        descends: Bool = true,
        broken: [BrokenFile] = [],
        problems: [Problem] = [],
        answering: Int = 0,
        in source: String = Self.source
    ) {
        var desired = DesiredState(
            source: source,
            group: .root,
            revision: Revision(revision),
            tree: "tree-\(revision)"
        )
        for app in apps.sorted(by: { $0.id < $1.id }) {
            desired.apps[app.id] = DesiredState.Declaration(
                spec: Spec(app, sha256: fakeSHA256),
                file: "\(app.id.name).yaml"
            )
        }
        desired.broken = broken
        desired.problems = problems
        let anchor = engine.record(of: source)?.applied
        let look = SourceLook.found(desired, anchor: anchor, descends: descends)
        turn([.source(source, look, answering: answering)])
    }

    /// A request; its reply, if this turn has it.
    mutating func request(_ request: ControlRequest) -> ControlReply? {
        requests += 1
        turn([.request(requests, request)])
        return reply(to: requests)
    }

    func reply(to request: Int) -> ControlReply? { last.replies.first { $0.request == request }?.reply }

    var lastRequest: Int { requests }

    /// The ids of the apps that have a record with a wanted spec.
    var wanted: [String] {
        store.apps.filter { store.record(of: $0)?.desired != nil }.map(\.path)
    }

    static func app(_ path: String, _ change: (inout AppSpec) -> Void = { _ in }) -> AppSpec {
        guard let id = AppID(path) else { preconditionFailure("not an id: \(path)") }
        var app = AppSpec(id: id, cmd: "sleep 1")
        change(&app)
        return app
    }
}
