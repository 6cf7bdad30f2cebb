import Domain
import Planning

/// Where a change comes from, and when.
struct Origin {
    let deployment: DeploymentID
    let revision: Revision
    let source: String
    let now: Instant
}

extension Rollouts {
    /// Turns every app of the plan towards its new spec from wherever it is; all other apps go on untouched.
    mutating func deploy(_ plan: Plan, _ origin: Origin) {
        for change in plan.changes {
            if let rollout = apps[change.app]?.record.rollout, rollout.deployment != origin.deployment {
                outbox.append(.note(.superseded(change.app, by: origin.deployment)))
            }
            if let spec = change.desired {
                turn(change, to: spec, origin)
            } else {
                remove(change, origin)
            }
            outbox.append(.note(.began(change.app, origin.deployment, change.action)))
            marked.insert(change.app)
        }
        outcomes.keep(Set(apps.values.compactMap { $0.record.rollout?.deployment }))
        refreshDependencies()
        for change in plan.changes { refreshReadiness(of: change.app) }
    }

    private mutating func turn(_ planned: Change, to spec: Spec, _ origin: Origin) {
        let inForce = apps[spec.id]?.record.inForce(spec) ?? spec
        let phase = openingPhase(of: spec)
        let hasTurn = keepsTurn(spec.id)
        specs[spec.digest] = spec
        // What was to go after this app need not wait for it any more.
        if apps[spec.id]?.record.desired == nil { marked.formUnion(dependencies.held(by: spec.id)) }
        if apps[spec.id] == nil {
            let record = AppRecord(
                id: spec.id,
                source: origin.source,
                file: planned.file,
                desired: spec.digest,
                revision: origin.revision
            )
            apps[spec.id] = App(record: record, instances: [])
            appsChanged = true
            unsaved.insert(spec.id)
        }
        change(spec.id) { record in
            record.source = origin.source
            record.file = planned.file
            record.desired = spec.digest
            record.revision = origin.revision
            if record.backoff?.digest != spec.digest { record.backoff = nil }
            record.heldBack = nil
            record.restart = nil
            if record.promoted != spec.digest { record.promoted = nil }
            record.rollout = RolloutRecord(
                deployment: origin.deployment,
                phase: phase,
                reason: phase == .waiting ? "not looked at yet" : Rollouts.aim(of: inForce.app),
                since: origin.now
            )
            if phase != .waiting, !hasTurn { record.rollout?.hindrance = .turn }
        }
    }

    /// Whether an app that does not begin anew goes on in the turn that it has. One that goes back has none of its own.
    func keepsTurn(_ id: AppID) -> Bool {
        budget.active.contains(id) && apps[id]?.record.rollout?.phase != .rollingBack
    }

    private mutating func remove(_ planned: Change, _ origin: Origin) {
        change(planned.app) { record in
            record.desired = nil
            record.promoted = nil
            record.revision = origin.revision
            record.backoff = nil
            record.pin = nil
            record.suspension = nil
            record.scale = nil
            record.rollout = RolloutRecord(
                deployment: origin.deployment,
                phase: .removing,
                reason: "stops all instances; git has the app no more",
                since: origin.now
            )
        }
    }

    /// An app that starts or restarts waits for what it depends on; one that runs the same tasks as before goes on as it
    /// was, and does not begin to wait because its number or its strategy changes.
    private func openingPhase(of spec: Spec) -> RolloutRecord.Phase {
        guard let app = apps[spec.id], let inForce = specInForce(of: app) else { return .waiting }
        guard inForce.restartDigest == spec.restartDigest, inForce.app.instances > 0 else { return .waiting }
        switch app.record.rollout?.phase {
        case .waiting: return .waiting
        case .canary: return .canary
        case .paused where app.record.rollout?.pausedIn == .canary: return opening(app, spec)
        // What was aborted before a canary had passed is no better for another number of instances.
        case .aborted where app.record.promoted != app.record.desired: return opening(app, spec)
        case nil, .rolling, .paused, .rollingBack, .aborted, .removing: return .rolling
        }
    }
}
