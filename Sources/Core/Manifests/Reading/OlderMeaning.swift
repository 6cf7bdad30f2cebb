/// What YAML 1.1 makes of a bare scalar that is text here (yaml.org/type: bool, int, float, timestamp). Many tools that people
/// have at hand still read it so, and turn `on` into `true` or `012` into `10` on its way into another file.
enum OlderMeaning: String {
    case truth = "a truth value"
    case octal = "an octal number"
    case number = "a number"
    case sexagesimal = "a number of base 60"
    case date = "a date"

    /// The meaning; `nil` where YAML 1.1 takes it for text, too.
    init?(_ text: String) {
        guard let first = text.utf8.first else { return nil }
        switch first {
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "o"),
            UInt8(ascii: "O"):
            guard OlderMeaning.truths.contains(text) else { return nil }
            self = .truth
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            guard let meaning = OlderMeaning.number(Substring(text)) else { return nil }
            self = meaning
        default: return nil
        }
    }

    /// The single letters `y` and `n` are left out: hardly any reader takes them so.
    private static let truths: Set<String> = [
        "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF",
    ]

    private static func number(_ text: Substring) -> OlderMeaning? {
        if isDate(text) { return .date }
        let rest = text.first == "+" || text.first == "-" ? text.dropFirst() : text
        if [".inf", ".Inf", ".INF"].contains(rest) || [".nan", ".NaN", ".NAN"].contains(text) { return .number }
        let start = rest.prefix(2)
        let digits = rest.dropFirst(2)
        if start == "0x" { return isMade(digits, of: "0123456789abcdefABCDEF_") ? .number : nil }
        if start == "0b" { return isMade(digits, of: "01_") ? .number : nil }
        // YAML 1.2 writes octal numbers so.
        if start == "0o" { return isMade(digits, of: "01234567") ? .octal : nil }
        if rest.contains(":") { return isSexagesimal(rest) ? .sexagesimal : nil }
        guard isMade(rest, of: "0123456789_."), rest.first != "_", rest.filter({ $0 == "." }).count < 2 else {
            return nil
        }
        guard rest.contains(where: { $0 != "." && $0 != "_" }) else { return nil }
        guard rest.first == "0", rest.count > 1, !rest.contains(".") else { return rest.contains("_") ? .number : nil }
        return isMade(rest, of: "01234567_") ? .octal : .number
    }

    private static func isMade(_ text: Substring, of characters: String) -> Bool {
        !text.isEmpty && text.allSatisfy(characters.contains)
    }

    /// `12:30`, `1:00:00.5`: a time of day for people.
    private static func isSexagesimal(_ text: Substring) -> Bool {
        let whole = text.prefix { $0 != "." }
        let parts = whole.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, first.first != "_", isMade(first, of: "0123456789_") else { return false }
        return isMade(text.dropFirst(whole.count).drop { $0 == "." } + "0", of: "0123456789_")
            && parts.dropFirst().allSatisfy { isMade($0, of: "0123456789") && Int($0).map { $0 < 60 } ?? false }
    }

    /// `2026-01-31`, with a time behind it or without.
    private static func isDate(_ text: Substring) -> Bool {
        let day = text.prefix(10)
        let parts = day.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ isMade($0, of: "0123456789") }) else { return false }
        let time = text.dropFirst(10)
        return time.isEmpty
            || ["T", "t", " "].contains(time.first) && isMade(time.dropFirst(), of: "0123456789:.+-Zz ")
    }
}
