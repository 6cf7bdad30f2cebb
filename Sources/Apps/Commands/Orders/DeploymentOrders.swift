import ArgumentParser
import WebAPI

/// One verb of `pacer deployment`.
protocol DeploymentOrderCommand: PacerCommand {
    static var verb: String { get }
    var order: DeploymentOrderOptions { get }
    /// For how long, where the verb has a duration.
    var lasting: String? { get }
    /// Whether and how long to wait, where the verb leads somewhere by itself.
    var wait: WaitOptions? { get }
}

extension DeploymentOrderCommand {
    var lasting: String? { nil }
    var wait: WaitOptions? { nil }

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let request = OrderRequest(
            verb: Self.verb,
            deployment: order.deployment.id,
            who: context.terminal.user,
            reason: order.reason,
            duration: lasting
        )
        let sending = OrderSending(
            client: try order.server.client(in: context),
            format: order.output.output,
            limit: wait?.limitIfWanted
        )
        return try await sending.send(request, in: context)
    }
}

/// What every order about a deployment takes.
struct DeploymentOrderOptions: ParsableArguments {
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var deployment: DeploymentArgument

    @Option(name: .long, help: ArgumentHelp("Why; it is kept with each app.", valueName: "text"))
    var reason: String?
}

/// `pacer deployment pause`.
struct DeploymentPause: DeploymentOrderCommand {
    static let verb = "pause"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Pause the rollouts of all of its apps for a while."
    )

    @OptionGroup var order: DeploymentOrderOptions
    @OptionGroup var span: LastingOptions

    var lasting: String? { span.duration }
}

/// `pacer deployment resume`.
struct DeploymentResume: DeploymentOrderCommand {
    static let verb = "resume"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Go on with the rollouts of all of its apps."
    )

    @OptionGroup var order: DeploymentOrderOptions
    @OptionGroup var waiting: WaitOptions

    var wait: WaitOptions? { waiting }
}

/// `pacer deployment abort`.
struct DeploymentAbort: DeploymentOrderCommand {
    static let verb = "abort"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "End the rollouts of all of its apps where they are."
    )

    @OptionGroup var order: DeploymentOrderOptions
}

/// `pacer deployment rollback`.
struct DeploymentRollback: DeploymentOrderCommand {
    static let verb = "rollback"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Take all of its apps back to their last healthy specs, dependents first."
    )

    @OptionGroup var order: DeploymentOrderOptions
    @OptionGroup var waiting: WaitOptions
    @OptionGroup var span: LastingOptions

    var wait: WaitOptions? { waiting }
    var lasting: String? { span.duration }
}

/// `pacer deployment retry`.
struct DeploymentRetry: DeploymentOrderCommand {
    static let verb = "retry"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Try again what failed or was aborted of its apps."
    )

    @OptionGroup var order: DeploymentOrderOptions
    @OptionGroup var waiting: WaitOptions

    var wait: WaitOptions? { waiting }
}

/// `pacer deployment restart`.
struct DeploymentRestart: DeploymentOrderCommand {
    static let verb = "restart"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Replace every task of its apps, though nothing changed."
    )

    @OptionGroup var order: DeploymentOrderOptions
    @OptionGroup var waiting: WaitOptions

    var wait: WaitOptions? { waiting }
}

/// `pacer deployment promote`.
struct DeploymentPromote: DeploymentOrderCommand {
    static let verb = "promote"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Let the canaries of all of its apps pass."
    )

    @OptionGroup var order: DeploymentOrderOptions
    @OptionGroup var waiting: WaitOptions

    var wait: WaitOptions? { waiting }
}

/// `pacer deployment suspend`.
struct DeploymentSuspend: DeploymentOrderCommand {
    static let verb = "suspend"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Stop all instances of its apps for a while."
    )

    @OptionGroup var order: DeploymentOrderOptions
    @OptionGroup var span: LastingOptions

    var lasting: String? { span.duration }
}
