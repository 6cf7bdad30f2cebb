import ArgumentParser
import Domain
import WebAPI

/// `pacer explain`: why an app is as it is.
struct ExplainCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show what an app waits for, from the commit to the instance, and what to do."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp("The app's id: /shop/web.", valueName: "app"))
    var app: String

    func validate() throws { _ = try AppID(argument: app) }

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let explanation = try await server.client(in: context).explanation(of: app)
        switch output.output {
        case .json: try context.print(json: explanation)
        case .text: context.print(ExplanationView(style: context.style).lines(explanation))
        }
        return .success
    }
}
