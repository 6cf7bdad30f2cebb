/// The body of `POST /api/v1/plan`: a source's tree as it would be after a commit.
package struct PreviewRequest: Hashable, Sendable, Codable {
    /// The source; may be absent where the controller has only one.
    package var source: String?
    /// The text of every file, by its path below the source's path.
    package var files: [String: String]

    /// A request.
    package init(source: String?, files: [String: String]) {
        self.source = source
        self.files = files
    }
}
