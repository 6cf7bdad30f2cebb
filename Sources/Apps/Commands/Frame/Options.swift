import ArgumentParser

/// How a command answers.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// `--output`.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("How to answer: text for people, json for programs.", valueName: "format")
    )
    var output: OutputFormat = .text
}

/// `--server`.
struct ServerOptions: ParsableArguments {
    static let standard = "http://127.0.0.1:8080"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The controller's address. Otherwise PACER_SERVER, otherwise \(ServerOptions.standard).",
            valueName: "url"
        )
    )
    var server: String?

    func client(in context: CommandContext) throws -> ControllerClient {
        let url = server ?? context.terminal.value("PACER_SERVER") ?? ServerOptions.standard
        return try ControllerClient(server: url, exchange: context.exchange)
    }
}
