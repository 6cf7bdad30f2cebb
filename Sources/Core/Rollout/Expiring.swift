import Domain

/// What happens because time has passed.
extension Rollouts {
    /// Lifts what has expired: nothing temporary lasts for ever.
    mutating func expire(_ id: AppID, at now: Instant) {
        guard let record = apps[id]?.record else { return }
        if let pin = record.pin, let until = pin.order.until, until <= now {
            unpin(id)
            outbox.append(.note(.expired(id, "the pin of \(pin.order.who) to \(pin.digest.short)")))
        }
        if let suspension = record.suspension, let until = suspension.until, until <= now {
            outbox.append(.note(.expired(id, "the suspension by \(suspension.who)")))
            endSuspension(id, at: now)
        }
        if let order = Rollouts.pauseByOrder(record), let until = order.until, until <= now {
            goOn(id, because: "goes on after the pause by \(Rollouts.words(order))", at: now)
            outbox.append(.note(.expired(id, "the pause by \(order.who)")))
        }
        expireOverride(id, at: now)
    }

    /// The order that paused the app, if it is paused by one. What pauses by itself waits for a person without an end.
    private static func pauseByOrder(_ record: AppRecord) -> Order? {
        record.rollout?.phase == .paused ? record.rollout?.order : nil
    }

    /// Takes an app's pin off: it follows git again. What the same order held back is tried again; what failed is not.
    mutating func unpin(_ id: AppID) {
        change(id) { record in
            if record.heldBack?.endsWithPin == true { record.heldBack = nil }
            record.pin = nil
            // A person went back from it: only who tries it again by name vouches for it.
            record.promoted = nil
        }
    }

    /// Lets a suspended app run again: the rollout that it was in goes on, or one begins that starts its instances. Either
    /// takes its turn first.
    mutating func endSuspension(_ id: AppID, at now: Instant) {
        guard let suspension = apps[id]?.record.suspension else { return }
        change(id) { record in
            record.suspension = nil
            if Rollouts.needsTurn(record.rollout?.phase) { record.rollout?.hindrance = .turn }
            guard record.rollout == nil, record.desired != nil else { return }
            record.rollout = RolloutRecord(
                deployment: DeploymentID("\(record.source)-resume-\(suspension.at.milliseconds)"),
                phase: .rolling,
                reason: "starts again after its suspension",
                since: now
            )
            record.rollout?.hindrance = .turn
        }
        marked.insert(id)
    }

    /// Whether an app has to take its turn before it enters this phase. What goes back does so at once, and what merely
    /// waits takes its turn when it begins.
    static func needsTurn(_ phase: RolloutRecord.Phase?) -> Bool { phase == .canary || phase == .rolling }

    /// Sets when the app has to be looked at next although nothing happens to it.
    mutating func setAlarm(_ id: AppID, after now: Instant) {
        guard let app = apps[id] else {
            alarms[id] = nil
            return
        }
        let ends = [
            app.record.pin?.order.until, app.record.suspension?.until, app.record.scale?.order.until,
            Rollouts.pauseByOrder(app.record)?.until,
        ]
        var moments = ends.compactMap(\.self)
        if let spec = specInForce(of: app), app.record.rollout != nil {
            moments += rolloutAlarms(app, spec, after: now)
        }
        alarms[id] = moments.filter { $0 > now }.min()
    }

    /// The ends of watches and deadlines of an app on its way.
    private func rolloutAlarms(_ app: App, _ spec: Spec, after now: Instant) -> [Instant] {
        let terms = terms(of: app, spec, at: now)
        let news = app.instances.filter { $0.goal == .running && $0.digest == spec.digest }
        var moments = news.compactMap { instance in
            instance.isHealthy(under: spec.app) ? terms.watchEnds(instance, spec.app) : terms.overdue(instance)
        }
        if let stall = stallMoment(app, spec) { moments.append(stall) }
        if app.record.rollout?.phase == .rollingBack, let dependent = dependentRollingBack(on: spec.id, at: now) {
            moments.append(timeToRollBackEnds(dependent))
        }
        return moments
    }
}
