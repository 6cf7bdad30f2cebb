package import Controller
import Domain
package import Planning

/// Everything that keeps apps from what git says: `{"format_version","exceptions":[…]}`.
package struct ExceptionsDocument: Hashable, Sendable, Codable {
    /// One thing that keeps one app.
    package struct Entry: Hashable, Sendable, Codable {
        /// The app.
        package var app: String
        /// `pin`, `suspension`, `scale`, `pause`, `abort` or `held_back`.
        package var kind: String
        /// What is in force, in words: `6 instances instead of 3`.
        package var what: String
        /// Whose order it is; `null` where nobody gave one.
        @Nullable package var who: String?
        /// Why; may be empty.
        package var why: String
        /// Since when.
        package var since: Timestamp
        /// When it ends by itself; `null` where it does not.
        @Nullable package var until: Timestamp?
        /// The command that ends it now.
        package var end: String

        /// An exception's entry.
        package init(_ exception: AppException) {
            self.app = exception.app.path
            self.kind = exception.kind.rawValue
            self.what = exception.what
            self.who = exception.who
            self.why = exception.why
            self.since = Timestamp(exception.since)
            self.until = exception.until.map(Timestamp.init)
            self.end = exception.end
        }
    }

    /// The version of this shape.
    package var formatVersion = FormatVersion.current
    /// What ends first comes first; what does not end by itself comes last.
    package var exceptions: [Entry]

    enum CodingKeys: String, CodingKey {
        case exceptions
        case formatVersion = "format_version"
    }

    /// A snapshot's document.
    package init(_ snapshot: Snapshot) {
        let all = snapshot.apps.values.flatMap { $0.record?.exceptions($0.spec) ?? [] }
        self.exceptions = all.sorted(by: AppException.precedes).map(Entry.init)
    }
}
