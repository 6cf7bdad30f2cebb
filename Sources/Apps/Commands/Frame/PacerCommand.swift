import ArgumentParser
import FoundationEssentials
import WebAPI

/// A command of `pacer`. It is handed everything that it touches, so that tests run it as it is.
protocol PacerCommand: ParsableCommand {
    /// Does it.
    /// - Returns: what the shell is told.
    /// - Throws: where it cannot be done; the error's description is the one line that a person reads.
    func perform(in context: CommandContext) async throws -> ExitStatus
}

/// What commands are handed.
package struct CommandContext: Sendable {
    /// Where words go.
    package var terminal: Terminal
    /// How controllers are asked.
    package var exchange: APIExchange

    /// A context.
    package init(terminal: Terminal, exchange: @escaping APIExchange) {
        self.terminal = terminal
        self.exchange = exchange
    }

    var style: Style { Style(isOn: terminal.wantsColour) }

    /// Prints lines.
    func print(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        terminal.out(lines.joined(separator: "\n") + "\n")
    }

    /// Prints a document for programs.
    func print(json document: some Encodable) throws {
        terminal.out(String(decoding: try JSON.encode(document, .pretty), as: UTF8.self) + "\n")
    }

    /// Says something that is not the answer.
    func note(_ line: String) { terminal.error(line.printable + "\n") }
}
