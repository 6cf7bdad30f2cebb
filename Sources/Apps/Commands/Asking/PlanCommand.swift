import ArgumentParser
import Boundary
import Digests
import Domain
import GitSource
import Manifests
import Planning
import WebAPI
import YAMLReader

/// `pacer plan`: what would happen.
struct PlanCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what would change.",
        discussion: """
            With a PATH, the files there are compared with a revision of the git repository around them (--base, by \
            default HEAD): what would a commit of them change? With --server they are compared with what the \
            controller runs. With --server and no PATH, the controller's own plan is shown. Exit status 1 if the files \
            have errors.
            """
    )

    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("Compare with this revision.", valueName: "rev"))
    var base: String?

    @Option(name: .long, help: ArgumentHelp("Compare with what this controller runs.", valueName: "url"))
    var server: String?

    @Option(
        name: .long,
        help: ArgumentHelp("With --server: only this source, or the one that the files are of.", valueName: "name")
    )
    var source: String?

    @Option(name: .long, help: "With --base: the environment whose overlays are merged.")
    var environment: String?

    @Option(
        name: .long,
        help: ArgumentHelp("With --base: the group that the files are mounted at, otherwise /.", valueName: "id")
    )
    var group: String?

    @Flag(name: .long, help: "Exit status 0: no changes, 2: changes, 1: error.")
    var detailedExitcode = false

    @Argument(help: ArgumentHelp("The folder of a source; by default the current one.", valueName: "path"))
    var path: String?

    func validate() throws {
        guard base == nil || server == nil else {
            throw ValidationError("--base compares with git, --server with a controller; give one of them.")
        }
    }

    /// The controller that is asked, if one is: a PATH is compared with git unless a flag names a controller.
    private func controller(in context: CommandContext) -> String? {
        if let server { return server }
        return path == nil && base == nil ? context.terminal.value("PACER_SERVER") : nil
    }

    /// What would do nothing is refused: it was meant to do something.
    private func refuseIdleFlags(asking controller: String?) throws {
        guard controller != nil else {
            guard source == nil else {
                throw Failure("--source names a source of a controller", hint: "give --server as well, or leave it out")
            }
            return
        }
        let idle = [environment.map { _ in "--environment" }, group.map { _ in "--group" }].compactMap { $0 }
        guard let first = idle.first else { return }
        throw Failure(
            "\(first) has no effect on a controller's plan, which takes it from its configuration",
            hint: "leave it out, or compare with git: give --base and no --server"
        )
    }

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let document: PlanDocument
        let server = controller(in: context)
        try refuseIdleFlags(asking: server)
        if let server {
            let client = try ControllerClient(server: server, exchange: context.exchange)
            if let path {
                document = try await preview(path, client)
            } else {
                document = try await client.plan(of: source)
            }
        } else {
            document = try await plan(at: path ?? ".", since: base ?? "HEAD")
        }
        return try PlanAnswer(document: document, detailedExitCode: detailedExitcode).print(
            as: output.output,
            in: context
        )
    }

    private func preview(_ path: String, _ client: ControllerClient) async throws -> PlanDocument {
        let update = try await LocalTree.files(at: path, source: "preview")
        guard case .all(let files) = update.files else { return try await client.plan(of: source) }
        var texts: [String: String] = [:]
        for file in files {
            guard let content = file.content, let text = String(validating: content, as: UTF8.self) else {
                throw Failure(
                    "\(file.path) cannot be sent as text",
                    hint: "`pacer lint \(path)` says what is wrong with it"
                )
            }
            texts[file.path] = text
        }
        return try await client.preview(PreviewRequest(source: source, files: texts))
    }

    /// The plan from a cluster that runs the base revision whole.
    private func plan(at path: String, since base: String) async throws -> PlanDocument {
        let written = group ?? "/"
        guard let group = GroupID(written) else {
            throw Failure("“\(written)” is no group", hint: "write a path of lower-case names, for example /shop")
        }
        let before = try await tree(of: base, at: path, group)
        let after = state(try await LocalTree.files(at: path, source: "plan"), group)
        let planner = Planner(policy: Planner.Policy(), sha256: sha256)
        let plan = planner.plan(desired: after, actual: PlanBetween.settled(before))
        return PlanDocument(plan, found: after.problems)
    }

    private func tree(of base: String, at path: String, _ group: GroupID) async throws -> DesiredState {
        do throws(SourceFailure) {
            return state(try await LocalTree.files(of: base, at: path, source: "plan"), group)
        } catch {
            guard error.kind == .pathMissing || error.kind == .empty else { throw error }
            // A folder that the revision did not have declares nothing there: everything is new.
            return DesiredState(source: "plan", group: group, revision: Revision(base), tree: "")
        }
    }

    private func state(_ update: SourceUpdate, _ group: GroupID) -> DesiredState {
        var manifests = SourceManifests(
            source: "plan",
            group: group,
            environment: environment,
            parse: parseYAML,
            sha256: sha256
        )
        return manifests.apply(update)
    }
}
