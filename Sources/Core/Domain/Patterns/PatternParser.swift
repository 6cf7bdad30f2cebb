/// A pattern as a tree.
indirect enum PatternTree: Hashable, Sendable {
    case empty
    case set(ScalarSet)
    case start
    /// `$` and `\Z`: the end, or before a line terminator that ends the text.
    case end
    /// `\z`: the end and nothing else.
    case veryEnd
    case sequence([PatternTree])
    case either([PatternTree])
    case repeated(PatternTree, least: Int, most: Int?)
}

/// Reads a pattern into a tree: a hand-written descent, one function for each level of the grammar.
struct PatternParser {
    private static let deepestNesting = 50
    private static let mostRepetitions = 1000

    private let scalars: [Unicode.Scalar]
    /// Where each of them stands in what the author wrote.
    private let origins: [Int]
    private let length: Int
    private var position = 0
    private var depth = 0
    private var flags = Flags()

    /// What holds for a part of the pattern, from a group with flags to the end of the group around it.
    private struct Flags {
        /// `i`: letters mean both cases.
        var ignoresCase = false
        /// `s`: the dot takes line terminators too.
        var dotTakesAll = false
    }

    init(_ pattern: String) {
        let written = Array(pattern.unicodeScalars)
        let unquoted = PatternParser.unquote(written)
        length = written.count
        scalars = unquoted.map(\.scalar)
        origins = unquoted.map(\.origin)
    }

    /// Writes what stands between `\Q` and `\E` with escapes, as Java does before anything else.
    private static func unquote(_ written: [Unicode.Scalar]) -> [(scalar: Unicode.Scalar, origin: Int)] {
        var unquoted: [(scalar: Unicode.Scalar, origin: Int)] = []
        var isQuoted = false
        var index = 0
        while index < written.count {
            let (scalar, origin) = (written[index], index)
            let following = index + 1 < written.count ? written[index + 1] : nil
            index += 1
            if scalar == "\\", following == (isQuoted ? "E" : "Q") {
                isQuoted.toggle()
                index += 1
                continue
            }
            let isPlain = !scalar.isASCII || ScalarSet.alphanumerics.contains(scalar)
            if isQuoted, !isPlain { unquoted.append(("\\", origin)) }
            unquoted.append((scalar, origin))
            // What is escaped cannot begin a quotation: `\\Q` is a backslash and a letter.
            if scalar == "\\", !isQuoted, let following {
                unquoted.append((following, index))
                index += 1
            }
        }
        return unquoted
    }

    /// The whole pattern's tree.
    mutating func parse() throws(PatternError) -> PatternTree {
        guard length <= PatternMatcher.longestPattern else {
            throw PatternError(message: "more than \(PatternMatcher.longestPattern) characters", offset: 0)
        }
        let tree = try alternatives()
        guard position == scalars.count else { throw failure("a ) without its (") }
        return tree
    }

    private mutating func alternatives() throws(PatternError) -> PatternTree {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .either(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternTree {
        var parts: [PatternTree] = []
        while let next = peek, next != "|", next != ")" {
            let atom = try atom()
            parts.append(try quantified(atom))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func atom() throws(PatternError) -> PatternTree {
        guard let scalar = advance() else { throw failure("the pattern ends too early") }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try characterClass())
        case ".": return .set(flags.dotTakesAll ? .all : .dot)
        case "^": return .start
        case "$": return .end
        case "\\":
            if let anchor = anchor() { return anchor }
            return .set(try escape(inClass: false))
        case "*", "+", "?": throw failure("nothing before \(scalar)", back: 1)
        case "{": throw failure("nothing before {", back: 1)
        default: return .set(literal(scalar))
        }
    }

    // MARK: - Groups

    private mutating func group() throws(PatternError) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= PatternParser.deepestNesting else { throw failure("groups nested too deeply") }
        let outer = flags
        if take("?"), !(try takeName()) {
            let hasFlags = takeFlags()
            if hasFlags, take(")") { return .empty }
            guard take(":") else {
                throw failure("of the groups with ? only (?:…), (?<name>…) and the flags i and s are supported")
            }
        }
        let tree = try alternatives()
        guard take(")") else { throw failure("a ( without its )") }
        flags = outer
        return tree
    }

    /// The name of a group, which makes no difference to what it matches.
    private mutating func takeName() throws(PatternError) -> Bool {
        guard peek == "<", position + 1 < scalars.count, scalars[position + 1] != "=", scalars[position + 1] != "!"
        else {
            return false
        }
        position += 1
        let start = position
        while let scalar = peek, ScalarSet.alphanumerics.contains(scalar) { position += 1 }
        guard position > start, digit(scalars[start], base: 10) == nil, take(">") else {
            throw failure("a group's name is made of letters and digits, and ends with >")
        }
        return true
    }

    /// Flags to be set, and behind a `-` those to be cleared.
    private mutating func takeFlags() -> Bool {
        var isSetting = true
        var count = 0
        while true {
            if take("i") {
                flags.ignoresCase = isSetting
            } else if take("s") {
                flags.dotTakesAll = isSetting
            } else if isSetting, take("-") {
                isSetting = false
            } else {
                return count > 0
            }
            count += 1
        }
    }

    // MARK: - Quantifiers

    private mutating func quantified(_ atom: PatternTree) throws(PatternError) -> PatternTree {
        var tree = atom
        var count = 0
        while let bounds = try quantifier() {
            count += 1
            guard count == 1 else { throw failure("a quantifier after a quantifier", back: 1) }
            // Lazy or not makes no difference to whether a whole text matches.
            _ = take("?")
            if peek == "+" { throw failure("possessive quantifiers are not supported") }
            tree = .repeated(atom, least: bounds.least, most: bounds.most)
        }
        return tree
    }

    private mutating func quantifier() throws(PatternError) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let least = try number() else { throw failure("a number is missing after {") }
        var most: Int? = least
        if take(",") { most = try number() }
        guard take("}") else { throw failure("a } is missing") }
        if let most, most < least { throw failure("{\(least),\(most)} ends before it begins") }
        return (least, most)
    }

