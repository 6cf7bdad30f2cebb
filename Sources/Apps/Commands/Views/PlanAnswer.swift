import Domain
import Planning
import WebAPI

/// How a plan is shown and what the shell is told of it.
struct PlanAnswer {
    var document: PlanDocument
    var detailedExitCode: Bool

    func print(as format: OutputFormat, in context: CommandContext) throws -> ExitStatus {
        switch format {
        case .json: try context.print(json: document)
        case .text:
            guard let plan = document.plan else {
                throw Failure(
                    "the plan names apps that there cannot be",
                    hint: "check that --server is of this version"
                )
            }
            context.print(sources())
            context.terminal.out(PlanText(colour: context.terminal.wantsColour).text(of: plan))
        }
        if document.problems.contains(where: { $0.severity == .error }) { return .failure }
        return detailedExitCode && !document.changes.isEmpty ? .changes : .success
    }

    /// What a reader must know of the sources before the plan.
    private func sources() -> [String] {
        (document.sources ?? []).flatMap { source -> [String] in
            var lines: [String] = []
            if let failure = source.failure { lines.append("! source \(source.source) cannot be read: \(failure)") }
            if let held = source.held { lines.append("! source \(source.source) is held: \(held)") }
            return lines.map(\.printable)
        }
    }
}
