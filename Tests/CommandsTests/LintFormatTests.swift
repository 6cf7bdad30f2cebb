import Domain
import FoundationEssentials
import Manifests
import Testing
import WebAPI

@testable import Commands

/// The forms in which a pull request's page wants its findings. Each is held against the service's own description.
@Suite struct LintFormatTests {
    private func broken() throws -> Folder {
        let folder = try Folder()
        try folder.write("shop/web.yaml", "cmd: sleep 1\ninstnces: 2\n")
        try folder.write("shop/100%, all: of it.yaml", "id: odd\ncmd: sleep 1\ncpus: many\nwiki: me\nlabels: {a: }\n")
        return folder
    }

    private func lint(_ folder: borrowing Folder, as format: String) async throws -> String {
        let run = await Session().run("lint", folder.path, "--output", format)
        #expect(run.status == 1)
        return run.out.replacing(folder.path, with: "FOLDER")
    }

    @Test func `GitHub gets a workflow command for each, with what steers a command escaped`() async throws {
        let lines = try await lint(broken(), as: "github").split(separator: "\n")
        let odd = "FOLDER/shop/100%25%2C all%3A of it.yaml"
        #expect(lines.contains { $0.hasPrefix("::error file=\(odd),line=3,col=7,title=PACER-E010::`cpus` must be") })
        #expect(lines.contains { $0.hasPrefix("::warning file=\(odd),line=4,col=1,title=PACER-W001::") })
        let typo =
            "::error file=FOLDER/shop/web.yaml,line=2,col=1,title=PACER-E011::"
            + "`instnces` is not a key that is known here%0Adid you mean `instances`?"
        #expect(lines.contains { $0 == typo })
        #expect(lines.allSatisfy { $0.hasPrefix("::") })
    }

    @Test func `GitLab gets a list, and a finding keeps its fingerprint when lines are added above it`() async throws {
        let folder = try broken()
        let before = try await findings(folder)
        try folder.write("shop/web.yaml", "# A comment.\ncmd: sleep 1\ninstnces: 2\n")
        let after = try await findings(folder)
        #expect(before.map(\.fingerprint) == after.map(\.fingerprint))
        let typo = try #require(after.first { $0.checkName == "PACER-E011" })
        #expect(typo.location.path.hasSuffix("/shop/web.yaml"))
        #expect(typo.location.positions.begin == .init(line: 3, column: 1))
        #expect(typo.severity == "major")
        #expect(after.first { $0.checkName == "PACER-W001" }?.severity == "minor")
        #expect(Set(after.map(\.fingerprint)).count == after.count)
    }

    private func findings(_ folder: borrowing Folder) async throws -> [GitLabFinding] {
        let run = await Session().run("lint", folder.path, "--output", "gitlab")
        return try JSON.decode([GitLabFinding].self, from: Array(run.out.utf8))
    }

    @Test func `the same finding twice in a file has two fingerprints`() async throws {
        let folder = try Folder()
        try folder.write("web.yaml", "- {id: a, cmd: sleep 1, wiki: me}\n- {id: b, cmd: sleep 1, wiki: me}\n")
        let run = await Session().run("lint", folder.path, "--output", "gitlab")
        let report = try JSON.decode([GitLabFinding].self, from: Array(run.out.utf8))
        #expect(report.count == 2)
        #expect(Set(report.map(\.fingerprint)).count == 2)
    }

    @Test func `SARIF names each kind once and places each result`() async throws {
        let text = try await lint(broken(), as: "sarif")
        let log = try JSON.decode(SARIFLog.self, from: Array(text.utf8))
        let run = try #require(log.runs.first)
        #expect(log.version == "2.1.0")
        let ids = run.tool.driver.rules.map(\.id)
        #expect(ids == Set(run.results.map(\.ruleId)).sorted())
        for result in run.results {
            #expect(ids[result.ruleIndex] == result.ruleId)
            let place = try #require(result.locations.first?.physicalLocation)
            #expect(place.region != nil)
            #expect(
                place.artifactLocation.uri.hasSuffix("web.yaml")
                    || place.artifactLocation.uri.hasSuffix("100%25%2C%20all%3A%20of%20it.yaml")
            )
        }
        #expect(run.tool.driver.rules.first { $0.id == "PACER-E011" }?.shortDescription.text == "misspelt key")
    }

    @Test(arguments: ["github", "gitlab", "sarif", "json"])
    func `a good source has no finding in any form`(format: String) async throws {
        let folder = try Folder()
        try folder.write("web.yaml", "cmd: sleep 1\n")
        let run = await Session().run("lint", folder.path, "--output", format)
        #expect(run.status == 0)
        switch format {
        case "github": #expect(run.out.isEmpty)
        case "gitlab": #expect(run.out == "[\n\n]\n")
        default: #expect(!run.out.contains("PACER-"))
        }
    }
}

/// The line that a problem stands in, and the caret.
@Suite struct LintTextTests {
    private func text(_ content: String, line: Int, column: Int, columns: Int = 60) -> [String] {
        var linted = LintedFiles()
        let problem = Problem(
            code: "PACER-E010",
            file: "a.yaml",
            line: line,
            column: column,
            message: "wrong",
            hint: "mend"
        )
        linted.add(.init(files: 1, apps: 1, problems: [problem]), files: [("a.yaml", Array(content.utf8))])
        return LintText(style: Style(isOn: false), columns: columns).lines(linted)
    }

    @Test func `the caret stands under the place`() {
        let expected = ["a.yaml:2:7: error: wrong [PACER-E010]", "    2 | cpus: many", "      |       ^", "    mend"]
        #expect(text("id: a\ncpus: many\n", line: 2, column: 7).dropLast() == expected[...])
    }

    @Test func `tabs, line ends of Windows and byte order marks do not move it`() {
        #expect(text("\u{FEFF}id:\ta\r\n", line: 1, column: 5)[1...2] == ["    1 | id: a", "      |     ^"])
    }

    @Test func `of a long line the part around the place is shown`() {
        let line = String(repeating: "a", count: 500) + "B" + String(repeating: "c", count: 500)
        let shown = text(line, line: 1, column: 501)
        let caret = shown[2].unicodeScalars.count - 1
        #expect(Array(shown[1])[caret] == "B")
        #expect(shown[1].count <= 60)
    }

    @Test func `a place behind the last character has its caret there`() {
        #expect(text("cmd:", line: 1, column: 5)[2] == "      |     ^")
    }

    @Test func `what is about no line shows none`() {
        #expect(text("cmd: a", line: 0, column: 0).count == 3)
        #expect(text("cmd: a", line: 7, column: 1).count == 3)
    }
}
