/// A number as it is written, without a detour by binary fractions: `0.1` is one tenth.
package struct ExactDecimal: Hashable, Sendable {
    /// The significant digits; at most 18, the rest only shifts the exponent.
    private let digits: Int64
    /// The power of ten that the digits are multiplied with.
    private let exponent: Int
    private let isNegative: Bool

    /// Reads a JSON number; a sign `+` and a leading `.` are allowed as YAML does, leading zeros are not, because YAML
    /// 1.1 takes them for octal and 1.2 does not.
    /// - Returns: `nil` where `text` is no such number.
    package init?(_ text: String) {
        var reader = ExactDecimalReader(text)
        guard let parts = reader.read() else { return nil }
        (isNegative, digits, exponent) = parts
    }

    /// The number times 10 to the power of `places`, rounded to the nearest whole, halves away from zero: as Mesos
    /// rounds amounts of resources to thousandths.
    /// - Returns: `nil` where that does not fit.
    package func scaled(places: Int) -> Int64? {
        var value = digits
        var power = exponent + places
        while power > 0, value != 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
            power -= 1
        }
        guard power < 0 else { return isNegative ? -value : value }
        guard power > -19 else { return 0 }
        var divisor: Int64 = 1
        for _ in 0..<(-power) { divisor *= 10 }
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        let rounded = remainder >= divisor - remainder ? quotient + 1 : quotient
        return isNegative ? -rounded : rounded
    }

    /// The number where it is whole and fits.
    package var whole: Int64? {
        guard let value = scaled(places: 0) else { return nil }
        var (rest, power) = (digits, exponent)
        while power < 0, rest != 0 {
            guard rest % 10 == 0 else { return nil }
            rest /= 10
            power += 1
        }
        return value
    }
}

/// Reads a decimal byte by byte.
private struct ExactDecimalReader {
    private let bytes: String.UTF8View
    private var index: String.Index
    private var digits: Int64 = 0
    private var kept = 0
    private var exponent = 0

    init(_ text: String) { (bytes, index) = (text.utf8, text.startIndex) }

    mutating func read() -> (isNegative: Bool, digits: Int64, exponent: Int)? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        let first = peek
        let wholes = readDigits(afterPoint: false)
        guard wholes < 2 || first != UInt8(ascii: "0") else { return nil }
        let fractions = take(".") ? readDigits(afterPoint: true) : 0
        guard wholes + fractions > 0 else { return nil }
        if take("e") || take("E") {
            guard let power = readExponent() else { return nil }
            exponent += power
        }
        return index == bytes.endIndex ? (isNegative, digits, exponent) : nil
    }

    private var peek: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        bytes.formIndex(after: &index)
        return true
    }

    private mutating func digit() -> Int64? {
        guard let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        bytes.formIndex(after: &index)
        return Int64(byte - UInt8(ascii: "0"))
    }

    private mutating func readDigits(afterPoint: Bool) -> Int {
        var count = 0
        while let digit = digit() {
            count += 1
            if kept < 18 {
                digits = digits * 10 + digit
                if digits != 0 { kept += 1 }
                if afterPoint { exponent -= 1 }
            } else if !afterPoint {
                exponent += 1
            }
        }
        return count
    }

    private mutating func readExponent() -> Int? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        var power = 0
        var count = 0
        while let digit = digit() {
            power = min(power * 10 + Int(digit), 100_000)
            count += 1
        }
        guard count > 0 else { return nil }
        return isNegative ? -power : power
    }
}
