import ArgumentParser
import Digests
import Domain
import GitSource
import Manifests
import OrderedCollections
import YAMLReader

/// `pacer render`: what a source declares once everything is merged and defaulted.
struct RenderCommand: PacerCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case yaml
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Print the final definitions: defaults and the environment's files merged, old forms rewritten.",
        discussion: """
            What is printed is a definition that Pacer and Marathon take. Errors go to standard error, and the apps that \
            have them are left out; the exit status is then 1.
            """
    )

    @Option(name: [.short, .long], help: ArgumentHelp("How to print it.", valueName: "format"))
    var output: Format = .yaml

    @Option(name: .long, help: "The environment whose overlays are merged.")
    var environment: String?

    @Option(name: .long, help: ArgumentHelp("The group that the source is mounted at.", valueName: "id"))
    var group = "/"

    @Option(name: .long, help: ArgumentHelp("The source's folder.", valueName: "directory"))
    var path = "."

    @Argument(help: ArgumentHelp("Apps, or groups whose apps are meant. All, where none is given.", valueName: "app"))
    var apps: [String] = []

    func perform(in context: CommandContext) async throws -> ExitStatus {
        guard let group = GroupID(group) else {
            throw Failure("“\(group)” is no group", hint: "write a path of lower-case names, for example /shop")
        }
        var manifests = SourceManifests(
            source: "render",
            group: group,
            environment: environment,
            parse: parseYAML,
            sha256: sha256
        )
        let state = manifests.apply(try await LocalTree.files(at: path, source: "render"))
        let errors = state.problems.filter { $0.severity == .error }
        for line in errors.flatMap(ProblemView(style: Style(isOn: false)).lines) { context.note(line) }
        let chosen = try choose(from: state)
        let definitions = chosen.map { DefinitionWriter.defaultedDefinition(of: $0.spec.app) }
        switch output {
        case .yaml: context.terminal.out(try YAMLWriter.text(definitions))
        case .json: context.terminal.out(FieldValue.list(definitions).indented() + "\n")
        }
        return errors.isEmpty ? .success : .failure
    }

    /// The apps that were named, in the source's order.
    private func choose(from state: DesiredState) throws -> [DesiredState.Declaration] {
        guard !apps.isEmpty else { return Array(state.apps.values) }
        var chosen: OrderedSet<AppID> = []
        for name in apps {
            let path = name.hasPrefix("/") ? name : "/\(name)"
            let found = state.apps.keys.filter { $0.path == path || $0.path.hasPrefix(path == "/" ? path : "\(path)/") }
            guard !found.isEmpty else {
                let hint =
                    state.broken.isEmpty
                    ? "`pacer render` without it prints all" : "a file with an error may declare it"
                throw Failure("the source declares no app or group \(path)", hint: hint)
            }
            chosen.formUnion(found)
        }
        return state.apps.filter { chosen.contains($0.key) }.map(\.value)
    }
}
