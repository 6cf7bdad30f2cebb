import ArgumentParser
import Domain
import WebAPI

/// `pacer rollout list`.
struct RolloutList: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the apps that are on their way, or kept from what git says."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let rollouts = try await server.client(in: context).rollouts()
        switch output.output {
        case .json: try context.print(json: rollouts)
        case .text: context.print(RolloutView(style: context.style).lines(rollouts.rollouts))
        }
        return .success
    }
}

/// `pacer rollout show`.
struct RolloutShow: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all about apps' rollouts, and where they could be rolled back to."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp("The apps' ids: /shop/web.", valueName: "app"))
    var apps: [String]

    func validate() throws { for app in apps { _ = try AppID(argument: app) } }

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let client = try server.client(in: context)
        var documents: [AppDocument] = []
        for app in apps { documents.append(try await client.app(app)) }
        switch output.output {
        case .json: try context.print(json: AppsDocument(apps: documents))
        case .text:
            let view = RolloutView(style: context.style)
            context.print(Array(documents.map(view.block).joined(separator: [""])))
        }
        return .success
    }
}

/// Several apps, for a program.
struct AppsDocument: Encodable {
    var formatVersion = FormatVersion.current
    var apps: [AppDocument]

    enum CodingKeys: String, CodingKey {
        case apps
        case formatVersion = "format_version"
    }
}
