package import Domain
import FoundationEssentials

/// A moment as documents write it: ISO 8601 in UTC with milliseconds, `2026-01-31T14:03:00.250Z`.
package struct Timestamp: Hashable, Sendable, Codable {
    /// The moment.
    package var instant: Instant

    /// A moment.
    package init(_ instant: Instant) { self.instant = instant }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The text.
    package var text: String {
        Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000).formatted(Timestamp.style)
    }

    /// Reads the text.
    /// - Throws: `DecodingError` where it is no such moment.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let date = try? Timestamp.style.parse(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time: \(text)")
        }
        self.instant = Instant(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    /// Writes the text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
