import Domain
import Manifests

/// Findings as a log of the Static Analysis Results Interchange Format, version 2.1.0 (OASIS, 2020), which GitHub's code
/// scanning, Azure DevOps and editors read. Only what it holds of ours is declared; names are the standard's.
struct SARIFLog: Hashable, Codable {
    var schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    var version = "2.1.0"
    var runs: [Run]

    enum CodingKeys: String, CodingKey {
        case version, runs
        case schema = "$schema"
    }

    struct Text: Hashable, Codable {
        var text: String
    }

    struct Run: Hashable, Codable {
        var tool: Tool
        /// Columns are counted in characters, not in UTF-16 units.
        var columnKind = "unicodeCodePoints"
        var results: [Result]
    }

    struct Tool: Hashable, Codable {
        struct Driver: Hashable, Codable {
            var name = "pacer"
            var semanticVersion = Version.current
            var rules: [Rule]
        }

        var driver: Driver
    }

    /// A kind of problem that occurs in the results.
    struct Rule: Hashable, Codable {
        struct Configuration: Hashable, Codable {
            var level: String
        }

        var id: String
        var shortDescription: Text
        var defaultConfiguration: Configuration
    }

    struct Result: Hashable, Codable {
        var ruleId: String
        var ruleIndex: Int
        /// `error` or `warning`: the words are the same as ours.
        var level: String
        var message: Text
        var locations: [Location]
        var partialFingerprints: [String: String]
    }

    struct Location: Hashable, Codable {
        struct Physical: Hashable, Codable {
            var artifactLocation: Artifact
            var region: Region?
        }

        struct Artifact: Hashable, Codable {
            var uri: String
        }

        struct Region: Hashable, Codable {
            var startLine: Int
            var startColumn: Int?
        }

        var physicalLocation: Physical
    }
}

extension SARIFLog {
    /// A log with one run.
    init(_ problems: [Problem], sha256: @escaping SHA256) {
        let codes = Set(problems.map(\.code)).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(codes, codes.indices))
        var fingerprints = Fingerprints(sha256: sha256)
        let results = problems.map { problem in
            Result(
                ruleId: problem.code,
                ruleIndex: places[problem.code, default: 0],
                level: problem.severity.rawValue,
                message: Text(text: problem.hint.isEmpty ? problem.message : "\(problem.message)\n\(problem.hint)"),
                locations: [Location(problem)].compactMap(\.self),
                partialFingerprints: ["pacer/v1": fingerprints.next(for: problem)]
            )
        }
        runs = [Run(tool: Tool(driver: Tool.Driver(rules: codes.map(Rule.init))), results: results)]
    }
}

extension SARIFLog.Rule {
    fileprivate init(code: String) {
        let kind = ProblemCode(rawValue: code)
        id = code
        shortDescription = SARIFLog.Text(text: kind?.title ?? code)
        defaultConfiguration = Configuration(level: (kind?.severity ?? .error).rawValue)
    }
}

extension SARIFLog.Location {
    fileprivate init?(_ problem: Problem) {
        guard !problem.file.isEmpty else { return nil }
        let column = problem.column > 0 ? problem.column : nil
        physicalLocation = Physical(
            artifactLocation: Artifact(uri: Self.reference(problem.file)),
            region: problem.line > 0 ? Region(startLine: problem.line, startColumn: column) : nil
        )
    }

    private static func reference(_ path: String) -> String {
        let text = path.inURI(keeping: "/")
        return path.hasPrefix("/") ? "file://\(text)" : text
    }
}
