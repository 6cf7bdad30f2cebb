import Domain

/// What `pacer.yaml` at the source's root says.
struct Settings: Sendable {
    /// Which blobs this was read from; files are read again when it changes.
    var key: [String] = []
    /// `pacer.yaml`, and the environment's one over it, for problems.
    var files: [String] = []
    /// Merged under every app.
    var defaults: YAMLNode?
    var problems: [Problem] = []

    var isBroken: Bool { problems.contains { $0.severity == .error } }

    /// Reads the settings from their documents, which are on their layers already.
    static func read(_ document: YAMLNode?, environment: String?, log: ProblemLog) -> YAMLNode? {
        guard let document, !document.isNull else { return nil }
        document.reportDuplicateKeys(log)
        guard let table = MappingReader(document, form: SettingsForm.form, log: log) else { return nil }
        checkEnvironment(table, environment: environment)
        guard let defaults = table.value("defaults") else { return nil }
        guard case .mapping = defaults.content else {
            let hint = "write fields of an app below it"
            table.report(
                .wrongType,
                at: "defaults",
                "`defaults` must be a mapping, but is \(defaults.kindInWords)",
                hint: hint
            )
            return nil
        }
        return defaults
    }

    private static func checkEnvironment(_ table: MappingReader, environment: String?) {
        guard let names = table.texts("environments"), let environment, !names.contains(environment) else { return }
        let near = Spelling.nearest(to: environment, among: names)
        table.report(
            .unknownEnvironment,
            at: "environments",
            "The controller's environment `\(clipped(environment))` is none of those that the source declares",
            hint: near.map { "did the controller's configuration mean `\($0)`?" }
                ?? "add it to the list, or configure another"
        )
    }
}
