import ArgumentParser
import Controller
import Logging

/// `--log-level`.
struct LogOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "How much is logged: trace, debug, info, notice, warning, error. Otherwise PACER_LOG_LEVEL, otherwise info.",
            valueName: "level"
        )
    )
    var logLevel: String?

    func logger(_ label: String, in context: CommandContext) throws -> Logger {
        let text = logLevel ?? context.terminal.value("PACER_LOG_LEVEL") ?? "info"
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure("“\(text)” is no log level", hint: "use one of \(levels)")
        }
        let clock = ShellClock.system()
        return Logger(label: label) { label in
            LineLogHandler(label: label, level: level, now: clock.now, write: context.terminal.error)
        }
    }
}
