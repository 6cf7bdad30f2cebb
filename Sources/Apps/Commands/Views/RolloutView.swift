import Planning
import WebAPI

/// Rollouts for a reader.
struct RolloutView {
    var style: Style

    func lines(_ rollouts: [RolloutsDocument.Entry]) -> [String] {
        guard !rollouts.isEmpty else {
            return ["No rollout is under way, and nothing keeps an app from what git says."]
        }
        var table = Table("APP", "PHASE", "SINCE", "DEPLOYMENT", "WHAT")
        for entry in rollouts {
            table.add(
                Table.Cell(entry.id),
                Table.Cell(entry.phase ?? "-", RolloutView.colour(entry.phase)),
                Table.Cell(entry.since?.brief ?? "-"),
                Table.Cell(entry.deployment ?? "-"),
                Table.Cell(entry.summary ?? "")
            )
        }
        return table.lines(style)
    }

    /// Everything about one app's rollout.
    func block(_ app: AppDocument) -> [String] {
        let count = "\(app.instances.healthy)/\(app.instances.desired) healthy"
        let head = "\(style.paint(app.id.printable, .bold)): \(app.sync.rawValue), \(app.health.rawValue), \(count)"
        let facts = rollout(app) + exceptions(app)
        let told = facts.isEmpty ? [("rollout", "none is under way, and nothing keeps it from what git says")] : facts
        let history = (app.history ?? []).map { spec in
            ("was healthy", "\(spec.digest.prefix(12)) of commit \(spec.revision.prefix(12)), \(spec.at.brief)")
        }
        return [head]
            + (told + history).map { name, text in
                "    \(name):\(String(repeating: " ", count: max(1, 14 - name.count)))\(text.printable)"
            }
    }

    private func rollout(_ app: AppDocument) -> [(String, String)] {
        guard let rollout = app.rollout else { return [] }
        let failures = rollout.failures ?? 0
        let facts: [(String, String?)] = [
            ("phase", rollout.state + (rollout.since.map { " since \($0.brief)" } ?? "")),
            ("progress", rollout.step), ("reason", rollout.reason), ("waits for", rollout.blocker),
            ("deployment", rollout.deployment), ("ordered", rollout.order.map(RolloutView.words)),
            ("failures", failures == 0 ? nil : "\(failures)" + (rollout.lastFailure.map { ", the last: \($0)" } ?? "")),
        ]
        return facts.compactMap { name, text in text.flatMap { $0.isEmpty ? nil : (name, $0) } }
    }

    private func exceptions(_ app: AppDocument) -> [(String, String)] {
        let pin = app.pin.map { pin in
            let until = pin.until.map { " until \($0.brief)" } ?? ""
            let why = pin.why.isEmpty ? "" : " (\(pin.why))"
            return ("pinned", "to \(pin.digest.prefix(12)) by \(pin.who)\(until)\(why)")
        }
        let suspension = app.suspension.map { ("suspended", RolloutView.words($0)) }
        let scale = app.scale.map { scale in
            let until = scale.until.map { " until \($0.brief)" } ?? ""
            return (
                "scaled", "to \(scale.words) by \(scale.who)\(until)" + (scale.why.isEmpty ? "" : " (\(scale.why))")
            )
        }
        let held = app.heldBack.map { held in
            ("held back", "\(held.digest.prefix(12)) since \(held.at.brief): \(held.reason)")
        }
        return [pin, suspension, scale, held].compactMap { $0 }
    }

    /// `by ada@desk at 2026-01-31T14:03:00Z until … (why)`.
    private static func words(_ order: OrderDocument) -> String {
        let until = order.until.map { " until \($0.brief)" } ?? ""
        return "by \(order.who) at \(order.at.brief)\(until)" + (order.why.isEmpty ? "" : " (\(order.why))")
    }

    private static func colour(_ phase: String?) -> Style.Colour? {
        switch phase {
        case nil: nil
        case "paused", "aborted", "rollingBack": .red
        default: .yellow
        }
    }
}
