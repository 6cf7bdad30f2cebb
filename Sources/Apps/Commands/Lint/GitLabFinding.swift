import Domain

/// One finding of GitLab's Code Quality report, which is a JSON list of these.
///
/// Source: docs.gitlab.com, "Code Quality", report format (a subset of Code Climate's).
struct GitLabFinding: Hashable, Codable {
    struct Location: Hashable, Codable {
        struct Positions: Hashable, Codable {
            struct Place: Hashable, Codable {
                var line: Int
                var column: Int
            }

            var begin: Place
        }

        var path: String
        var positions: Positions
    }

    var description: String
    var checkName: String
    /// Two runs give the same finding the same one, also when lines were added above it: GitLab tells new findings from
    /// known ones by it.
    var fingerprint: String
    /// `major` for an error, `minor` for a warning.
    var severity: String
    var location: Location

    enum CodingKeys: String, CodingKey {
        case description, fingerprint, severity, location
        case checkName = "check_name"
    }

    /// The report. A problem that is about no line stands at its file's first.
    static func report(_ problems: [Problem], sha256: @escaping SHA256) -> [GitLabFinding] {
        var fingerprints = Fingerprints(sha256: sha256)
        return problems.map { problem in
            let place = Location.Positions.Place(line: max(1, problem.line), column: max(1, problem.column))
            return GitLabFinding(
                description: problem.hint.isEmpty ? problem.message : "\(problem.message): \(problem.hint)",
                checkName: problem.code,
                fingerprint: fingerprints.next(for: problem),
                severity: problem.severity == .error ? "major" : "minor",
                location: Location(path: problem.file, positions: .init(begin: place))
            )
        }
    }
}

/// Names for findings that outlive an edit elsewhere in the file: made of code, file and message, and numbered where these
/// are the same.
struct Fingerprints {
    let sha256: SHA256
    private var seen: [String: Int] = [:]

    init(sha256: @escaping SHA256) { self.sha256 = sha256 }

    mutating func next(for problem: Problem) -> String {
        let subject = "\(problem.code)\n\(problem.file)\n\(problem.message)"
        let number = seen[subject, default: 0]
        seen[subject] = number + 1
        return sha256(Array("\(subject)\n\(number)".utf8)).hex
    }
}
