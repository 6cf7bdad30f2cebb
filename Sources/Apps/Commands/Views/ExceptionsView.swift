import WebAPI

/// What keeps apps from what git says, for a reader.
struct ExceptionsView {
    var style: Style

    func lines(_ document: ExceptionsDocument) -> [String] {
        guard !document.exceptions.isEmpty else { return ["Nothing keeps an app from what git says."] }
        var table = Table("APP", "KIND", "WHAT", "WHO", "SINCE", "UNTIL", "WHY")
        for entry in document.exceptions {
            table.add(
                Table.Cell(entry.app),
                Table.Cell(entry.kind, entry.until == nil ? .red : .yellow),
                Table.Cell(entry.what),
                Table.Cell(entry.who ?? "-"),
                Table.Cell(entry.since.brief),
                Table.Cell(entry.until?.brief ?? "-"),
                Table.Cell(entry.why)
            )
        }
        let count = ProblemView.count(document.exceptions.count, "exception")
        return table.lines(style) + [
            "",
            "\(count). `pacer rollout resume APP` ends a pin, a suspension, another number of instances and a pause now;",
            "`pacer rollout retry APP` has what is held back, or was aborted, tried again.",
        ]
    }
}
