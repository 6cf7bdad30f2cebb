import ArgumentParser
import Domain
import Manifests
import WebAPI

/// What every order about apps takes.
struct OrderOptions: ParsableArguments {
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    @Option(name: .long, help: ArgumentHelp("Why; it is kept with the app.", valueName: "text"))
    var reason: String?

    @Argument(help: ArgumentHelp("The apps' ids: /shop/web.", valueName: "app"))
    var apps: [String]

    func validate() throws { for app in apps { _ = try AppID(argument: app) } }
}

/// `--for`.
struct LastingOptions: ParsableArguments {
    @Option(
        name: .customLong("for"),
        parsing: .unconditional,
        help: ArgumentHelp("How long it lasts; it then ends by itself.", valueName: "duration")
    )
    var duration: String?

    func validate() throws {
        guard let duration else { return }
        guard try Milliseconds(flag: duration) > .zero else {
            throw ValidationError("--for must be longer than nothing.")
        }
    }
}

/// One verb of `pacer rollout`.
protocol OrderCommand: PacerCommand {
    static var verb: String { get }
    var order: OrderOptions { get }
    /// For how long, where the verb has a duration.
    var lasting: String? { get }
    /// Where a rollback leads.
    var destination: String? { get }
    /// How many instances, where the verb sets their number.
    var count: Int? { get }
    /// Whether and how long to wait, where the verb leads somewhere by itself.
    var wait: WaitOptions? { get }
}

extension OrderCommand {
    var lasting: String? { nil }
    var destination: String? { nil }
    var count: Int? { nil }
    var wait: WaitOptions? { nil }

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let request = OrderRequest(
            verb: Self.verb,
            apps: order.apps,
            who: context.terminal.user,
            reason: order.reason,
            duration: lasting,
            to: destination,
            instances: count
        )
        let sending = OrderSending(
            client: try order.server.client(in: context),
            format: order.output.output,
            limit: wait?.limitIfWanted
        )
        return try await sending.send(request, in: context)
    }
}
