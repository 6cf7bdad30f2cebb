import Domain
import FoundationEssentials
@testable import Manifests
import Testing
import YAMLReader

/// `docs/problems.md` is held against the codes and against what the reader really says.
@Suite struct ProblemsPageTests {
    /// What no example in a page of text can show; other tests do.
    private static let withoutExample: Set<ProblemCode> = [
        .encoding, .tooDeep, .tooManyValues, .tooLarge, .notAFile, .tooManyProblems,
    ]

    @Test func `every code has its section, in order`() throws {
        #expect(try Section.all().map(\.code) == ProblemCode.allCases.map(\.rawValue).sorted())
    }

    @Test(arguments: ProblemCode.allCases)
    func `the example has the problem and its mend has not`(code: ProblemCode) throws {
        let section = try #require(try Section.all().first { $0.code == code.rawValue })
        #expect(section.title == code.title)
        #expect(section.text.count > 40)
        guard !Self.withoutExample.contains(code) else {
            #expect(section.examples.isEmpty)
            return
        }
        try #require(section.examples.count == 2)
        #expect(section.examples[0].report().problems.contains { $0.code == code.rawValue })
        #expect(!section.examples[1].report().problems.contains { $0.code == code.rawValue })
        #expect(!section.examples[1].report().hasErrors)
    }
}

/// The list of what cannot be carried over is held against the tables that the reader refuses by.
@Suite struct NotSupportedTests {
    private static let tables: [(line: String, keys: KnownKeys)] = [
        ("- of an app's `container`: ", ContainerForm.form.keys), ("- of its `docker`: ", DockerForm.form.keys),
        ("- of a group: ", GroupForm.form.keys), ("- of a pod: ", PodForm.form.keys),
        ("- of a pod's `linuxInfo`: ", LinuxForm.pod.keys), ("- of one of its `volumes`: ", PodVolumeForm.form.keys),
    ]

    @Test func `the page lists the keys that are refused, all and no others`() throws {
        let section = try #require(try Section.all().first { $0.code == "PACER-E012" })
        let lines = section.text.split(separator: "\n")
        for (start, keys) in Self.tables {
            let line = try #require(lines.first { $0.hasPrefix(start) }, "no line begins with \(start)")
            let list = line.dropFirst(start.count).prefix { $0 != ";" }
            let names = list.split(separator: ", ").map { $0.filter { $0 != "`" } }
            #expect(names == keys.refused.keys.sorted(), "\(start)")
        }
    }
}

/// One section of the page.
private struct Section {
    var code: String
    var title: String
    var text: String
    var examples: [Example]

    static func all() throws -> [Section] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = try String(contentsOfFile: "/\(root)/docs/problems.md", encoding: .utf8)
        return page.split(separator: "\n## ").dropFirst().map { section in
            let parts = section.split(separator: "```", omittingEmptySubsequences: false)
            let examples = parts.enumerated().filter { $0.offset % 2 == 1 }.map { Example($0.element) }
            let heading = section.prefix { $0 != "\n" }.split(separator: ": ", maxSplits: 1)
            return Section(
                code: String(heading[0]),
                title: String(heading[1]),
                text: String(parts[0]),
                examples: examples
            )
        }
    }
}

/// The files of an example.
private struct Example {
    var environment: String?
    var files: [(path: String, text: String)] = []

    init(_ block: Substring) {
        for line in block.split(separator: "\n", omittingEmptySubsequences: false).dropFirst() {
            if line.hasPrefix("# file: ") {
                files.append((String(line.dropFirst(8)), ""))
            } else if line.hasPrefix("# environment: ") {
                environment = String(line.dropFirst(15))
            } else {
                if files.isEmpty { files.append(("web.yaml", "")) }
                files[files.count - 1].text += line + "\n"
            }
        }
    }

    func report() -> LintReport {
        LintReport.source(
            files.map { file($0.path, $0.text) },
            environment: environment,
            parse: parseYAML,
            sha256: fakeSHA256
        )
    }
}
