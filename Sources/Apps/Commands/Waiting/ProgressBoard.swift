import Synchronization
import WebAPI

/// Shows how far a wait is: on a terminal as lines that are written anew, elsewhere as one line for each change.
final class ProgressBoard: Sendable {
    /// Apps that have a line of their own.
    static let mostApps = 10

    private struct State {
        var shown: [String] = []
        var told = ""
        /// What was told for good, so that nothing is told twice.
        var news: Set<String> = []
    }

    private let context: CommandContext
    private let format: OutputFormat
    private let state = Mutex(State())

    init(_ context: CommandContext, _ format: OutputFormat) {
        self.context = context
        self.format = format
    }

    /// Progress is not the answer where a program reads the answer.
    private var isLive: Bool { format == .text && context.terminal.canRewrite }

    /// Shows how far everything is.
    func show(_ result: WatchResult) {
        guard !result.pending.isEmpty else { return }
        guard isLive else {
            for line in result.news where isNew(line) { write(line) }
            return tell(result.line)
        }
        let apps = result.pending.prefix(ProgressBoard.mostApps)
        let width = apps.map(\.id.count).max() ?? 0
        var lines = ["\(result.pending.count) of \(ProblemView.count(result.count, "app")) to go"]
        lines += apps.map { app in
            let gap = String(repeating: " ", count: width - app.id.count)
            return "  \(app.id)\(gap)  \(app.instances.healthy)/\(app.instances.desired)  \(WatchResult.state(of: app))"
        }
        if result.pending.count > apps.count { lines.append("  and \(result.pending.count - apps.count) more") }
        rewrite(lines + result.news.prefix(ProgressBoard.mostApps))
    }

    private func isNew(_ line: String) -> Bool { state.withLock { $0.news.insert(line).inserted } }

    /// Shows why there is no news.
    func show(_ sentence: String) { isLive ? rewrite([sentence]) : tell(sentence) }

    /// Takes away what was shown for the moment, before the answer comes.
    func clear() { if isLive { rewrite([]) } }

    private func tell(_ line: String) {
        let isNew = state.withLock { state in
            defer { state.told = line }
            return state.told != line
        }
        guard isNew else { return }
        write(line)
    }

    private func write(_ line: String) {
        if format == .text { context.print([line.printable]) } else { context.note(line) }
    }

    /// Up to the first line that was shown, everything below it erased, and the new lines; each is cut to the terminal's
    /// width, since one that wraps would be two lines to go up.
    private func rewrite(_ lines: [String]) {
        let room = context.terminal.columns - 1
        let fitting = lines.map { line in
            line.printable.count <= room ? line.printable : line.printable.prefix(room - 1) + "…"
        }
        state.withLock { state in
            guard state.shown != fitting else { return }
            let back = state.shown.isEmpty ? "" : "\u{1B}[\(state.shown.count)A\r\u{1B}[J"
            context.terminal.out(back + fitting.map { $0 + "\n" }.joined())
            state.shown = fitting
        }
    }
}
