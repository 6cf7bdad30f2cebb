import ArgumentParser
import WebAPI

/// `pacer deployment`: the batches.
struct DeploymentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deployment",
        abstract: "Look at deployments, and give orders about all of their apps.",
        discussion: """
            An order goes to every app of the deployment, and is carried out for each by itself: `pacer rollout` has the \
            same verbs for single apps, and the same exit status. Apps that had finished, or are as ordered already, are \
            no failure; a deployment of which nothing is on its way any more is one.
            """,
        subcommands: [
            DeploymentList.self, DeploymentShow.self, DeploymentPause.self, DeploymentResume.self,
            DeploymentAbort.self, DeploymentRollback.self, DeploymentRetry.self, DeploymentRestart.self,
            DeploymentPromote.self, DeploymentSuspend.self,
        ]
    )
}

/// `pacer deployment list`.
struct DeploymentList: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the deployments under way and the last that ended."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let deployments = try await server.client(in: context).deployments()
        switch output.output {
        case .json: try context.print(json: deployments)
        case .text: context.print(DeploymentView(style: context.style).lines(deployments.deployments))
        }
        return .success
    }
}

/// The id of a deployment.
struct DeploymentArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The deployment's id: shop-3-1.", valueName: "id"))
    var id: String

    /// An id is made of a source's name and numbers; it becomes part of a URL.
    func validate() throws {
        let isID = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isID, id.contains(where: { $0 != "." }) else {
            throw ValidationError("“\(id)” is no deployment's id; `pacer deployment list` shows them.")
        }
    }
}

/// `pacer deployment show`.
struct DeploymentShow: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a deployment and the apps that are still on their way in it."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var deployment: DeploymentArgument

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let document = try await server.client(in: context).deployment(deployment.id)
        switch output.output {
        case .json: try context.print(json: document)
        case .text: context.print(DeploymentView(style: context.style).lines(document))
        }
        return .success
    }
}
