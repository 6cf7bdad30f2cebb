import Domain

@testable import Rollout

extension World {
    /// Whether the app's rollout moves its instances, and others wait for that.
    static func hasTurn(_ record: AppRecord) -> Bool {
        guard record.desired != nil, record.suspension == nil, let rollout = record.rollout else { return false }
        guard rollout.hindrance == nil || rollout.hindrance == .held else { return false }
        return [.canary, .rolling, .rollingBack].contains(rollout.phase)
    }

    /// Whoever starts something with a turn that it did not have before is one of so many: also after a restart, a
    /// suspension, a pause, a stall, a canary that waited for a person. Only what goes back does not wait.
    mutating func checkTurns(_ effects: [RolloutEffect]) {
        let records = rollouts.records.filter(World.hasTurn)
        let present = Set(records.map(\.id))
        defer { turns = present }
        guard let most = rollouts.policy.maxConcurrentApps else { return }
        let starting = Set(effects.compactMap(World.started))
        let newcomers = records.filter { record in
            !turns.contains(record.id) && record.rollout?.phase != .rollingBack && starting.contains(record.id)
        }
        guard !newcomers.isEmpty else { return }
        let others = present.intersection(turns)
        if others.count + newcomers.count > most {
            violations.append("\(newcomers.map(\.id)) move beside \(others.sorted()), and no more than \(most) may")
        }
    }

    private static func started(_ effect: RolloutEffect) -> AppID? {
        switch effect {
        case .start(let id, _), .relaunch(let id, _): id.app
        default: nil
        }
    }
}
