import Domain

/// Pieces of the sentences that people read.
extension Rollouts {
    /// A number and its noun: `1 app`, `2 apps`.
    static func counted(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }

    /// Who ordered something and why.
    static func words(_ order: Order) -> String {
        order.why.isEmpty ? order.who : "\(order.who) (\(order.why))"
    }

    /// ` until 2026-01-31T14:03:00Z`, where the order ends by itself.
    static func until(_ order: Order) -> String { order.until.map { " until \($0.brief)" } ?? "" }

    /// What a rollout does, as far as it holds for the whole phase: a record is not written for every step.
    static func aim(of spec: AppSpec) -> String {
        let bounds = RolloutStep.Bounds(of: spec, healthy: 0)
        let stay = bounds.minimumHealthy == 1 ? "stays" : "stay"
        let exist = bounds.maximumTotal == 1 ? "exists" : "exist"
        return "leads to \(counted(spec.instances, "healthy instance")); "
            + "at least \(bounds.minimumHealthy) \(stay) healthy, at most \(bounds.maximumTotal) \(exist)"
    }

    /// What the present phase leads to.
    static func aim(of app: App, _ spec: Spec) -> String {
        switch app.record.rollout?.phase {
        case .canary where spec.app.strategy.canary == 1:
            "the first of \(spec.app.instances) instances comes out as a canary"
        case .canary: "the first \(spec.app.strategy.canary) of \(spec.app.instances) instances come out as a canary"
        case .rollingBack: "goes back to \(spec.digest.short): \(app.record.heldBack?.reason ?? "")"
        default: aim(of: spec.app)
        }
    }

    /// Why an app waits though nothing of its own is in its way.
    static func turnReason(_ most: Int) -> String {
        "waits for its turn: no more than \(counted(most, "app")) \(most == 1 ? "is" : "are") rolled out at the same time"
    }

    /// Why no more instances are started just now.
    static func tasksReason(_ most: Int) -> String {
        "no more than \(counted(most, "instance")) may be on \(most == 1 ? "its" : "their") way to healthy at the same time"
    }

    /// Why nothing is replaced anywhere.
    static func brakeReason(lost: Int, _ brake: RolloutPolicy.Brake, released: Instant) -> String {
        "the brake is on: \(counted(lost, "task")) \(lost == 1 ? "was lost with its agent" : "were lost with their agents") "
            + "within \(brake.window.count / 1000) s; goes on when no more are lost until \(released.brief)"
    }
}
