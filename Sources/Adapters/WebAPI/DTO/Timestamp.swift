package import Domain

/// A moment as documents write it: ISO 8601 in UTC with milliseconds, `2026-01-31T14:03:00.250Z`. Exact: what is read
/// back is what was written, to the millisecond, for the years 0 to 9999; moments beyond are shown as the nearest of these.
package struct Timestamp: Hashable, Sendable, Codable {
    /// The moment.
    package var instant: Instant

    private static let first = Instant(milliseconds: -62_167_219_200_000)
    private static let last = Instant(milliseconds: 253_402_300_799_999)
    private static let day: Int64 = 86_400_000

    /// A moment.
    package init(_ instant: Instant) { self.instant = instant }

    /// The text.
    package var text: String {
        let moment = min(max(instant, Timestamp.first), Timestamp.last).milliseconds
        let days = moment >= 0 ? moment / Timestamp.day : (moment + 1) / Timestamp.day - 1
        let rest = Int(moment - days * Timestamp.day)
        let date = CivilDate(daysSince1970: Int(days))
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { Timestamp.padded($0, 2) }
        let calendar = [Timestamp.padded(date.year, 4), Timestamp.padded(date.month, 2), Timestamp.padded(date.day, 2)]
        return calendar.joined(separator: "-") + "T" + clock.joined(separator: ":")
            + ".\(Timestamp.padded(rest % 1000, 3))Z"
    }

    /// The text without the fraction of the second, for a reader: `2026-01-31T14:03:00Z`.
    package var brief: String { String(text.dropLast(5)) + "Z" }

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
        self.instant = Instant(milliseconds: Int64(date.daysSince1970) * Timestamp.day + Int64(clock))
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

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A day of the Gregorian calendar, also before it was introduced. Years are counted from March, so that the leap day is
/// the last one; 400 years are an era of 146,097 days.
private struct CivilDate {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) { (self.year, self.month, self.day) = (year, month, day) }

    init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var exists: Bool {
        guard (1...12).contains(month), (1...31).contains(day) else { return false }
        let same = CivilDate(daysSince1970: daysSince1970)
        return (same.year, same.month, same.day) == (year, month, day)
    }
}
