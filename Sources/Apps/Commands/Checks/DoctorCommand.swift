import ArgumentParser
import Logging
import WebAPI

/// `pacer doctor`: tries out everything that a controller needs.
struct DoctorCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Try out what a controller needs: git, ZooKeeper, Mesos, the API's address.",
        discussion: "Changes nothing. Exit status 1 if anything is wrong; it is said what to do."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var options: ConfigurationOptions

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let configuration = try options.load(in: context)
        let silent = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        let findings = await Doctor(configuration, logger: silent).examine()
        let report = DoctorDocument(checks: findings)
        switch output.output {
        case .json: try context.print(json: report)
        case .text: context.print(DoctorView(style: context.style).lines(report))
        }
        return report.isHealthy ? .success : .failure
    }
}
