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
        expireOverride(id, at: now)
    }

    /// Takes an app's pin off: it follows git again. What the same order held back is tried again; what failed is not.
    mutating func unpin(_ id: AppID) {
        change(id) { record in
            if let held = record.heldBack, held.at == record.pin?.order.at { record.heldBack = nil }
            record.pin = nil
        }
    }

    /// Lets a suspended app run again: the rollout that it was in goes on, or one begins that starts its instances.
    mutating func endSuspension(_ id: AppID, at now: Instant) {
        guard let suspension = apps[id]?.record.suspension else { return }
        change(id) { record in
            record.suspension = nil
            guard record.rollout == nil, record.desired != nil else { return }
            record.rollout = RolloutRecord(
                deployment: DeploymentID("\(record.source)-resume-\(suspension.at.milliseconds)"),
                phase: .rolling,
                reason: "starts again after its suspension",
                since: now
            )
        }
        marked.insert(id)
    }

    /// Sets when the app has to be looked at next although nothing happens to it.
    mutating func setAlarm(_ id: AppID, after now: Instant) {
        guard let app = apps[id] else {
            alarms[id] = nil
            return
        }
        var moments = [app.record.pin?.order.until, app.record.suspension?.until, app.record.scale?.order.until]
            .compactMap(\.self)
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

extension Instant {
    /// The time of day: `14:03:10 UTC`.
    var clock: String {
        let seconds = ((milliseconds / 1000) % 86_400 + 86_400) % 86_400
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60]
        return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":") + " UTC"
    }
}
