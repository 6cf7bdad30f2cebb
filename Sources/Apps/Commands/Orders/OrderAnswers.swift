import WebAPI

/// What came of an order, read as its giver means it: who names apps wants each of them to take it; who names a deployment
/// means those of its apps that are not at their end.
struct OrderAnswers {
    typealias Answer = OrderAnswersDocument.Answer

    /// How many apps are named in one line.
    private static let mostNames = 5

    let document: OrderAnswersDocument
    private let deployment: String?

    /// - Parameter deployment: the id of the deployment that the order is about; `nil` where it names apps.
    init(_ document: OrderAnswersDocument, ofDeployment deployment: String?) {
        self.document = document
        self.deployment = deployment
    }

    /// The apps that are as ordered, or on their way there.
    var obeying: Set<String> { Set(document.answers.filter(isObeying).map(\.app)) }

    /// Whether all that was meant obeys, and anything was.
    var isWhole: Bool { !obeying.isEmpty && failing.isEmpty }

    /// One line for each app that obeys; the others of a deployment that is no failure of are counted.
    var lines: [String] {
        let told = document.answers.filter(isObeying).map(OrderAnswers.line)
        let finished = document.answers.filter { deployment != nil && $0.outcome == "finished" }.map(\.app)
        guard !finished.isEmpty else { return told }
        let more = finished.count > OrderAnswers.mostNames ? " and \(finished.count - OrderAnswers.mostNames) more" : ""
        let names = finished.prefix(OrderAnswers.mostNames).joined(separator: ", ")
        return told + ["\(finished.count) had finished: \(names)\(more)".printable]
    }

    /// One line for each app that did not take the order; one about all where there was nobody to take it.
    var refusals: [String] {
        guard let deployment, obeying.isEmpty, failing.isEmpty else { return failing.map(OrderAnswers.line) }
        return ["there is nothing to \(document.verb): no app is on its way in \(deployment) any more".printable]
    }

    private var failing: [Answer] {
        document.answers.filter { !isObeying($0) && !(deployment != nil && $0.outcome == "finished") }
    }

    private func isObeying(_ answer: Answer) -> Bool {
        answer.done || (deployment != nil && answer.outcome == "unchanged")
    }

    private static func line(_ answer: Answer) -> String { "\(answer.app): \(answer.message)".printable }
}
