import Domain
import Manifests
import WebAPI

/// What a check found: `{"format_version","files","apps","problems":[…]}`.
struct LintDocument: Hashable, Codable {
    var formatVersion = FormatVersion.current
    var files: Int
    var apps: Int
    var problems: [ProblemDocument]

    enum CodingKeys: String, CodingKey {
        case files, apps, problems
        case formatVersion = "format_version"
    }

    init(_ report: LintReport) {
        files = report.files
        apps = report.apps
        problems = report.problems.map(ProblemDocument.init)
    }
}
