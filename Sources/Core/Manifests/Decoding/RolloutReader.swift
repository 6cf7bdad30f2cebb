import Domain

/// Reads `rollout`, Pacer's own addition to Marathon's definition. Lengths of time are whole seconds, as everywhere in it.
struct RolloutReader {
    let table: MappingReader
    let instances: Int

    /// The strategy; `nil` where the definition has none, or one that says nothing but the defaults.
    func strategy() -> RolloutStrategy? {
        guard let rollout = table[AppForm.rollout] else { return nil }
        var strategy = RolloutStrategy()
        strategy.canary = rollout[RolloutForm.canary]
        strategy.promotion = rollout[RolloutForm.promotion]
        strategy.watch = rollout[RolloutForm.watch]
        strategy.maxFailures = rollout[RolloutForm.maxFailures]
        strategy.onFailure = rollout[RolloutForm.onFailure]
        strategy.deadline = rollout[RolloutForm.deadline]
        check(strategy, rollout)
        return strategy == RolloutStrategy() ? nil : strategy
    }

    private func check(_ strategy: RolloutStrategy, _ rollout: MappingReader) {
        if strategy.canary > 0, strategy.canary >= instances {
            rollout.report(
                .badValue,
                at: "canary",
                "`rollout.canary` is \(strategy.canary), and the app has \(instances == 1 ? "1 instance" : "\(instances) instances") in all",
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
