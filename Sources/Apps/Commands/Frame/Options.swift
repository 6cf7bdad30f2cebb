import ArgumentParser
import Domain
import Manifests

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

/// `--wait` and `--deadline`.
struct WaitOptions: ParsableArguments {
    @Flag(name: .long, help: "Wait until everything is done.")
    var wait = false

    @Option(
        name: [.customLong("deadline"), .customLong("timeout")],
        help: ArgumentHelp("With --wait: how long at most.", valueName: "duration")
    )
    var deadline = "10m"

    func validate() throws { _ = try Milliseconds(flag: deadline) }

    /// How long to wait at most; validated before.
    var limit: Duration { .milliseconds((Milliseconds(written: deadline) ?? .minutes(10)).count) }

    /// ``limit`` where `--wait` was given.
    var limitIfWanted: Duration? { wait ? limit : nil }
}

extension Milliseconds {
    /// A flag's length of time.
    /// - Throws: `ValidationError` where it is none.
    init(flag text: String) throws {
        guard let length = Milliseconds(written: text) else {
            throw ValidationError(
                "“\(text)” is no length of time, or longer than 100 years; write a number and its unit: 90s, 30m, 1h30m, 7d."
            )
        }
        self = length
    }
}

extension AppID {
    /// An argument's app.
    /// - Throws: `ValidationError` where it is no id.
    init(argument text: String) throws {
        guard let id = AppID(text) else {
            throw ValidationError("“\(text)” is no app id; an id is a path, for example /shop/web.")
        }
        self = id
    }
}
