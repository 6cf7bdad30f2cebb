import ArgumentParser

/// `pacer status`: all apps at a glance.
struct StatusCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show all apps: whether they are as git says, and how they are."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let status = try await server.client(in: context).status()
        switch output.output {
        case .json: try context.print(json: status)
        case .text: context.print(StatusView(style: context.style).lines(status))
        }
        return .success
    }
}
