package import Controller
import Domain
import Planning

/// A controller whose apps are kept from what git says in every way that there is.
extension Sample {
    /// The busy shop; besides, search is scaled until tomorrow, a person has paused the rollout of ads, and has aborted
    /// that of feed.
    package static func exceptions() throws -> Snapshot {
        var snapshot = try busy()
        for app in [try scaled(), try paused("/shop/ads"), try aborted()] { snapshot.apps[app.id] = app }
        return snapshot
    }

    /// `/shop/search`: four instances instead of one, until tomorrow, and all of them run.
    package static func scaled() throws -> AppStatus {
        var app = try healthy("/shop/search")
        app.sync = .outOfSync
        let running = app.instances[0]
        app.instances = (1...4).map { number in
            var instance = running
            instance.id = InstanceID(app: app.id, number: number)
            return instance
        }
        app.record?.scale = ScaleOverride(
            instances: 4,
            order: order("the fair", until: noon + .minutes(24 * 60)),
            deployment: DeploymentID("shop-7-3")
        )
        return app
    }

    /// `/shop/feed`: a rollout that a person aborted.
    private static func aborted() throws -> AppStatus {
        var app = try paused("/shop/feed")
        app.record?.rollout?.phase = .aborted
        app.record?.rollout?.pausedIn = nil
        app.record?.rollout?.reason = "aborted by ada@desk"
        return app
    }
}
