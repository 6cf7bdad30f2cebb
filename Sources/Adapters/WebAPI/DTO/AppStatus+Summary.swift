package import Controller
package import Domain
import Planning

extension AppStatus {
    /// One short phrase for a reader: where the rollout is and what it waits for or how far it is, then what keeps the
    /// app from what git says; `nil` where there is nothing to say.
    package func summary(at now: Instant) -> String? {
        let parts = [refused, motion(at: now), pinned, suspended, scaled, heldBack].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private func motion(at now: Instant) -> String? {
        let hindrance = hindrance(at: now)
        guard let rollout = record?.rollout else { return hindrance }
        let by = rollout.order.map(AppStatus.terms)
        switch rollout.phase {
        case .waiting: return waiting(rollout)
        case .canary: return "canary: \(hindrance ?? held(rollout) ?? newest)"
        case .rolling: return "rolling: \(hindrance ?? held(rollout) ?? newest)"
        case .rollingBack: return "rolling back: \(hindrance ?? held(rollout) ?? newest)"
        case .paused: return "paused\(by ?? ": \(rollout.reason)")"
        case .aborted: return "aborted\(by ?? ": \(rollout.reason)")"
        case .removing:
            return blocker.map { "removing: after \($0)" } ?? "removing: \(instances.count) left"
        }
    }

    private var refused: String? {
        guard !objections.isEmpty else { return nil }
        return objections.map { "not applied, of source \($0.source): \($0.words)" }.joined(separator: "; ")
    }

    private func waiting(_ rollout: RolloutRecord) -> String {
        if let blocker { return "waiting for \(blocker)" }
        guard awaitedTurn == nil else { return "waiting for its turn" }
        guard record?.suspension == nil else { return "waiting for the end of its suspension" }
        return rollout.reason.hasPrefix("waits") ? rollout.reason : "waiting: \(rollout.reason)"
    }

    /// What keeps the rollout as a whole from moving, and how far it is.
    private func held(_ rollout: RolloutRecord) -> String? {
        rollout.hindrance.map { _ in "\(newest); \(rollout.reason)" }
    }

    /// What its instances wait for, where that is not the next step of their own.
    private func hindrance(at now: Instant) -> String? {
        if let refusal {
            // Where nothing was offered, nothing was refused: mostly it asks since a moment ago.
            return refusal.isAsking ? "asks for offers" : "finds no place (\(refusal.words))"
        }
        guard let backoff = backoff(at: now) else { return nil }
        return "\(backoff.failures) failed in a row, next try at \(Timestamp(backoff.until).brief)"
    }

    /// How many of the wanted spec are healthy, and how many of others are left.
    private var newest: String {
        guard let spec else { return "its spec is not known" }
        let wanted = instances.filter { $0.goal == .running }
        let current = wanted.filter { $0.digest == spec.digest && !isToBeReplaced($0) }
        let old = wanted.count - current.count
        let healthy = current.count { $0.isHealthy(under: spec.app) }
        return "\(healthy) of \(desiredCount) healthy" + (old == 0 ? "" : ", \(old) old left")
    }

    /// Whether a task is one that an order to restart replaces, though its spec is the wanted one.
    private func isToBeReplaced(_ instance: Instance) -> Bool {
        guard let order = record?.restart, let task = instance.task else { return false }
        return task.launched < order.at
    }

    private var pinned: String? {
        record?.pin.map { "pinned to \($0.digest.short)\(AppStatus.terms($0.order))" }
    }

    private var suspended: String? { record?.suspension.map { "suspended\(AppStatus.terms($0))" } }

    private var scaled: String? {
        record?.scale.map { "scaled to \($0.words(besides: spec))\(AppStatus.terms($0.order))" }
    }

    private var heldBack: String? {
        record?.heldBack.map { "\($0.digest.short) held back since \(Timestamp($0.at).brief): \($0.reason)" }
    }

    /// ` by ada@desk until 2026-01-31T14:03:00Z (why)`.
    private static func terms(_ order: Order) -> String {
        let until = order.until.map { " until \(Timestamp($0).brief)" } ?? ""
        return " by \(order.who)\(until)\(because(order))"
    }

    private static func because(_ order: Order) -> String { order.why.isEmpty ? "" : " (\(order.why))" }
}
