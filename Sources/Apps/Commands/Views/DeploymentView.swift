import WebAPI

/// Deployments for a reader.
struct DeploymentView {
    var style: Style

    func lines(_ deployments: [DeploymentsDocument.Entry]) -> [String] {
        guard !deployments.isEmpty else { return ["There are no deployments yet."] }
        var table = Table("DEPLOYMENT", "COMMIT", "STARTED", "FINISHED", "APPS")
        for deployment in deployments {
            table.add(
                Table.Cell(deployment.id),
                Table.Cell(String(deployment.revision.prefix(12))),
                Table.Cell(deployment.started.brief),
                Table.Cell(deployment.finished?.brief ?? "-", deployment.finished == nil ? .yellow : nil),
                Table.Cell(DeploymentView.apps(deployment))
            )
        }
        return table.lines(style)
    }

    func lines(_ document: DeploymentDocument) -> [String] {
        let deployment = document.deployment
        let facts = [
            ("source", deployment.source), ("commit", deployment.revision), ("plan", deployment.planHash),
            ("started", deployment.started.brief), ("finished", deployment.finished?.brief ?? "not yet"),
            ("apps", DeploymentView.apps(deployment)),
        ]
        let head = [style.paint("deployment \(deployment.id)".printable, .bold)]
        let lines = facts.map { name, text in
            "    \(name):\(String(repeating: " ", count: 10 - name.count))\(text.printable)"
        }
        guard !document.rollouts.isEmpty else { return head + lines }
        return head + lines + [""] + RolloutView(style: style).lines(document.rollouts)
    }

    private static func apps(_ deployment: DeploymentsDocument.Entry) -> String {
        deployment.underway == 0 ? "\(deployment.apps)" : "\(deployment.apps) (\(deployment.underway) on their way)"
    }
}
