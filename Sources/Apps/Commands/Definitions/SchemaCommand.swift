import ArgumentParser
import Manifests

/// `pacer schema`: what editors check manifests by.
struct SchemaCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of manifests, for editors.",
        discussion: """
            A file names its schema in its first line: `# yaml-language-server: $schema=URL`. Every controller serves it at \
            /api/v1/schema.
            """
    )

    func perform(in context: CommandContext) async throws -> ExitStatus {
        context.terminal.out(ManifestSchema.text)
        return .success
    }
}
