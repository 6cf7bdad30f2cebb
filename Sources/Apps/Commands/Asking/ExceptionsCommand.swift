import ArgumentParser
import WebAPI

/// `pacer exceptions`: who keeps which app from what git says, and until when.
struct ExceptionsCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "exceptions",
        abstract: "Show everything that keeps apps from what git says: who, why, until when.",
        discussion: """
            Pins, suspensions and other numbers of instances end by themselves; what is held back since it failed, and \
            an aborted rollout, do not. What ends first comes first.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let exceptions = try await server.client(in: context).exceptions()
        switch output.output {
        case .json: try context.print(json: exceptions)
        case .text: context.print(ExceptionsView(style: context.style).lines(exceptions))
        }
        return .success
    }
}
