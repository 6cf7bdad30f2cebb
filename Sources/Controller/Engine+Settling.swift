import Boundary
import Domain
import Planning
import Rollout
import Scheduling

extension Engine {
    /// Lets the rollouts and the scheduler take turns until neither has anything more to say. Each round either stops or
    /// changes an instance or a record, of which a turn changes finitely many.
    mutating func settle(at now: Instant) {
        for _ in 0..<1000 {
            for app in touched.sorted() {
                absorb(rollouts.handle(.instances(app, scheduler.instances(of: app)), at: now), at: now)
            }
            touched = []
            absorb(rollouts.handle(.tick, at: now), at: now)
            stale.formUnion(rollouts.takeRetold())
            guard !touched.isEmpty else { return }
        }
        preconditionFailure("the rollouts and the scheduler do not come to rest; still moving: \(touched.sorted())")
    }

    /// Carries out what the scheduler decided, as far as it concerns state; calls go into the turn.
    mutating func absorb(_ effects: [SchedulerEffect], at now: Instant) {
        for effect in effects {
            switch effect {
            case .register(let framework): turn.batch.put(.framework, .framework(framework))
            case .changed(let instance): mark(instance.id)
            case .removed(let id): mark(id)
            case .backoff(let app, let state):
                stale.insert(app)
                absorb(rollouts.handle(.backoff(app, state), at: now), at: now)
            case .afterCommit(let call): turn.gated.append(call)
            case .send(let call): turn.free.append(call)
            case .connect(let framework, let wishes, let delay):
                subscription += 1
                turn.connection.append(.connect(subscription, as: framework, wishes, delay: delay))
            case .disconnect(let reason):
                subscription += 1
                turn.connection.append(.disconnect(reason: reason))
            case .stop(let reason, let isFinal): turn.ending = Turn.Ending(reason: reason, isFinal: isFinal)
            case .orphan(let orphan): turn.batch.record(JournalEntry(orphan, at: now))
            case .note(let note):
                guard let entry = JournalEntry(note, at: now) else { continue }
                turn.batch.record(entry)
            }
        }
    }

    /// Carries out what the rollouts decided.
    mutating func absorb(_ effects: [RolloutEffect], at now: Instant) {
        for effect in effects {
            switch effect {
            case .changed(let record):
                stale.insert(record.id)
                noteFooting(of: record.id, record)
                tell(of: record, at: now)
                turn.batch.put(.app(record.id), .app(record))
            case .removed(let app):
                stale.insert(app)
                noteFooting(of: app, nil)
                absorb(scheduler.handle(.scale(app, nil), at: now), at: now)
                absorb(scheduler.handle(.restart(app, nil), at: now), at: now)
                turn.batch.remove(.app(app))
            case .start(let id, let digest):
                absorb(scheduler.handle(.order(.start(id, digest)), at: now), at: now)
            case .stop(let id): absorb(scheduler.handle(.order(.stop(id)), at: now), at: now)
            case .adopt(let id, let digest):
                absorb(scheduler.handle(.order(.adopt(id, digest)), at: now), at: now)
            case .relaunch(let id, let digest):
                absorb(scheduler.handle(.order(.relaunch(id, digest)), at: now), at: now)
            case .note(let note): turn.batch.record(JournalEntry(note, at: now))
            }
        }
    }

    /// Tells the scheduler how many instances the app shall have, since its specs may say something else, and which tasks
    /// are to be replaced although they are of the wanted spec.
    mutating func tell(of record: AppRecord, at now: Instant) {
        absorb(scheduler.handle(.scale(record.id, record.scale?.instances), at: now), at: now)
        absorb(scheduler.handle(.restart(record.id, record.restart?.at), at: now), at: now)
    }

    private mutating func mark(_ id: InstanceID) {
        touched.insert(id.app)
        stale.insert(id.app)
        changedChunks.insert(.chunk(of: id))
    }
}
