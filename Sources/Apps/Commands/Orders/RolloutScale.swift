import ArgumentParser
import Domain

/// `pacer rollout scale`.
struct RolloutScale: OrderCommand {
    static let verb = "scale"
    static let configuration = CommandConfiguration(
        commandName: verb,
        abstract: "Another number of instances than git says, for a while.",
        discussion: """
            Nothing restarts for it. After a day (or what --for says), or with `pacer rollout resume`, the app has the \
            number of git again, whatever that is by then.
            """
    )

    @OptionGroup var order: OrderOptions
    @OptionGroup var waiting: WaitOptions
    @OptionGroup var span: LastingOptions

    // Unconditionally, here and for lengths of time: a negative number is not taken for another option.
    @Option(
        name: .long,
        parsing: .unconditional,
        help: ArgumentHelp("How many instances of each app shall run.", valueName: "n")
    )
    var instances: Int

    func validate() throws {
        guard (0...ScaleOverride.most).contains(instances) else {
            throw ValidationError("--instances must be a number from 0 to \(ScaleOverride.most).")
        }
    }

    var wait: WaitOptions? { waiting }
    var lasting: String? { span.duration }
    var count: Int? { instances }
}
