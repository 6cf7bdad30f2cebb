import Commands
import Synchronization

/// Runs the command line in this process and keeps what it says.
final class Session: Sendable {
    struct Run {
        var status: Int32
        var out: String
        var error: String
    }

    private struct Words {
        var out = ""
        var error = ""
    }

    private let words = Mutex(Words())
    private let environment: [String: String]
    private let isInteractive: Bool
    private let exchange: APIExchange

    init(
        environment: [String: String] = [:],
        isInteractive: Bool = false,
        exchange: @escaping APIExchange = { call in throw NoAnswer("\(call.url) was not expected to be asked") }
    ) {
        self.environment = environment
        self.isInteractive = isInteractive
        self.exchange = exchange
    }

    func run(_ arguments: String...) async -> Run { await run(arguments) }

    func run(_ arguments: [String]) async -> Run {
        words.withLock { $0 = Words() }
        let terminal = Terminal(
            out: { [self] text in words.withLock { $0.out += text } },
            error: { [self] text in words.withLock { $0.error += text } },
            isInteractive: isInteractive,
            environment: environment,
            user: "ada@desk"
        )
        let status = await Program.run(arguments, in: CommandContext(terminal: terminal, exchange: exchange))
        return words.withLock { Run(status: status.code, out: $0.out, error: $0.error) }
    }
}
