import Boundary
import Domain
import Planning
import Rollout
import Scheduling

extension JournalEntry {
    /// A rollout's note as an event.
    init(_ note: RolloutNote, at now: Instant) {
        switch note {
        case .began(let app, let deployment, let action):
            self.init(
                at: now,
                type: "rollout.began",
                app: app,
                facts: ["deployment": deployment.rawValue, "action": action.rawValue]
            )
        case .superseded(let app, let deployment):
            self.init(at: now, type: "rollout.superseded", app: app, facts: ["by": deployment.rawValue])
        case .waiting(let app, let reason):
            self.init(at: now, type: "rollout.waiting", app: app, facts: ["reason": reason])
        case .finished(let app, let deployment):
            self.init(at: now, type: "rollout.finished", app: app, facts: ["deployment": deployment.rawValue])
        case .promoted(let app, let who):
            self.init(at: now, type: "rollout.promoted", app: app, facts: ["by": who ?? ""])
        case .paused(let app, let reason):
            self.init(at: now, type: "rollout.paused", app: app, facts: ["reason": reason])
        case .rolledBack(let app, let from, let to, let reason):
            self.init(
                at: now,
                type: "rollout.rolled_back",
                app: app,
                facts: ["from": from.hex, "to": to.hex, "reason": reason]
            )
        case .ordered(let app, let verb, let order):
            self.init(
                at: now,
                type: "rollout.\(verb.rawValue)",
                app: app,
                facts: ["by": order.who, "reason": order.why]
            )
        case .scaled(let app, let from, let to):
            self.init(at: now, type: "app.scaled", app: app, facts: ["from": "\(from)", "to": "\(to)"])
        case .expired(let app, let what):
            self.init(at: now, type: "hold.expired", app: app, facts: ["what": what])
        case .brake(let until, let lost):
            self.init(
                at: now,
                type: until == nil ? "brake.released" : "brake.pulled",
                app: nil,
                facts: ["lost": "\(lost)"]
            )
        }
    }

    /// A scheduler's note as an event; `nil` for what is only counted.
    init?(_ note: SchedulerNote, at now: Instant) {
        switch note {
        case .launched(let id, let task, let host):
            self.init(
                at: now,
                type: "task.launched",
                app: id.app,
                facts: ["instance": id.description, "task": task.rawValue, "host": host]
            )
        case .ended(let id, let end):
            self.init(
                at: now,
                type: "task.ended",
                app: id.app,
                facts: [
                    "instance": id.description, "task": end.task.rawValue, "state": end.state, "host": end.host,
                    "message": end.message, "reason": end.reason ?? "",
                ]
            )
        case .killing(let id, let task, let attempt):
            self.init(
                at: now,
                type: "task.killing",
                app: id.app,
                facts: ["instance": id.description, "task": task.rawValue, "attempt": "\(attempt)"]
            )
        case .reserved(let id, let reservation, let host):
            self.init(reservation, "reservation.made", of: id, on: host, at: now)
        case .released(let id, let reservation, let host):
            self.init(reservation, "reservation.released", of: id, on: host, at: now)
        case .forsaken(let id, let reservation, let host, let reason):
            self.init(reservation, "reservation.forsaken", of: id, on: host, reason: reason, at: now)
        case .moved(let id, let reservation, let host, let old, let new):
            let reason = "its agent \(old) is back as \(new), with what is reserved on its disk"
            self.init(reservation, "reservation.moved", of: id, on: host, reason: reason, at: now)
        case .leftover(let reservation, let instance, let host, let isReleased):
            self.init(
                at: now,
                type: isReleased ? "leftover.released" : "leftover.found",
                app: nil,
                facts: ["reservation": reservation.rawValue, "instance": instance, "host": host]
            )
        case .agentLost(let agent):
            self.init(at: now, type: "agent.lost", app: nil, facts: ["agent": agent.rawValue])
        case .subscribed(let framework):
            self.init(at: now, type: "mesos.subscribed", app: nil, facts: ["framework": framework.rawValue])
        case .unsubscribed(let reason):
            self.init(at: now, type: "mesos.unsubscribed", app: nil, facts: ["reason": reason])
        case .unreachable(let reason):
            self.init(
                at: now,
                type: "mesos.unreachable",
                app: nil,
                facts: ["reason": reason, "next": "tried again, with growing delays"]
            )
        case .updateRefused(let roles, let reason):
            self.init(
                at: now,
                type: "mesos.update_refused",
                app: nil,
                facts: ["roles": roles.joined(separator: " "), "reason": reason]
            )
        case .ignored: return nil
        }
    }

    private init(
        _ reservation: ReservationID,
        _ type: String,
        of id: InstanceID,
        on host: String,
        reason: String? = nil,
        at now: Instant
    ) {
        var facts = ["instance": id.description, "reservation": reservation.rawValue, "host": host]
        if let reason { facts["reason"] = reason }
        self.init(at: now, type: type, app: id.app, facts: facts)
    }

    /// An orphan as an event.
    init(_ orphan: OrphanTask, at now: Instant) {
        self.init(
            at: now,
            type: orphan.ended ? "orphan.ended" : "orphan.found",
            app: nil,
            facts: ["task": orphan.task.rawValue, "agent": orphan.agent?.rawValue ?? ""]
        )
    }
}
