package import Domain

/// Open drift: `{"format_version","episodes":[…]}`.
package struct DriftDocument: Hashable, Sendable, Codable {
    /// One stretch of one drift.
    package struct Episode: Hashable, Sendable, Codable {
        /// The app; `null` where the source as a whole is meant.
        @Nullable package var app: String?
        /// What within the app or the source.
        package var subject: String
        /// What is different: `missing`, `stale_spec`, …
        package var kind: String
        /// Why.
        package var cause: String
        /// When it was first seen.
        package var firstSeen: Timestamp
        /// When it was last seen.
        package var lastSeen: Timestamp
        /// What is wanted.
        package var expected: String
        /// What there is.
        package var actual: String
        /// What is done about it.
        package var action: String

        enum CodingKeys: String, CodingKey {
            case app, subject, kind, cause, expected, actual, action
            case firstSeen = "first_seen"
            case lastSeen = "last_seen"
        }

        /// An episode's document.
        package init(_ episode: DriftEpisode) {
            self.app = episode.app?.path
            self.subject = episode.subject
            self.kind = episode.kind.rawValue
            self.cause = episode.cause
            self.firstSeen = Timestamp(episode.firstSeen)
            self.lastSeen = Timestamp(episode.lastSeen)
            self.expected = episode.expected
            self.actual = episode.actual
            self.action = episode.action
        }
    }

    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// The episodes, oldest first.
    package var episodes: [Episode]

    enum CodingKeys: String, CodingKey {
        case episodes
        case formatVersion = "format_version"
    }

    /// A report.
    package init(_ episodes: [DriftEpisode]) { self.episodes = episodes.map(Episode.init) }
}
