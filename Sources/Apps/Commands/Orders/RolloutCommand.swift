import ArgumentParser

/// `pacer rollout`: one app's way to what git says, and a person's orders about it.
struct RolloutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Look at apps' rollouts, and give orders about them.",
        discussion: """
            Orders say who gave them (the login name at the host's name) and why (--reason), and are carried out for each \
            app by itself. Exit status: 0 every app took the order, 1 an app did not, or an error. With --wait: 0 it came \
            about, 1 an error, 3 the apps were rolled back, held back, paused or aborted instead, 4 the deadline is over.
            """,
        subcommands: [
            RolloutList.self, RolloutShow.self, RolloutPause.self, RolloutResume.self, RolloutAbort.self,
            RolloutRollback.self, RolloutRetry.self, RolloutRestart.self, RolloutPromote.self, RolloutSuspend.self,
            RolloutScale.self,
        ]
    )
}

/// `pacer rollout pause`.
struct RolloutPause: OrderCommand {
    static let verb = "pause"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "The rollout stands still for a while; tasks that end are started again."
    )

    @OptionGroup var order: OrderOptions
    @OptionGroup var span: LastingOptions

    var lasting: String? { span.duration }
}

/// `pacer rollout resume`.
struct RolloutResume: OrderCommand {
    static let verb = "resume"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Lift what holds the app: a pause, a suspension, a pin, another number of instances."
    )

    @OptionGroup var order: OrderOptions
    @OptionGroup var waiting: WaitOptions

    var wait: WaitOptions? { waiting }
}

/// `pacer rollout abort`.
struct RolloutAbort: OrderCommand {
    static let verb = "abort"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "The rollout ends where it is, and so it stays."
    )

    @OptionGroup var order: OrderOptions
}

/// `pacer rollout rollback`.
struct RolloutRollback: OrderCommand {
    static let verb = "rollback"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Back to a spec that was healthy; the app is pinned to it for a while."
    )

    @OptionGroup var order: OrderOptions
    @OptionGroup var waiting: WaitOptions
    @OptionGroup var span: LastingOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to: the first characters of a digest or a revision; otherwise the last healthy spec.",
            valueName: "revision|digest"
        )
    )
    var to: String?

    var wait: WaitOptions? { waiting }
    var lasting: String? { span.duration }
    var destination: String? { to }
}

/// `pacer rollout retry`.
struct RolloutRetry: OrderCommand {
    static let verb = "retry"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Try again what failed or was aborted."
    )

    @OptionGroup var order: OrderOptions
    @OptionGroup var waiting: WaitOptions

    var wait: WaitOptions? { waiting }
}

/// `pacer rollout restart`.
struct RolloutRestart: OrderCommand {
    static let verb = "restart"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Replace every task, within the bounds, though nothing changed."
    )

    @OptionGroup var order: OrderOptions
    @OptionGroup var waiting: WaitOptions

    var wait: WaitOptions? { waiting }
}

/// `pacer rollout promote`.
struct RolloutPromote: OrderCommand {
    static let verb = "promote"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Let the canary pass."
    )

    @OptionGroup var order: OrderOptions
    @OptionGroup var waiting: WaitOptions

    var wait: WaitOptions? { waiting }
}

/// `pacer rollout suspend`.
struct RolloutSuspend: OrderCommand {
    static let verb = "suspend"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Stop all instances for a while."
    )

    @OptionGroup var order: OrderOptions
    @OptionGroup var span: LastingOptions

    var lasting: String? { span.duration }
}
