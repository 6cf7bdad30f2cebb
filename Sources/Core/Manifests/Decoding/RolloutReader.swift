import Domain

/// Reads `rollout`, Pacer's own addition to Marathon's definition. Lengths of time are whole seconds, as everywhere in it.
struct RolloutReader {
    let table: MappingReader
    let instances: Int

    private static let seconds: ClosedRange<Int64> = 0...1_000_000

    /// The strategy; `nil` where the definition has none, or one that says nothing but the defaults.
    func strategy() -> RolloutStrategy? {
        guard let rollout = table.mapping("rollout", keys: AppKeys.rollout) else { return nil }
        var strategy = RolloutStrategy()
        strategy.canary = Int(rollout.integer("canary", in: 0...1_000_000) ?? 0)
        strategy.promotion = choice(rollout, "promotion") ?? .automatic
        strategy.watch = rollout.integer("watch", in: RolloutReader.seconds).map { .seconds($0) }
        strategy.maxFailures = Int(rollout.integer("maxFailures", in: 1...1000) ?? 3)
        strategy.onFailure = choice(rollout, "onFailure") ?? .rollback
        strategy.deadline = rollout.integer("deadline", in: 1...1_000_000).map { .seconds($0) } ?? strategy.deadline
        check(strategy, rollout)
        return strategy == RolloutStrategy() ? nil : strategy
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(_ rollout: MappingReader, _ key: String) -> Choice?
    where Choice.RawValue == String {
        rollout.choice(key, among: Choice.allCases.map(\.rawValue)).flatMap(Choice.init(rawValue:))
    }

    private func check(_ strategy: RolloutStrategy, _ rollout: MappingReader) {
        if strategy.canary > 0, strategy.canary >= instances {
            rollout.report(
                .badValue,
                at: "canary",
                "`rollout.canary` is \(strategy.canary), and the app has \(instances) instances in all",
                hint: "a canary is a part of the instances: give a smaller number, or remove it"
            )
        }
        if let watch = strategy.watch, watch >= strategy.deadline {
            rollout.report(
                .badValue,
                at: "watch",
                "`rollout.watch` is \(watch.count / 1000) s, which is not less than `rollout.deadline`, "
                    + "\(strategy.deadline.count / 1000) s",
                hint: "make the deadline longer than the watch"
            )
        }
    }
}
