import WebAPI

/// What the doctor found: `{"format_version","healthy","checks":[{"subject","verdict","message","hint"}]}`.
struct DoctorDocument: Hashable, Codable {
    /// How good something is.
    enum Verdict: String, Hashable, Codable {
        case good
        /// It works, but somebody should know.
        case notable
        /// A controller cannot work like this.
        case bad
    }

    /// One look.
    struct Check: Hashable, Codable {
        /// What was looked at: `source shop`, `zookeeper`, `mesos`, `http`.
        var subject: String
        var verdict: Verdict
        var message: String
        @Nullable var hint: String?

        init(_ subject: String, _ verdict: Verdict, _ message: String, hint: String? = nil) {
            self.subject = subject
            self.verdict = verdict
            self.message = message
            self.hint = hint
        }
    }

    var formatVersion = FormatVersion.current
    var healthy: Bool
    var checks: [Check]

    var isHealthy: Bool { healthy }

    enum CodingKeys: String, CodingKey {
        case healthy, checks
        case formatVersion = "format_version"
    }

    init(checks: [Check]) {
        self.checks = checks
        self.healthy = checks.allSatisfy { $0.verdict != .bad }
    }
}
