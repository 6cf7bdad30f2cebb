import ArgumentParser
import Domain
import FoundationEssentials
import GitSource
import Manifests
import YAMLReader

/// `pacer fmt`: one form for all files.
struct FormatCommand: PacerCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Rewrite YAML files in one form: keys in a reader's order, one style. Comments are kept.",
        discussion: """
            What a file says is not changed, and that is checked before it is written. Left as they are: JSON files, and \
            files with anchors, aliases or tags. Exit status 1 if a file is not well-formed, and with --check if one would \
            be changed.
            """
    )

    @Flag(name: .long, help: "Change nothing; name the files that would be changed.")
    var check = false

    @Argument(help: ArgumentHelp("Directories and files.", valueName: "path"))
    var paths: [String]

    func perform(in context: CommandContext) async throws -> ExitStatus {
        var (changed, broken) = (0, false)
        for path in paths {
            let place = PlaceOnDisk(path)
            let update = try await LocalTree.files(at: path, source: "fmt")
            guard case .all(let files) = update.files else { continue }
            for file in files where !file.path.hasSuffix(".json") && file.path != ".pacerignore" {
                let name = place.isFolder ? place.path(of: file.path) : path
                switch try format(file, name: name, in: context) {
                case .changed: changed += 1
                case .broken: broken = true
                case .same, .leftAlone: break
                }
            }
        }
        context.print(["\(ProblemView.count(changed, "file")) \(check ? "would be changed" : "changed")"])
        return broken || (check && changed > 0) ? .failure : .success
    }

    private enum Outcome {
        case same, changed, leftAlone, broken
    }

    private func format(_ file: SourceUpdate.File, name: String, in context: CommandContext) throws -> Outcome {
        guard let content = file.content else {
            context.note("\(name) is left as it is: it is too large, or no file")
            return .leftAlone
        }
        guard let text = formatted(content, file.path, name: name, in: context) else {
            return parseYAML(content).failure == nil ? .leftAlone : .broken
        }
        guard Array(text.utf8) != content else { return .same }
        context.print([name])
        if !check { try FileTree.write(text, to: name) }
        return .changed
    }

    /// - Returns: `nil`, and a note, where the file is left as it is.
    private func formatted(_ content: [UInt8], _ path: String, name: String, in context: CommandContext) -> String? {
        do throws(YAMLFormatter.Refusal) {
            return try YAMLFormatter.formatted(content) { DefinitionOrder.arranged($0, ofFile: path) }
        } catch {
            let place = error.mark.map { "\(name):\($0.line):\($0.column)" } ?? name
            context.note("\(place): the file is left as it is: \(error.reason)")
            return nil
        }
    }
}
