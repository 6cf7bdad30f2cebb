import ArgumentParser
import WebAPI

/// `pacer drift`: what runs that git does not say.
struct DriftCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Show what deviates from git and no rollout explains.",
        discussion: "Exit status 0: no drift, 2: drift, 1: error."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let drift = try await server.client(in: context).drift()
        switch output.output {
        case .json: try context.print(json: drift)
        case .text: context.print(DriftView(style: context.style).lines(drift))
        }
        return drift.episodes.isEmpty ? .success : .changes
    }
}