    private mutating func number() throws(PatternError) -> Int? {
        var value: Int?
        while let scalar = peek, let digit = digit(scalar, base: 10) {
            value = (value ?? 0) * 10 + digit
            position += 1
            if value ?? 0 > PatternParser.mostRepetitions {
                throw failure("more than \(PatternParser.mostRepetitions) repetitions")
            }
        }
        return value
    }

    // MARK: - Sets

    private mutating func characterClass() throws(PatternError) -> ScalarSet {
        var ranges: [ClosedRange<UInt32>] = []
        let isNegated = take("^")
        var isFirst = true
        while true {
            guard let scalar = advance() else { throw failure("a [ without its ]") }
            if scalar == "]", !isFirst { break }
            isFirst = false
            if scalar == "[" { throw failure("a class within a class is not supported; write \\[", back: 1) }
            if scalar == "&", peek == "&" { throw failure("intersections of classes are not supported", back: 1) }
            let low = scalar == "\\" ? try escape(inClass: true) : ScalarSet(ranges: [scalar.value...scalar.value])
            guard !low.isNegated else {
                ranges += low.complement
                continue
            }
            guard let first = single(low), let last = try rangeEnd() else {
                ranges += low.ranges
                continue
            }
            guard first <= last else { throw failure("a range that ends before it begins", back: 1) }
            ranges.append(first...last)
        }
        return ScalarSet(ranges: ranges, isNegated: isNegated, ignoresCase: flags.ignoresCase)
    }

    /// After the first character of a possible range: the last one, where `-` and a character follow.
    private mutating func rangeEnd() throws(PatternError) -> UInt32? {
        guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else { return nil }
        position += 1
        guard let scalar = advance() else { return nil }
        guard scalar != "[" else { throw failure("a class within a class is not supported; write \\[", back: 1) }
        let set = scalar == "\\" ? try escape(inClass: true) : ScalarSet(ranges: [scalar.value...scalar.value])
        guard let value = single(set) else { throw failure("a range needs a character at its end", back: 1) }
        return value
    }

    private func single(_ set: ScalarSet) -> UInt32? {
        guard set.ranges.count == 1, !set.isNegated, let range = set.ranges.first, range.count == 1 else { return nil }
        return range.lowerBound
    }

    /// An escape that takes no character: the text's start or end.
    private mutating func anchor() -> PatternTree? {
        if take("A") { return .start }
        if take("Z") { return .end }
        return take("z") ? .veryEnd : nil
    }

    private mutating func escape(inClass: Bool) throws(PatternError) -> ScalarSet {
        guard let scalar = advance() else { throw failure("a \\ at the end") }
        switch scalar {
        case "d": return .digits
        case "w": return .wordCharacters
        case "s": return .spaces
        case "D": return ScalarSet(ranges: ScalarSet.digits.ranges, isNegated: true)
        case "W": return ScalarSet(ranges: ScalarSet.wordCharacters.ranges, isNegated: true)
        case "S": return ScalarSet(ranges: ScalarSet.spaces.ranges, isNegated: true)
        case "t": return ScalarSet(ranges: [9...9])
        case "n": return ScalarSet(ranges: [10...10])
        case "f": return ScalarSet(ranges: [12...12])
        case "r": return ScalarSet(ranges: [13...13])
        case "x": return try hexadecimal(digits: 2)
        case "u": return try hexadecimal(digits: 4)
        default: break
        }
        let isLetterOrDigit = scalar.isASCII && ScalarSet.wordCharacters.contains(scalar) && scalar != "_"
        guard !isLetterOrDigit else { throw failure("\\\(scalar) is not supported", back: 1) }
        return inClass ? ScalarSet(ranges: [scalar.value...scalar.value]) : literal(scalar)
    }

    private mutating func hexadecimal(digits: Int) throws(PatternError) -> ScalarSet {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let scalar = advance(), let digit = digit(scalar, base: 16) else {
                throw failure("\(digits) hexadecimal digits are needed")
            }
            value = value * 16 + UInt32(digit)
        }
        return ScalarSet(ranges: [value...value], ignoresCase: flags.ignoresCase)
    }

    private func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
        ScalarSet(ranges: [scalar.value...scalar.value], ignoresCase: flags.ignoresCase)
    }

    // MARK: - Reading

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func advance() -> Unicode.Scalar? {
        guard let scalar = peek else { return nil }
        position += 1
        return scalar
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private func digit(_ scalar: Unicode.Scalar, base: UInt32) -> Int? {
        switch scalar.value {
        case 48...57: Int(scalar.value - 48)
        case 65...70 where base == 16: Int(scalar.value - 55)
        case 97...102 where base == 16: Int(scalar.value - 87)
        default: nil
        }
    }

    private func failure(_ message: String, back: Int = 0) -> PatternError {
        let place = max(0, position - back)
        return PatternError(message: message, offset: place < origins.count ? origins[place] : length)
    }
}
