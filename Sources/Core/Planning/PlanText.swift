import Domain

/// A plan for a reader at a terminal, in Terraform's manner.
package struct PlanText {
    /// Whether symbols carry ANSI colours. The symbols say all that the colours say.
    private let colour: Bool

    /// A writer; without colour where nothing else is asked for.
    package init(colour: Bool = false) { self.colour = colour }

    /// The whole text, ending with a line feed: a block for each change, the problems, the sum.
    package func text(of plan: Plan) -> String {
        var lines: [String] = []
        for change in plan.changes { lines += block(change) + [""] }
        for problem in plan.problems { lines += PlanText.lines(of: problem) + [""] }
        lines.append(PlanText.summary(of: plan))
        return lines.joined(separator: "\n") + "\n"
    }

    /// The sum in one line: `Plan: 2 to create, 3 to replace.` or `No changes. …`.
    package static func summary(of plan: Plan) -> String {
        guard !plan.changes.isEmpty else {
            let withheld = plan.problems.isEmpty ? "" : " What the problems above concern is left as it is."
            return "No changes. What is recorded is what git declares.\(withheld)"
        }
        let counts = Change.Action.allCases.compactMap { action -> String? in
            let count = plan.count(of: action)
            return count == 0 ? nil : "\(count) to \(action.rawValue)"
        }
        return "Plan: \(counts.joined(separator: ", "))."
    }
}

extension PlanText {
    private func block(_ change: Change) -> [String] {
        var lines = ["\(symbol(change.action)) \(change.app) \(PlanText.title(change))"]
        if change.action != .remove { lines += change.fields.map { "    " + line($0) } }
        lines.append("    tasks: \(PlanText.tasks(change.tasks))")
        if let placement = change.placement { lines.append("    fits now: \(PlanText.words(placement, change.tasks))") }
        if !change.after.isEmpty { lines.append("    after: \(PlanText.list(change.after))") }
        return lines
    }

    private static func title(_ change: Change) -> String {
        let file = printable(change.file)
        switch change.action {
        case .create: return "will be created (\(file))"
        case .replace: return "will be replaced (\(file))"
        case .update: return "will be updated in place (\(file))"
        case .scale: return "will be scaled (\(file))"
        case .remove: return "will be removed (was in \(file))"
        }
    }

    private func line(_ field: Change.Field) -> String {
        let forces = field.forcesReplacement ? paint("  # forces replacement", .red) : ""
        let path = PlanText.printable(field.path)
        let before = PlanText.printable(field.before.description)
        let after = PlanText.printable(field.after.description)
        if field.before == .null { return "\(paint("+", .green)) \(path): \(after)\(forces)" }
        if field.after == .null { return "\(paint("-", .red)) \(path): \(before)\(forces)" }
        return "\(paint("~", .yellow)) \(path): \(before) -> \(after)\(forces)"
    }

    private static func tasks(_ tasks: Change.Tasks) -> String {
        "\(tasks.start) to start, \(tasks.stop) to stop, \(tasks.keep) to keep"
    }

    private static func words(_ placement: Change.Placement, _ tasks: Change.Tasks) -> String {
        guard placement.agents > 0 else { return "not known, since no agent has made an offer that it could use" }
        let agents =
            placement.agents == 1 ? "the 1 agent that is known" : "the \(placement.agents) agents that are known"
        guard placement.fits < tasks.start else { return "all \(tasks.start) on \(agents)" }
        let missing = placement.missing.map { "; then \(printable($0))" } ?? ""
        return "\(placement.fits) of \(tasks.start) on \(agents)\(missing)"
    }

    /// The first few apps by name, the rest as a number.
    private static func list(_ apps: [AppID]) -> String {
        let named = apps.prefix(5).map(\.path).joined(separator: ", ")
        return apps.count > 5 ? "\(named) and \(apps.count - 5) more" : named
    }

    private static func lines(of problem: Problem) -> [String] {
        let severity = problem.severity == .error ? "Error" : "Warning"
        let place = problem.place.isEmpty ? "" : " \(printable(problem.place)):"
        return [
            "\(severity) \(problem.code):\(place) \(printable(problem.message))",
            "    \(printable(problem.hint))",
        ]
    }

    /// Text from a repository without the control characters that could steer a terminal.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 32 || (127..<160).contains(scalar.value)
    }
}

// MARK: - Symbols and colours

extension PlanText {
    private enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    private func symbol(_ action: Change.Action) -> String {
        switch action {
        case .create: paint("+", .green)
        case .replace: paint("-", .red) + "/" + paint("+", .green)
        case .update, .scale: paint("~", .yellow)
        case .remove: paint("-", .red)
        }
    }

    private func paint(_ text: String, _ colour: Colour) -> String {
        self.colour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
