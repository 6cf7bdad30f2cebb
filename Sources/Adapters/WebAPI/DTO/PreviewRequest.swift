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

    enum CodingKeys: String, CodingKey, CaseIterable {
        case source, files
    }

    /// Reads a request.
    /// - Throws: `DecodingError` where a key is missing, has the wrong type or is not known.
    package init(from decoder: any Decoder) throws {
        try ClosedKeys.check(decoder, against: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.source = try container.decodeIfPresent(String.self, forKey: .source)
        self.files = try container.decode([String: String].self, forKey: .files)
    }
}
