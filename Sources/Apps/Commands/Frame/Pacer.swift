import ArgumentParser

/// The program: `pacer`.
struct Pacer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pacer",
        abstract: "GitOps for Apache Mesos: what git declares is what runs.",
        discussion: """
            Exit status: 0 done, 1 an error or a wrong call, 2 changes or drift where they were asked for (plan \
            --detailed-exitcode, drift); with --wait also 3 rolled back, held back, paused or aborted, 4 not done \
            before the deadline.
            """,
        version: Version.current,
        subcommands: [
            ControllerCommand.self, LintCommand.self, RenderCommand.self, FormatCommand.self, SchemaCommand.self,
            ImportCommand.self, PlanCommand.self, StatusCommand.self, ExplainCommand.self,
            DriftCommand.self, ExceptionsCommand.self, SyncCommand.self, RolloutCommand.self, DeploymentCommand.self,
            DoctorCommand.self,
        ]
    )
}

/// This program's version.
package enum Version {
    /// As it stands in `--version`.
    package static let current = "0.1.0"
}
