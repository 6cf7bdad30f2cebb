package import Domain
import OrderedCollections

/// Plans without a live controller: what a change in git would do to a cluster that runs the old commit whole.
package enum PlanBetween {
    /// The actual state that `desired` would lead to: every app recorded as it is declared, with as many instances as
    /// it wants. The instances have no tasks: a plan counts what is wanted.
    package static func settled(_ desired: DesiredState) -> ActualState {
        var state = ActualState(apps: [:])
        for (id, declaration) in desired.apps {
            let spec = declaration.spec
            let record = AppRecord(
                id: id,
                source: desired.source,
                file: declaration.file,
                desired: spec.digest,
                revision: desired.revision,
                nextInstance: spec.app.instances + 1
            )
            let instances = (0..<spec.app.instances).map { number in
                instance(number + 1, of: spec)
            }
            state.apps[id] = ActualState.App(record: record, spec: spec, instances: instances)
        }
        return state
    }

    /// Where the app has volumes, something is reserved for it, wherever that is.
    private static func instance(_ number: Int, of spec: Spec) -> Instance {
        let start = Instant(milliseconds: 0)
        var instance = Instance(id: InstanceID(app: spec.id, number: number), digest: spec.digest, since: start)
        guard spec.app.isResident else { return instance }
        instance.reservation = Reservation(
            id: ReservationID("\(instance.id)"),
            agent: Agent(id: AgentID(""), hostname: ""),
            role: "",
            volumes: [],
            since: start
        )
        return instance
    }
}
