import Domain
import Planning

extension ExplainedApp {
    /// What people ordered, or what failed, keeps it from what git says.
    var exceptions: [Step] { [pinned, suspended, heldBack].compactMap { $0 } }

    private var pinned: Step? {
        guard let record = status.record, let pin = record.pin else { return nil }
        let target =
            record.desired == pin.digest ? "\(pin.digest.short) of commit \(record.revision.short)" : pin.digest.short
        let left = leftByRollback.map { "rolled it back from \($0.digest.short) and keeps it on" } ?? "pinned it to"
        let again = leftByRollback.map { ", and tries \($0.digest.short) again," } ?? ""
        return step(
            .plan,
            .stopped,
            "\(pin.order.who) \(left) \(target)\(because(pin.order))",
            since: pin.order.at,
            until: pin.order.until,
            next: unmanaged == nil
                ? "it follows git again\(again) when the pin expires, or with `pacer rollout resume \(id)`"
                : "git has it no more: it goes when the pin expires, or with `pacer rollout resume \(id)`, where removals are"
                    + " applied; to keep it, put it into git again"
        )
    }

    private var suspended: Step? {
        guard let order = status.record?.suspension else { return nil }
        return step(
            .plan,
            .stopped,
            "\(order.who) suspended it\(because(order))",
            since: order.at,
            until: order.until,
            next: "\(afterSuspension(order)) when the suspension expires, or with `pacer rollout resume \(id)`"
        )
    }

    /// What the app does then: git may have brought something newer, or a person may have stopped its rollout besides.
    private func afterSuspension(_ order: Order) -> String {
        guard let record = status.record, let rollout = record.rollout else { return "it starts again" }
        let target = "commit \(record.revision.short)"
        switch rollout.phase {
        case .paused, .aborted:
            let verb = rollout.phase == .paused ? "resume" : "retry"
            return
                "its rollout is \(rollout.phase.rawValue) besides, so that nothing starts before `pacer rollout \(verb) \(id)`,"
                + " also"
        case .rollingBack: return "it starts again on the version that it was going back to, of \(target),"
        case .waiting, .canary, .rolling, .removing:
            return rollout.began > order.at
                ? "it starts with \(target), which came meanwhile,"
                : "it starts again, and its rollout to \(target) goes on,"
        }
    }

    /// Another number of instances stands in the way of nothing, and is as a person wants it.
    var scaled: [Step] {
        guard let scale = status.record?.scale else { return [] }
        let text =
            "\(scale.order.who) scaled it to \(scale.words(besides: status.spec))\(because(scale.order)); "
            + "its spec's number comes back then, or with `pacer rollout resume \(id)`"
        return [step(.plan, .done, text, since: scale.order.at, until: scale.order.until)]
    }

    /// What an order to roll back left, as long as its pin lasts: then the two are one thing.
    private var leftByRollback: HeldBack? {
        guard status.record?.pin != nil, let held = status.record?.heldBack else { return nil }
        return held.endsWithPin == true ? held : nil
    }

    private var heldBack: Step? {
        guard let held = status.record?.heldBack, leftByRollback == nil else { return nil }
        return step(
            .plan,
            .stopped,
            "spec \(held.digest.short) of deployment \(held.deployment) is held back: \(held.reason)",
            since: held.at,
            next: "change the app in git, or try the same again with `pacer rollout retry \(id)`"
        )
    }

    /// `, because: the till is down`.
    func because(_ order: Order) -> String { order.why.isEmpty ? "" : ", because: \(order.why)" }
}
