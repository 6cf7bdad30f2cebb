/// The version of a document's shape. Readers ignore keys that they do not know and refuse another major version.
package struct FormatVersion: Hashable, Sendable, Codable {
    /// The version that this program writes.
    package static let current = FormatVersion()

    private static let major = "1"

    private init() {}

    /// Reads the version.
    /// - Throws: `DecodingError` where the major version is not the one that this program knows.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard text.split(separator: ".").first.map(String.init) == FormatVersion.major else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "format_version is \(text), this program reads \(FormatVersion.major).x"
            )
        }
    }

    /// Writes the version.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("\(FormatVersion.major).0")
    }
}
