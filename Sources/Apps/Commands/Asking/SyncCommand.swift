import ArgumentParser
import Domain
import Manifests
import WebAPI

/// `pacer sync`: look at git now and apply what is new.
struct SyncCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Look at git now and apply what is new.",
        discussion: """
            With --wait, returns when every app is as git says and healthy, with status 0; or with status 1 when \
            something needs a person or the time is over.
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

    @Flag(name: .long, help: "Wait until everything is done.")
    var wait = false

    @Option(name: .long, help: ArgumentHelp("How long to wait at most.", valueName: "duration"))
    var timeout = "10m"

    func validate() throws {
        guard Milliseconds(written: timeout) != nil else {
            throw ValidationError("“\(timeout)” is no length of time; write a number and its unit, for example 10m.")
        }
    }

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let client = try server.client(in: context)
        let report = try await client.sync(SyncRequest(source: source, confirm: confirm))
        let view = SyncView(style: context.style)
        if output.output == .text { context.print(report.outcomes.flatMap(view.lines)) }
        let isStopped = report.outcomes.contains { $0.result == "held" || $0.result == "failed" }
        guard wait, !isStopped else {
            if output.output == .json { try context.print(json: report) }
            return isStopped ? .failure : .success
        }
        let limit = Milliseconds(written: timeout) ?? .minutes(10)
        let waiting = SyncWaiting(client: client, outcomes: report.outcomes, limit: .milliseconds(limit.count))
        let result = try await waiting.result { line in
            // Progress is not the answer where a program reads the answer.
            if output.output == .text { context.print([line]) } else { context.note(line) }
        }
        switch output.output {
        case .json: try context.print(json: result.status)
        case .text: context.print(view.lines(result))
        }
        return result.isGood ? .success : .failure
    }
}
