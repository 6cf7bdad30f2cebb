import ArgumentParser
import Boundary
import Cores
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

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "How to answer: text for people, json for programs, github, gitlab or sarif for a pull request's page.",
            valueName: "format"
        )
    )
    var output: LintFormat = .text

    @Option(name: .long, help: "The environment whose overlays are merged.")
    var environment: String?

    @Option(name: .long, help: ArgumentHelp("The group that a directory is mounted at.", valueName: "id"))
    var group = "/"

    @Flag(name: .long, help: "Take every warning for an error.")
    var strict = false

    @Argument(help: ArgumentHelp("Directories and files.", valueName: "path"))
    var paths: [String]

    func perform(in context: CommandContext) async throws -> ExitStatus {
        var linted = LintedFiles()
        for path in paths { try await check(path, into: &linted) }
        if strict { linted.makeStrict() }
        let problems = linted.report.problems
        switch output {
        case .text: context.print(LintText(style: context.style, columns: context.terminal.columns).lines(linted))
        case .json: try context.print(json: LintDocument(linted.report))
        case .github: context.print(GitHubCommands().lines(problems))
        case .gitlab: try context.print(json: GitLabFinding.report(problems, sha256: sha256))
        case .sarif: try context.print(json: SARIFLog(problems, sha256: sha256))
        }
        return linted.report.hasErrors ? .failure : .success
    }

    private func check(_ path: String, into linted: inout LintedFiles) async throws {
        let place = PlaceOnDisk(path)
        let update = try await LocalTree.files(at: path, source: "lint")
        guard case .all(let files) = update.files else { return }
        guard place.isFolder else {
            var file = files[0]
            file.path = path
            let report = LintReport.alone(file, parse: parseYAML, sha256: sha256)
            return linted.add(report, files: [(path, file.content)])
        }
        guard let group = GroupID(group) else {
            throw Failure("“\(group)” is no group", hint: "write a path of lower-case names, for example /shop")
        }
        let report = LintReport.source(
            files,
            group: group,
            environment: environment,
            shownBelow: place.path(of: ""),
            parse: parseYAML,
            sha256: sha256,
            workers: .cores
        )
        linted.add(report, files: files.map { (place.path(of: $0.path), $0.content) })
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
