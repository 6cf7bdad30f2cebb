import ArgumentParser
import Digests
import Domain
import Manifests
import OrderedCollections
import YAMLReader

/// `pacer import`.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a source of what another system runs.",
        subcommands: [ImportMarathonCommand.self]
    )
}

/// `pacer import marathon`: a running Marathon's apps, or files made for it, as a Pacer source.
struct ImportMarathonCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "marathon",
        abstract: "Write a Marathon's apps as one tidy YAML file each, in its group's folder.",
        discussion: """
            An address is that of a Marathon (its /v2/groups and /v2/pods are read) or of one of its answers (/v2/apps, \
            /v2/groups, /v2/apps/ID). Files hold what these answer. Only what differs from the defaults is written; what looks \
            like a password is not, and becomes a reference to a secret. Every written file is read again and compared. \
            A file that is there already and says something else is kept, unless --overwrite is given.
            """
    )

    @Option(name: .long, help: ArgumentHelp("The folder to write to; it is made.", valueName: "directory"))
    var output: String

    @Flag(name: .long, help: "Replace files that are there already.")
    var overwrite = false

    @Argument(help: ArgumentHelp("Addresses and files.", valueName: "url|file"))
    var origins: [String]

    func perform(in context: CommandContext) async throws -> ExitStatus {
        var summary = ImportSummary(folder: output)
        for origin in origins {
            let answers = try await MarathonAnswers(exchange: context.exchange).read(origin)
            for answer in answers {
                let result = MarathonImport(answer.documents, file: answer.name, sha256: sha256)
                summary.add(result)
            }
        }
        try write(&summary)
        let errors = summary.problems.filter { $0.severity == .error }
        for line in errors.flatMap(ProblemView(style: Style(isOn: false)).lines) { context.note(line) }
        context.print(summary.lines)
        return summary.isWhole && errors.isEmpty ? .success : .failure
    }

    private func write(_ summary: inout ImportSummary) throws {
        let made = try summary.files.map { ImportedFile(file: $0, text: try YAMLWriter.text([$0.definition])) }
        let different = ImportedFile.differences(made)
        for file in made {
            let path = "\(output)/\(file.file.path)"
            let old = FileTree.isThere(path) ? try FileTree.read(path) : nil
            if let reason = different[file.file.path] {
                summary.refused.append("\(file.file.path): \(reason)")
            } else if let old, old != Array(file.text.utf8), !overwrite {
                summary.kept.append(path)
            } else {
                try FileTree.makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
                try FileTree.write(file.text, to: path)
                summary.written += 1
            }
        }
    }
}

/// A file that an import is about to write.
struct ImportedFile {
    let file: MarathonImport.File
    let text: String

    /// The files that, read as the source that they make together, declare something else than was imported, each with the
    /// reason. Dependencies may lie outside of what was imported.
    static func differences(_ files: [ImportedFile]) -> [String: String] {
        var manifests = SourceManifests(
            source: "import",
            group: .root,
            environment: nil,
            parse: parseYAML,
            sha256: sha256,
            isAlone: true,
            shownBelow: ""
        )
        let update = SourceUpdate(
            source: "import",
            revision: Revision("import"),
            tree: "",
            author: "",
            committed: Instant(milliseconds: 0),
            subject: "",
            descends: true,
            files: .all(files.enumerated().map { $1.numbered($0) })
        )
        let state = manifests.apply(update)
        var differences: [String: String] = [:]
        for file in files { differences[file.file.path] = file.difference(in: state) }
        return differences
    }

    /// Why the file does not declare what was imported; `nil` where it does.
    private func difference(in state: DesiredState) -> String? {
        guard let app = file.app, let spec = file.spec else { return nil }
        guard let read = state.apps[app]?.spec.app else {
            let error = state.problems.first { $0.file == file.path && $0.severity == .error }
            return error.map { "\($0.message) [\($0.code)]" } ?? "it declares no app; please report this"
        }
        let isSame = Self.digest(read) == Self.digest(spec) && Set(read.dependencies).isSuperset(of: spec.dependencies)
        return isSame ? nil : "it would be read as another definition; please report this"
    }

    /// What an app depends on with its group is added where it is read.
    private static func digest(_ spec: AppSpec) -> Digest {
        var spec = spec
        spec.dependencies = []
        return Spec(spec, sha256: sha256).digest
    }

    private func numbered(_ number: Int) -> SourceUpdate.File {
        let content = Array(text.utf8)
        return SourceUpdate.File(path: file.path, blob: "\(number)", content: content, size: content.count)
    }
}
