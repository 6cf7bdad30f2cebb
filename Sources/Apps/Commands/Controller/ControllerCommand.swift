import ArgumentParser

/// `pacer controller`: runs a controller.
struct ControllerCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller",
        abstract: "Run a controller until SIGTERM or SIGINT.",
        discussion: """
            Every key of the configuration can also come from the environment (PACER_ and the key in capitals: \
            PACER_ZOOKEEPER, PACER_FRAMEWORK_ROLE, PACER_SYNC_SELF_HEAL) or a flag. A flag counts more than a \
            variable, a variable more than the file, the file more than the default.
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var log: LogOptions

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let configuration = try options.load(in: context)
        let logger = try log.logger("pacer", in: context)
        try await ControllerProcess(configuration, logger: logger).run()
        return .success
    }
}
