extension Instant {
    private static let first = Instant(milliseconds: -62_167_219_200_000)
    private static let last = Instant(milliseconds: 253_402_300_799_999)
    private static let day: Int64 = 86_400_000

    /// The moment in ISO 8601 in UTC with milliseconds: `2026-01-31T14:03:00.250Z`. Exact for the years 0 to 9999; moments
    /// beyond are shown as the nearest of these.
    package var text: String {
        let moment = min(max(self, Instant.first), Instant.last).milliseconds
        let days = moment >= 0 ? moment / Instant.day : (moment + 1) / Instant.day - 1
        let rest = Int(moment - days * Instant.day)
        let date = CivilDate(daysSince1970: Int(days))
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { Instant.padded($0, 2) }
        let calendar = [Instant.padded(date.year, 4), Instant.padded(date.month, 2), Instant.padded(date.day, 2)]
        return calendar.joined(separator: "-") + "T" + clock.joined(separator: ":")
            + ".\(Instant.padded(rest % 1000, 3))Z"
    }

    /// The same without the fraction of the second, as sentences for people name moments: `2026-01-31T14:03:00Z`.
    package var brief: String { String(text.dropLast(5)) + "Z" }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A day of the Gregorian calendar, also before it was introduced. Years are counted from March, so that the leap day is
/// the last one; 400 years are an era of 146,097 days.
package struct CivilDate {
    /// The year; 0 is the one before the year 1.
    package let year: Int
    /// From 1 to 12.
    package let month: Int
    /// From 1 to 31.
    package let day: Int

    /// A day, whether it exists or not.
    package init(year: Int, month: Int, day: Int) { (self.year, self.month, self.day) = (year, month, day) }

    /// The day so many days after 1970-01-01.
    package init(daysSince1970 days: Int) {
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

    /// How many days after 1970-01-01 it is; negative before.
    package var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Whether the calendar has it.
    package var exists: Bool {
        guard (1...12).contains(month), (1...31).contains(day) else { return false }
        let same = CivilDate(daysSince1970: daysSince1970)
        return (same.year, same.month, same.day) == (year, month, day)
    }
}
