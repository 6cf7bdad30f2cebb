package import Controller
import Domain

/// The body of `POST /api/v1/sync`; all of it may be left out.
package struct SyncRequest: Hashable, Sendable, Codable {
    /// The source to look at; all of them where absent.
    package var source: String?
    /// The hash of a held plan that shall go ahead.
    package var confirm: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case source, confirm
    }

    /// A request.
    package init(source: String? = nil, confirm: String? = nil) {
        self.source = source
        self.confirm = confirm
    }

    /// Reads a request.
    /// - Throws: `DecodingError` where a key has the wrong type or is not known.
    package init(from decoder: any Decoder) throws {
        try ClosedKeys.check(decoder, against: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.source = try container.decodeIfPresent(String.self, forKey: .source)
        self.confirm = try container.decodeIfPresent(String.self, forKey: .confirm)
    }
}

/// What a sync did: `{"format_version","outcomes":[…]}`.
package struct SyncDocument: Hashable, Sendable, Codable {
    /// What it did with one source.
    package struct Outcome: Hashable, Sendable, Codable {
        /// The source.
        package var source: String
        /// `unchanged`, `applied`, `held` or `failed`.
        package var result: String
        /// The newest commit.
        @Nullable package var revision: String?
        /// The deployment that was started.
        @Nullable package var deployment: String?
        /// The plan's hash.
        @Nullable package var planHash: String?
        /// More about it.
        package var message: String

        enum CodingKeys: String, CodingKey {
            case source, result, revision, deployment, message
            case planHash = "plan_hash"
        }

        /// An outcome's document.
        package init(_ outcome: SyncOutcome) {
            self.source = outcome.source
            self.result = outcome.result.rawValue
            self.revision = outcome.revision?.rawValue
            self.deployment = outcome.deployment?.rawValue
            self.planHash = outcome.planHash?.hex
            self.message = outcome.message
        }
    }

    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// One entry for each source that was looked at.
    package var outcomes: [Outcome]

    enum CodingKeys: String, CodingKey {
        case outcomes
        case formatVersion = "format_version"
    }

    /// A report.
    package init(_ outcomes: [SyncOutcome]) { self.outcomes = outcomes.map(Outcome.init) }
}
