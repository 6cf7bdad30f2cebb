import ArgumentParser
import WebAPI

/// `pacer sync`: look at git now and apply what is new.
struct SyncCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Look at git now and apply what is new.",
        discussion: """
            With --wait, returns when every app is as git says and healthy: status 0. Status 1: a file, a source, or an \
            app that cannot be as git says needs a person. 3: an app was rolled back, is held back, paused or aborted. 4: the deadline is over. An app that a \
            person pinned or suspended, or that nothing may change (its removal is withheld, or pruning is off), is not \
            waited for.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    @Option(name: .long, help: ArgumentHelp("Only this source.", valueName: "name"))
    var source: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Let a held plan go, if it still is the one with this hash.", valueName: "hash")
    )
    var confirm: String?

    @OptionGroup var waiting: WaitOptions

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let client = try server.client(in: context)
        let report = try await client.sync(SyncRequest(source: source, confirm: confirm))
        let view = SyncView(style: context.style)
        if output.output == .text { context.print(report.outcomes.flatMap(view.lines)) }
        let isStopped = report.outcomes.contains { $0.result == "held" || $0.result == "failed" }
        guard waiting.wait, !isStopped else {
            if output.output == .json { try context.print(json: report) }
            return isStopped ? .failure : .success
        }
        // A confirmed plan is one source's, whichever that is.
        let isAboutAll = source == nil && confirm == nil
        let sources = isAboutAll ? nil : Set(report.outcomes.map(\.source))
        let watch = Watch(client: client, goal: .sync(report.outcomes, of: sources), limit: waiting.limit)
        let result = try await watch.result(on: ProgressBoard(context, output.output))
        switch output.output {
        case .json: try context.print(json: result.status)
        case .text: context.print(WatchView(style: context.style).lines(result))
        }
        return result.exitStatus
    }
}
