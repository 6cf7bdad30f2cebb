package import Domain

/// One source's git repository.
package protocol SourceRepository: Sendable {
    /// Fetches the tracked branch and tells what it holds below the source's path.
    /// - Parameter since: the revision whose files are known already; only what differs from it is told then, if it is
    ///   still to be had.
    /// - Returns: `nil` where the branch still is at `since`.
    /// - Throws: where the fetch fails, the branch or the path is missing, the tree has no file, or time runs out. What
    ///   was known stays valid.
    func update(since: Revision?) async throws(SourceFailure) -> SourceUpdate?

    /// Whether `revision` is `ancestor` or descends from it, by what is in the mirror. An ancestor that is not there any
    /// more has no descendants.
    func descends(_ revision: Revision, from ancestor: Revision) async throws(SourceFailure) -> Bool
}

/// Why a source could not be read.
package struct SourceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is, which tells whether a person is needed.
    package enum Kind: String, Hashable, Sendable {
        /// The repository did not answer or broke off.
        case unreachable
        /// It refused the credentials, or there are none.
        case authentication
        /// The host's key or certificate is not trusted.
        case untrusted
        /// It has no such branch.
        case branchMissing
        /// The branch has no such path.
        case pathMissing
        /// There is no file below the path.
        case empty
        /// The answer did not come in time.
        case timeout
        /// The local mirror cannot be used.
        case mirror
    }

    /// What kind of failure.
    package var kind: Kind
    /// What happened, as one sentence.
    package var message: String
    /// What to do.
    package var hint: String

    /// A failure.
    package init(kind: Kind, message: String, hint: String) {
        self.kind = kind
        self.message = message
        self.hint = hint
    }

    /// Message and hint.
    package var description: String { "\(message) (\(hint))" }
}
