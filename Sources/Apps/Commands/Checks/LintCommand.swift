import ArgumentParser
import Boundary
import Digests
import Domain
import GitSource
import Manifests
import WebAPI
import YAMLReader

/// `pacer lint`: checks files as a controller would read them.
struct LintCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check app definitions, without a controller.",
        discussion: """
            A directory is a source: its folders are groups, and ids and dependencies are checked across all of its \
            files. A file given by itself is checked alone. Exit status 1 if there is any error.
            """
    )

    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: "The environment whose overlays are merged.")
    var environment: String?

    @Option(name: .long, help: ArgumentHelp("The group that a directory is mounted at.", valueName: "id"))
    var group = "/"

    @Flag(name: .long, help: "Take every warning for an error.")
    var strict = false

    @Argument(help: ArgumentHelp("Directories and files.", valueName: "path"))
    var paths: [String]

    func perform(in context: CommandContext) async throws -> ExitStatus {
        var whole = LintReport(files: 0, apps: 0, problems: [])
        for path in paths {
            let report = try await check(path)
            whole.files += report.files
            whole.apps += report.apps
            whole.problems += report.problems
        }
        if strict {
            for index in whole.problems.indices { whole.problems[index].severity = .error }
        }
        switch output.output {
        case .json: try context.print(json: LintDocument(whole))
        case .text: context.print(lines(whole, context.style))
        }
        return whole.hasErrors ? .failure : .success
    }

    private func check(_ path: String) async throws -> LintReport {
        let place = PlaceOnDisk(path)
        let update = try await LocalTree.files(at: path, source: "lint")
        guard case .all(let files) = update.files else { return LintReport(files: 0, apps: 0, problems: []) }
        guard place.isFolder else {
            var file = files[0]
            file.path = path
            return LintReport.alone(file, parse: parseYAML, sha256: sha256)
        }
        guard let group = GroupID(group) else {
            throw Failure("“\(group)” is no group", hint: "write a path of lower-case names, for example /shop")
        }
        return LintReport.source(
            files,
            group: group,
            environment: environment,
            shownBelow: place.path(of: ""),
            parse: parseYAML,
            sha256: sha256
        )
    }

    private func lines(_ report: LintReport, _ style: Style) -> [String] {
        let files = ProblemView.count(report.files, "file")
        let apps = ProblemView.count(report.apps, "app")
        let sum = "\(files), \(apps): \(ProblemView.sum(report.problems))"
        return report.problems.flatMap(ProblemView(style: style).lines) + [sum]
    }
}

/// A path as it was given, and how what lies below it is named to the person who gave it.
struct PlaceOnDisk {
    let given: String
    let isFolder: Bool

    init(_ path: String) {
        given = path
        isFolder = FileTree.isFolder(path)
    }

    func path(of file: String) -> String {
        var folder = given[...]
        while folder.hasPrefix("./") { folder = folder.dropFirst(2) }
        while folder.count > 1, folder.hasSuffix("/") { folder = folder.dropLast() }
        if folder == "." || folder.isEmpty { return file }
        return folder.hasSuffix("/") ? folder + file : "\(folder)/\(file)"
    }
}
