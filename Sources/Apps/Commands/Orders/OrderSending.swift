import WebAPI

/// Sends an order, waits for its end where that is wanted, and tells what came of it.
struct OrderSending {
    var client: ControllerClient
    var format: OutputFormat
    /// How long to wait; `nil` for not at all.
    var limit: Duration?

    /// - Returns: failure where an app did not take the order, otherwise what the wait ended with.
    func send(_ request: OrderRequest, in context: CommandContext) async throws -> ExitStatus {
        // What is held back already is no answer to this order.
        let before = limit == nil ? [] : try await client.rollouts().rollouts
        let answers = OrderAnswers(try await client.order(request), ofDeployment: request.deployment)
        if format == .text { tell(answers, in: context) }
        guard let limit, !answers.obeying.isEmpty else {
            if format == .json { try context.print(json: answers.document) }
            return answers.isWhole ? .success : .failure
        }
        let held = before.compactMap { entry in entry.heldBack.map { (entry.id, $0) } }
        let heldBefore = Dictionary(held, uniquingKeysWith: { first, _ in first })
        let goal = WatchGoal.order(verb: request.verb, apps: answers.obeying, heldBefore: heldBefore)
        let result = try await Watch(client: client, goal: goal, limit: limit)
            .result(on: ProgressBoard(context, format))
        let status = answers.isWhole ? result.exitStatus : .failure
        switch format {
        case .json: try context.print(json: OrderOutcomeDocument(answers, result, status))
        case .text: context.print(WatchView(style: context.style).orderLines(result))
        }
        return status
    }

    private func tell(_ answers: OrderAnswers, in context: CommandContext) {
        context.print(answers.lines)
        for line in answers.refusals { context.terminal.error(context.style.paint("! \(line)", .red) + "\n") }
    }
}

/// An order and what it came to, for a program.
struct OrderOutcomeDocument: Encodable {
    var formatVersion = FormatVersion.current
    /// What was ordered.
    var verb: String
    /// What came of it for each app.
    var answers: [OrderAnswersDocument.Answer]
    /// `done`, `halted` (rolled back, held back, paused, aborted), `late` or `failed`.
    var outcome: String
    /// The apps that were waited for, as they are now.
    var apps: [StatusDocument.App]

    enum CodingKeys: String, CodingKey {
        case verb, answers, outcome, apps
        case formatVersion = "format_version"
    }

    init(_ answers: OrderAnswers, _ result: WatchResult, _ status: ExitStatus) {
        verb = answers.document.verb
        self.answers = answers.document.answers
        let outcomes: [ExitStatus: String] = [.success: "done", .halted: "halted", .late: "late"]
        outcome = outcomes[status] ?? "failed"
        apps = result.status.apps.filter { answers.obeying.contains($0.id) }
    }
}
