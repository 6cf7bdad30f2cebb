package import Domain

/// A moment as documents write it: ISO 8601 in UTC with milliseconds, `2026-01-31T14:03:00.250Z`. Exact: what is read
/// back is what was written, to the millisecond, for the years 0 to 9999; moments beyond are shown as the nearest of these.
package struct Timestamp: Hashable, Sendable, Codable {
    /// The moment.
    package var instant: Instant

    /// A moment.
    package init(_ instant: Instant) { self.instant = instant }

    /// The text.
    package var text: String { instant.text }

    /// The text without the fraction of the second, for a reader: `2026-01-31T14:03:00Z`.
    package var brief: String { instant.brief }

    /// Takes the text.
    /// - Returns: `nil` where it is no such moment.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        let pattern = Array("dddd-dd-ddTdd:dd:dd.dddZ".utf8)
        guard bytes.count == pattern.count else { return nil }
        for (byte, wanted) in zip(bytes, pattern) {
            let fits = wanted == UInt8(ascii: "d") ? (48...57).contains(byte) : byte == wanted
            guard fits else { return nil }
        }
        func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1 - 48) } }
        let date = CivilDate(year: number(0..<4), month: number(5..<7), day: number(8..<10))
        let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
        guard date.exists, hour < 24, minute < 60, second < 60 else { return nil }
        let clock = ((hour * 60 + minute) * 60 + second) * 1000 + number(20..<23)
        self.instant = Instant(milliseconds: Int64(date.daysSince1970) * 86_400_000 + Int64(clock))
    }

    /// Reads the text.
    /// - Throws: `DecodingError` where it is no such moment.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let timestamp = Timestamp(text: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time: \(text)")
        }
        self = timestamp
    }

    /// Writes the text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
