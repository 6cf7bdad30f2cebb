import ArgumentParser
import Glibc

/// Runs the command line.
package enum Program {
    /// Runs this process's arguments and ends the process.
    package static func main() async -> Never {
        let context = CommandContext(terminal: .process(), exchange: CurlExchange.shared())
        exit(await run(Array(CommandLine.arguments.dropFirst()), in: context).code)
    }

    /// Runs arguments as a shell would hand them over, without the program's name.
    package static func run(_ arguments: [String], in context: CommandContext) async -> ExitStatus {
        let command: any ParsableCommand
        do {
            command = try Pacer.parseAsRoot(arguments)
        } catch {
            return told(error, in: context)
        }
        guard let command = command as? any PacerCommand else {
            // The program alone, and the parser's own commands (help): they say what they have to say by throwing.
            var command = command
            do { try command.run() } catch { return told(error, in: context) }
            return .success
        }
        do {
            return try await command.perform(in: context)
        } catch let error as ConfigurationFailure {
            let view = ProblemView(style: context.style)
            for line in error.problems.flatMap(view.lines) { context.terminal.error(line + "\n") }
            return .failure
        } catch is CancellationError {
            return .failure
        } catch {
            context.terminal.error("pacer: \("\(error)".printable)\n")
            return .failure
        }
    }

    /// Help and the version are asked for; everything else that the parser throws is a wrong call.
    private static func told(_ error: any Error, in context: CommandContext) -> ExitStatus {
        let message = Pacer.fullMessage(for: error, columns: context.terminal.columns) + "\n"
        guard Pacer.exitCode(for: error).isSuccess else {
            context.terminal.error(message)
            return .failure
        }
        context.terminal.out(message)
        return .success
    }
}
