import Domain
package import Manifests

/// Loads the configuration: flag over environment over file over default.
package struct ConfigurationLoader: Sendable {
    /// Reads a file's bytes.
    /// - Throws: where it cannot be read; the error's description says why.
    package typealias FileReader = @Sendable (_ path: String) throws -> [UInt8]

    private let parse: YAMLParser
    private let read: FileReader
    private let environment: [String: String]

    /// Variables that begin like the configuration's and are something else.
    private static let otherVariables: Set<String> = ["PACER_SERVER", "PACER_LOG_LEVEL", "PACER_CONFIG"]

    /// A loader.
    package init(parse: @escaping YAMLParser, environment: [String: String], read: @escaping FileReader) {
        self.parse = parse
        self.environment = environment
        self.read = read
    }

    /// Loads.
    /// - Parameters:
    ///   - file: the file's path; without one everything comes from the environment and the flags.
    ///   - flags: the flags that were given, by their names (`--listen`).
    /// - Throws: everything that is wrong, at once.
    package func load(file: String?, flags: [String: String]) throws(ConfigurationFailure) -> Configuration {
        let root = try tree(of: file)
        var layers = ConfigurationLayers(file: file ?? "configuration", root: root, parse: parse)
        for setting in Setting.all {
            if let text = flags[setting.flag] {
                layers.set(setting, to: text, from: setting.flag)
            } else if let text = environment[setting.variable], !text.isEmpty {
                layers.set(setting, to: text, from: setting.variable)
            }
        }
        let log = ProblemLog(layers: layers.names)
        for entry in layers.failures { log.report(entry.failure, layer: entry.layer) }
        let reader = ConfigurationReader(log: log, environment: environment)
        let configuration = reader.configuration(layers.root)
        let problems = misspeltVariables() + log.problems.map(ConfigurationLoader.strict)
        guard let configuration, problems.isEmpty else { throw ConfigurationFailure(problems: problems.sorted()) }
        return configuration
    }

    private func tree(of file: String?) throws(ConfigurationFailure) -> YAMLNode {
        let empty = YAMLNode(.mapping([]), at: Mark(line: 0, column: 0))
        guard let file else { return empty }
        let bytes: [UInt8]
        do {
            bytes = try read(file)
        } catch {
            throw ConfigurationLoader.failure(file, "The configuration cannot be read: \(error)", "check --config")
        }
        let parsed = parse(bytes)
        if let failure = parsed.failure {
            let log = ProblemLog(file: file)
            log.report(failure)
            throw ConfigurationFailure(problems: log.problems)
        }
        guard parsed.documents.count < 2 else {
            let mark = parsed.documents[1].mark
            let log = ProblemLog(file: file)
            log.report(.syntax, at: mark, "A configuration is one document, but another begins here", hint: "remove it")
            throw ConfigurationFailure(problems: log.problems)
        }
        guard let document = parsed.documents.first, !document.isNull else { return empty }
        return document
    }

    /// A manifest's unknown keys may be somebody's notes; a configuration's are mistakes.
    private static func strict(_ problem: Problem) -> Problem {
        guard problem.code == ProblemCode.unknownKey.rawValue else { return problem }
        var strict = problem
        strict.code = ProblemCode.misspeltKey.rawValue
        strict.severity = .error
        if let end = problem.message.lastIndex(of: ";") { strict.message = String(problem.message[..<end]) }
        strict.hint = "remove it; `pacer controller --help` lists the keys"
        return strict
    }

    /// A variable that is nearly one of ours is a mistake, too.
    private func misspeltVariables() -> [Problem] {
        let known = Set(Setting.all.map(\.variable)).union(ConfigurationLoader.otherVariables)
        let keys = KnownKeys(known)
        return environment.keys.filter { $0.hasPrefix("PACER_") && !known.contains($0) }.compactMap { name in
            guard let near = keys.nearest(to: name) else { return nil }
            return Problem(
                code: ProblemCode.misspeltKey.rawValue,
                file: name,
                line: 0,
                column: 0,
                message: "There is no setting for this environment variable",
                hint: "did you mean `\(near)`?"
            )
        }
    }

    private static func failure(_ file: String, _ message: String, _ hint: String) -> ConfigurationFailure {
        ConfigurationFailure(
            problems: [
                Problem(
                    code: ProblemCode.syntax.rawValue,
                    file: file,
                    line: 0,
                    column: 0,
                    message: message,
                    hint: hint
                )
            ]
        )
    }
}
